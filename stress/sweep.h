/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/sweep.h -- several rates one after another, or the highest good one.
 *
 * Purpose    --sweep gives latency against rate; --slo looks for the knee: the
 *            highest rate at which a percentile of the response time stays
 *            within a limit.
 * Threads    main.
 */
#ifndef STRESS_SWEEP_H
#define STRESS_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stress/histogram.h"

struct stress_options;
struct stress_trial;

#define STRESS_SWEEP_MAX 64

struct stress_sweep_point {
    double rate, achieved;
    uint64_t requests, late, dropped;
    struct stress_summary response, service;
    bool right; /* no reply was wrong */
    bool good;  /* right, at the rate asked for, and within the limit */
};

struct stress_sweep {
    size_t n;
    struct stress_sweep_point point[STRESS_SWEEP_MAX];
    double knee; /* --slo: the highest good rate; 0: none */
};

/* "1k:10k:5" (from, to, how many) or "1k,2k,5k"; 0 or -EINVAL. */
int stress_sweep_parse(const char *text, double *rates, size_t *n);
/* "p99=2ms", "p99.9=500us", "p50=1s", "max=10ms"; 0 or -EINVAL. */
int stress_slo_parse(const char *text, double *quantile, double *limit_ns);

/* Runs them, and prints a line for each. The last trial (of --slo the one at
 * the knee) is left for the report. */
void stress_sweep_run(struct stress_sweep *s,
                      const struct stress_options *options,
                      struct stress_trial *last);

#endif
