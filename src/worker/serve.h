/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/serve.h -- one client's turn: read, serve, send.
 *
 * Threads    The worker.
 */
#ifndef BT_WORKER_SERVE_H
#define BT_WORKER_SERVE_H

#include "worker/worker.h"

/* What the poller told about c. */
void bt_serve_event(struct baton_worker *w, struct baton_client *c,
                    unsigned what);
/* Each client on the ready list has one turn; those that come again meanwhile
 * have it in the next pass. */
void bt_serve_ready(struct baton_worker *w);
/* Runs fn(c, arg) as one of c's callbacks: its replies are sent together. */
void bt_serve_call(struct baton_worker *w, struct baton_client *c,
                   baton_post_fn *fn, void *arg);

#endif
