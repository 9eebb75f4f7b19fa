/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/drain.h -- an orderly stop.
 *
 * Purpose    Each client is served the whole requests that lay in its socket's
 *            buffer when the stop was seen (the kernel tells how many bytes),
 *            no more, so that a client that never stops sending cannot hold the
 *            server; then it is closed with a lingering close.
 * Threads    The worker.
 */
#ifndef BT_WORKER_DRAIN_H
#define BT_WORKER_DRAIN_H

#include "worker/worker.h"

/* Looks whether the server stops; begins, enforces the deadline. */
void bt_drain_watch(struct baton_worker *w);
/* Nothing left to do for this worker and any other: the thread may end. */
bool bt_drain_done(struct baton_worker *w);

/* Notes what c has to be served still. */
void bt_drain_client(struct baton_worker *w, struct baton_client *c);
/* How much of `room` may be read. */
size_t bt_drain_room(const struct baton_client *c, size_t room);
/* A read returned n. */
void bt_drain_read(struct baton_client *c, ssize_t n);
/* Closes c when it has been served all. */
void bt_drain_decide(struct baton_worker *w, struct baton_client *c);

#endif
