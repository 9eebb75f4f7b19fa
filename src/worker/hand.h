/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/hand.h -- handles come and go: from the dispatch ring, and from one
 * worker to another.
 *
 * Threads    The worker.
 */
#ifndef BT_WORKER_HAND_H
#define BT_WORKER_HAND_H

#include "worker/worker.h"

/* Takes this worker's share from the ring. */
void bt_hand_take(struct baton_worker *w);
/* Takes in what other workers moved here. */
void bt_hand_arrivals(struct baton_worker *w);
/* End of the pass: c, which is on w->ends, moves to c->target if it may. */
void bt_hand_over(struct baton_worker *w, struct baton_client *c);

#endif
