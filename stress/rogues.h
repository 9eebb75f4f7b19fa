/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/rogues.h -- all clients that misbehave, and their connections.
 *
 * Threads    init, fini: main. act, stop: the herd's.
 * Ownership  The sockets are theirs until stop.
 */
#ifndef STRESS_ROGUES_H
#define STRESS_ROGUES_H

#include <stdint.h>

#include "stress/fault.h"

struct stress_run;

struct stress_rogues {
    struct stress_run *run;
    struct stress_rogue *rogue;
    uint32_t n, connects;
    struct stress_fault_count count[STRESS_N_MISDEEDS];
};

/* As many as the options say; 0 or -ENOMEM. */
int stress_rogues_init(struct stress_rogues *g, struct stress_run *run);
void stress_rogues_fini(struct stress_rogues *g);

/* Each one whose time has come does its next misdeed, or connects again. */
void stress_rogues_act(struct stress_rogues *g, uint64_t now);
/* They are gone; what they did. */
void stress_rogues_stop(struct stress_rogues *g,
                        struct stress_fault_count count[STRESS_N_MISDEEDS]);

#endif
