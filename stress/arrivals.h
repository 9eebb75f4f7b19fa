/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/arrivals.h -- when requests are to be sent, whatever the server does.
 *
 * Purpose    The intended times of an open loop. All threads share one
 *            schedule: arrival k of it belongs to thread k modulo threads (but
 *            for poisson, where each thread draws its own share).
 * Threads    plan: main. Each schedule: its worker's thread.
 */
#ifndef STRESS_ARRIVALS_H
#define STRESS_ARRIVALS_H

#include <stdint.h>

enum stress_arrival_kind {
    STRESS_CONSTANT, /* evenly */
    STRESS_POISSON,  /* as from many users who know nothing of each other */
    STRESS_BURST,    /* so many at the same instant, evenly spaced */
    STRESS_RAMP,     /* the rate rises evenly during the run */
    STRESS_STEP      /* the rate rises in so many steps */
};

/* How arrivals come, as given on the command line. */
struct stress_plan {
    enum stress_arrival_kind kind;
    double rate;     /* per second; of ramp and step the last one */
    double from;     /* ramp, step: the first one */
    uint32_t number; /* burst: its size; step: how many */
    double seconds;  /* ramp, step: the length of the run */
};

struct stress_arrivals {
    struct stress_plan plan;
    unsigned index, threads;
    uint64_t k;      /* arrivals of this thread so far */
    uint64_t random; /* poisson */
    double at;       /* poisson: seconds of the last one */
};

/* "constant", "poisson", "burst:N", "ramp:FROM", "step:FROM:STEPS"; 0 or
 * -EINVAL. Leaves rate and seconds alone. */
int stress_plan_parse(struct stress_plan *p, const char *text);
const char *stress_plan_name(const struct stress_plan *p);

void stress_arrivals_init(struct stress_arrivals *a,
                          const struct stress_plan *p, unsigned index,
                          unsigned threads, uint64_t seed);

/* The next intended time, in ns since the beginning; UINT64_MAX: none. Never
 * before the one it told last. */
uint64_t stress_arrivals_next(struct stress_arrivals *a);

#endif
