/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/audit.h -- what is asked before the load begins and after it ends.
 *
 * Threads    main, while no worker runs.
 */
#ifndef STRESS_AUDIT_H
#define STRESS_AUDIT_H

#include "stress/sync.h"
#include "stress/worker.h"

/* Finds the address that answers and greets it once, so that a refusal is told
 * clearly and once. Prints what is wrong; 0 or -errno. */
int stress_probe(struct stress_run *run);

/* A connection that has been greeted; the reply to that is in *r. Does not give
 * up at once, since the server may be busy. 0 or -errno. */
int stress_greeted(struct stress_run *run, struct stress_sync *s,
                   struct stress_reply *r);

/* The end check: with nothing in flight any more, each key must hold its last
 * acknowledged version; then the keys are deleted, unless they are to be kept.
 * Counts into t; returns the number of keys looked at. */
uint64_t stress_audit(struct stress_run *run, struct stress_tally *t);

#endif
