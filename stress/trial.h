/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/trial.h -- one run by its options, with all that belongs to it.
 *
 * Threads    main.
 * Ownership  A trial owns its run and its result until it is freed.
 */
#ifndef STRESS_TRIAL_H
#define STRESS_TRIAL_H

#include <stdbool.h>

#include "stress/load.h"

struct stress_trial {
    struct stress_run *run;
    struct stress_result *result; /* NULL: it did not come to that */
    int status;                   /* then: 1, or 2 for what makes no sense */
};

/* The first SIGINT or SIGTERM ends the trial at hand with its report and lets
 * no other one begin; the second ends the program. */
void stress_trial_signals(void);
bool stress_trial_stopped(void);

/* Prints what keeps it from running. */
void stress_trial_run(struct stress_trial *t,
                      const struct stress_options *options);
void stress_trial_free(struct stress_trial *t);

#endif
