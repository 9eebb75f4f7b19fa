/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/herd.h -- connections beside the load: idle ones, a storm, and those
 * that misbehave.
 *
 * Purpose    Runs them all in a thread of its own, so that the load is measured
 *            by threads that do nothing else.
 *            idle    connected before the measured time, silent, looked after
 *                    at its end
 *            storm   connects all at once when the measured time begins
 *            faults  begin later, so that there is a time before to compare
 * Threads    new, start, stop, destroy: main. The rest: the herd's own.
 * Ownership  The herd owns its members and their sockets.
 */
#ifndef STRESS_HERD_H
#define STRESS_HERD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "stress/fault.h"
#include "stress/histogram.h"

struct stress_run;
struct stress_herd;

/* What came of it; complete when the herd has been stopped. */
struct stress_herd_result {
    uint32_t idle_open, idle_lost;     /* at the end; gone before it */
    uint32_t storm_open, storm_failed; /* answered; never */
    double storm_seconds;              /* until the last one was answered */
    struct stress_histogram storm;     /* connect -> first reply */
    struct stress_histogram idle;      /* the same of the idle ones */
    struct stress_fault_count fault[STRESS_N_MISDEEDS];
};

/* NULL, with a line on standard error, when it cannot be had. */
struct stress_herd *stress_herd_new(struct stress_run *run);
/* Connects the idle ones; returns when they stand. */
void stress_herd_start(struct stress_herd *h);
/* The measured time has begun: the storm breaks loose. */
void stress_herd_storm(struct stress_herd *h);
/* Looks after the idle ones once more, and ends. */
const struct stress_herd_result *stress_herd_stop(struct stress_herd *h);
void stress_herd_destroy(struct stress_herd **h);

#endif
