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
/* If c was resumed, it is blocked no more. Behind its messages and its timer,
 * before their replies are sent: who has read them does not see it waiting. */
void bt_serve_resumed(struct baton_worker *w, struct baton_client *c);

#endif
