/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/gate.h -- where threads meet: filled, let go, ended.
 *
 * Purpose    All threads arrive when they have filled their keys; then main
 *            opens the gate and the measured time begins for all at once.
 * Threads    init, fini, open, ended: main. wait, leave: the others, once each.
 */
#ifndef STRESS_GATE_H
#define STRESS_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct stress_gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    unsigned threads, arrived, ended;
    bool open;
    uint64_t begin, deadline; /* set when it opens; deadline 0: none */
};

void stress_gate_init(struct stress_gate *g, unsigned threads);
void stress_gate_fini(struct stress_gate *g);

/* Waits until all threads have arrived. */
void stress_gate_arm(struct stress_gate *g);
/* Lets them run for so long; 0: no limit. */
void stress_gate_open(struct stress_gate *g, double seconds);
/* Waits for the end of all threads, at most until then; whether they have. */
bool stress_gate_ended(struct stress_gate *g, uint64_t until);

void stress_gate_wait(struct stress_gate *g);
void stress_gate_leave(struct stress_gate *g);

#endif
