/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/stats.h -- what the commands counted.
 *
 * Purpose    Each worker counts for itself, INFO adds up. CONFIG RESETSTAT does
 *            not touch the counters, which belong to others, but notes where
 *            they stood; what is told afterwards is the difference.
 * Threads    cmd_count_*: the worker that owns the counters. stats_sum and
 *            stats_reset: any thread. The rest: main thread.
 * Time       Not every call is timed: see command/timing.h.
 */
#ifndef BATON_COMMAND_STATS_H
#define BATON_COMMAND_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sync.h"
#include "command/command.h"

#define STATS_MAX_ERRORS 32 /* different error codes; all are ours */
#define STATS_CODE_SIZE  24
#define STATS_SAMPLE     16

struct cmd_count {
    _Atomic uint64_t calls, ns, rejected, failed;
};

struct cmd_counters {
    _Atomic uint64_t commands, errors;
    _Atomic uint64_t denied; /* wrong passwords */
    _Atomic uint64_t denied_command, denied_key, denied_channel;
    struct cmd_count *rows; /* one for each row of the table */
    _Atomic unsigned n_codes;
    struct {
        char code[STATS_CODE_SIZE]; /* never changes once counted in n_codes */
        _Atomic uint64_t n;
    } codes[STATS_MAX_ERRORS];
};

/* 0 or -ENOMEM. */
int cmd_counters_init(struct cmd_counters *c);
void cmd_counters_fini(struct cmd_counters *c);

/* Relaxed: one writer; a reader wants any recent value. */
static inline void cmd_count_add(_Atomic uint64_t *n, uint64_t by)
{
    atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

/* One error reply; text begins with its code and need not end. */
void cmd_count_error(struct cmd_counters *c, const char *text, size_t n);

/* ---- Sums ---- */

struct stats_row {
    uint64_t calls, ns, rejected, failed;
};

struct stats_code {
    char code[STATS_CODE_SIZE];
    uint64_t n;
};

struct stats {
    uint64_t commands, errors, denied;
    uint64_t denied_command, denied_key, denied_channel;
    uint64_t connections, refused, bytes_in, bytes_out;
    struct stats_row *rows;
    struct stats_code codes[STATS_MAX_ERRORS];
    unsigned n_codes;
};

struct service;

/* How fast things go: once in a second in which something is done, the command
 * whose time is taken notes where the counters stand. */
struct stats_sampler {
    _Atomic uint64_t second; /* of the last sample, monotonic */
    _Atomic uint64_t commands, bytes_in, bytes_out; /* then */
    _Atomic uint64_t per_second[3];                 /* up to then */
};

struct stats_rates {
    uint64_t commands, bytes_in, bytes_out; /* a second */
};

/* Any worker, with the time of now. */
void stats_tick(struct service *service, uint64_t now_ns);
/* Zeroes when nothing was done lately. */
void stats_rates(struct service *service, struct stats_rates *out);

/* Since the start or the last reset. 0 or -ENOMEM; stats_fini frees. */
int stats_sum(struct service *service, struct stats *out);
void stats_fini(struct stats *s);
/* 0 or -ENOMEM. */
int stats_reset(struct service *service);

#endif
