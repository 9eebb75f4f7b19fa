/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/sweep.h -- looks after clients that give no events: silent for too
 * long, or over a soft limit for too long. In slices, so that no pass is long.
 *
 * Threads    The worker.
 */
#ifndef BT_WORKER_SWEEP_H
#define BT_WORKER_SWEEP_H

#include "worker/worker.h"

/* Does a slice when one is due. */
void bt_sweep(struct baton_worker *w);
/* ms until the next slice is due; -1: there is nothing to look after. */
int bt_sweep_wait(const struct baton_worker *w);

#endif
