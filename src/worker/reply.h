/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/reply.h -- sending: the public reply calls are in reply.c; here is what
 * the other phases need.
 *
 * Order      A client's replies are: its output queue, then (when it is the
 *            current client) the worker's output buffer.
 * Threads    The worker.
 */
#ifndef BT_WORKER_REPLY_H
#define BT_WORKER_REPLY_H

#include "worker/worker.h"

struct bt_limits {
    size_t hard, soft;
    unsigned soft_seconds;
    uint64_t soft_since; /* ns */
};

/* Makes c the current client, whose replies gather in the worker's buffer. */
void bt_reply_begin(struct baton_worker *w, struct baton_client *c);
/* Sends them, as far as the socket takes them, in one write. */
void bt_reply_end(struct baton_worker *w);

/* Sends what waits; when the socket takes no more, asks the poller. A broken
 * socket ends the client. */
void bt_flush(struct baton_worker *w, struct baton_client *c);

/* Closes clients that are over their soft limit for too long. */
void bt_check_soft_limit(struct baton_worker *w, struct baton_client *c);

/* Frees unsent output. */
void bt_drop_output(struct baton_worker *w, struct baton_client *c);

#endif
