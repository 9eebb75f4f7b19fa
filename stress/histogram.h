/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/histogram.h -- durations in log-linear buckets.
 *
 * Purpose    Percentiles of any number of values in fixed memory. Each power
 *            of two is split into 128 buckets, and a value is reported as the
 *            middle of its bucket: the error is below 0.4 %. Mergeable.
 * Threads    add: one thread. Everything else: any thread while add goes on;
 *            such a reader sees each bucket whole, the sum of them as of
 *            about now.
 * Limits     Values above 2^40-1 ns (18 minutes) count as that.
 */
#ifndef STRESS_HISTOGRAM_H
#define STRESS_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#define STRESS_HIST_BITS    7
#define STRESS_HIST_TOP     40
#define STRESS_HIST_BUCKETS ((STRESS_HIST_TOP - STRESS_HIST_BITS + 1) << 7)

struct stress_histogram {
    _Atomic uint64_t sum, min, max; /* min is stored as ~min: 0 when empty */
    _Atomic uint64_t bucket[STRESS_HIST_BUCKETS];
};

/* What a report wants to know of a histogram. */
struct stress_summary {
    uint64_t count, min, max;
    double mean, p50, p90, p99, p999;
};

void stress_histogram_add(struct stress_histogram *h, uint64_t ns);
void stress_histogram_merge(struct stress_histogram *to,
                            const struct stress_histogram *from);

/* h -= earlier, bucket by bucket: what came in between. The least and the
 * greatest value cannot be taken back and stay those of h. */
void stress_histogram_subtract(struct stress_histogram *h,
                               const struct stress_histogram *earlier);

uint64_t stress_histogram_count(const struct stress_histogram *h);

/* The value at or below which the share q (0..1) of all values lies. */
double stress_histogram_quantile(const struct stress_histogram *h, double q);
/* As far as the buckets tell: for what is left after a subtraction. */
double stress_histogram_top(const struct stress_histogram *h);
/* Calls fn(arg, ns, count) for each bucket that holds something, ns being the
 * middle of the bucket. */
void stress_histogram_each(const struct stress_histogram *h,
                           void (*fn)(void *arg, double ns, uint64_t count),
                           void *arg);
void stress_histogram_summary(const struct stress_histogram *h,
                              struct stress_summary *out);

#endif
