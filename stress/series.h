/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/series.h -- what happened in each interval of a run.
 *
 * Purpose    Takes the difference of all tallies once per interval, for the
 *            time series of the report and for whoever watches.
 * Threads    main. The tallies are being counted in meanwhile.
 * Ownership  The series owns its points.
 */
#ifndef STRESS_SERIES_H
#define STRESS_SERIES_H

#include <stddef.h>
#include <stdint.h>

#include "stress/tally.h"

struct stress_worker;
struct stress_run;

/* Microseconds; of the requests that were answered in the interval. */
struct stress_point_latency {
    double p50, p90, p99, p999, max;
};

struct stress_point {
    double at, seconds; /* its end since the beginning, its length */
    uint64_t requests, late, dropped, errors, connections; /* open at its end */
    struct stress_point_latency service, response;
    double generator_cpu, server_cpu; /* seconds; -1: not known */
};

struct stress_series {
    struct stress_point *points;
    size_t n, room;
    struct stress_tally *before, *sum;
    double generator_cpu, server_cpu; /* as of the last point */
    double at;
};

/* 0 or -ENOMEM. */
int stress_series_init(struct stress_series *s);
void stress_series_fini(struct stress_series *s);

/* The measured time begins. */
void stress_series_begin(struct stress_series *s, const struct stress_run *run);
/* Ends an interval. Without memory for its point it becomes a part of the next
 * one. */
void stress_series_take(struct stress_series *s, const struct stress_run *run,
                        struct stress_worker *const *workers);

#endif
