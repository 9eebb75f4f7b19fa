/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/reply.h -- sending: the public reply calls are in reply.c; here is
 * what the other phases need.
 *
 * Order      A client's replies are: its output queue, then (when it is the
 *            current client) the worker's output buffer.
 * Threads    The worker.
 */
#ifndef BT_WORKER_REPLY_H
#define BT_WORKER_REPLY_H

#include "worker/outq.h"
#include "worker/worker.h"

/* Makes c the current client, whose replies gather in the worker's buffer. */
void bt_reply_begin(struct baton_worker *w, struct baton_client *c);
/* Sends them, as far as the socket takes them, in one write. */
void bt_reply_end(struct baton_worker *w);

/* Sends what waits; when the socket takes no more, asks the poller. A broken
 * socket ends the client. */
void bt_flush(struct baton_worker *w, struct baton_client *c);

/* Bytes that wait to be sent. */
static inline size_t bt_pending(const struct baton_worker *w,
                                const struct baton_client *c)
{
    return (c->out ? c->out->bytes : 0) + (w->current == c ? w->o_n : 0);
}

/* Frees unsent output. */
void bt_drop_output(struct baton_worker *w, struct baton_client *c);

#endif
