/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/outq.h -- replies that a socket did not take yet: copied chunks and
 * references, in order.
 *
 * Threads    The worker that owns the handle.
 * Ownership  The queue owns its chunks; a reference's release runs exactly
 *            once, when its bytes are sent or the queue is freed.
 * Errors     0 or -ENOMEM, in which case nothing was added and release did not
 *            run.
 */
#ifndef BT_WORKER_OUTQ_H
#define BT_WORKER_OUTQ_H

#include <stddef.h>
#include <sys/uio.h>

struct bt_chunk;

struct bt_outq {
    struct bt_chunk *head, *tail;
    size_t sent;  /* of the head */
    size_t bytes; /* in all, without what is sent */
    unsigned chunks;
};

struct bt_outq *bt_outq_new(void);
void bt_outq_free(struct bt_outq **q);

int bt_outq_copy(struct bt_outq *q, const char *p, size_t n);
int bt_outq_ref(struct bt_outq *q, const char *p, size_t n,
                void (*release)(void *), void *arg);

/* Up to max pieces from the front; the number of pieces. */
unsigned bt_outq_gather(const struct bt_outq *q, struct iovec *iov,
                        unsigned max);
/* n bytes from the front were sent (n <= bytes). */
void bt_outq_sent(struct bt_outq *q, size_t n);

#endif
