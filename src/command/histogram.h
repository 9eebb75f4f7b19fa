/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/histogram.h -- how the times of each command are spread.
 *
 * Purpose    Four buckets for each doubling of the time, from 64 ns to a good
 *            second, for LATENCY HISTOGRAM and INFO latencystats.
 * Threads    histogram_add: the worker that owns the table. init, fini: main
 *            thread. The rest: any.
 * Memory     A command's buckets are made when it is first counted.
 * Reset      CONFIG RESETSTAT only moves the epoch; each worker empties its own
 *            table when it counts next, and nobody reads a table of old.
 */
#ifndef BATON_COMMAND_HISTOGRAM_H
#define BATON_COMMAND_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS 98

struct histogram {
    _Atomic uint64_t n[HISTOGRAM_BUCKETS];
};

struct histograms {
    _Atomic unsigned epoch;          /* of what is in here */
    struct histogram *_Atomic *rows; /* one for each row, NULL: never used */
};

/* A sum over workers. */
struct histogram_sum {
    uint64_t total, n[HISTOGRAM_BUCKETS];
};

struct service;

/* 0 or -ENOMEM. */
int histograms_init(struct histograms *h);
void histograms_fini(struct histograms *h);

/* Counts `weight` calls of this row with so many nanoseconds; not at all when
 * memory is short. now: the service's epoch. */
void histogram_add(struct histograms *h, unsigned now, size_t row, uint64_t ns,
                   unsigned weight);

/* Adds up a command's over all workers. */
void histogram_sum(struct service *service, size_t row,
                   struct histogram_sum *out);
/* The time that so many percent of the calls did not exceed, in ns. */
uint64_t histogram_percentile(const struct histogram_sum *s, double percent);
/* How many calls took less than this power of two in ns. */
uint64_t histogram_below(const struct histogram_sum *s, unsigned log2);

#endif
