/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What waits for a worker: messages, each stored once, and its publishers that
 * wait.
 */
#include "command/topic_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Messages ---- */

struct topic_message *topic_message_new(struct bt_slice channel,
                                        struct bt_slice payload)
{
    struct topic_message *m =
        malloc(sizeof *m + channel.n + payload.n + 2 * 24 + 8);
    char *p;

    if (!m) {
        return NULL;
    }
    atomic_init(&m->refs, 1);
    p = m->bytes + sprintf(m->bytes, "$%zu\r\n", channel.n);
    memcpy(p, channel.p, channel.n);
    p += channel.n;
    p += sprintf(p, "\r\n$%zu\r\n", payload.n);
    memcpy(p, payload.p, payload.n);
    p += payload.n;
    memcpy(p, "\r\n", 2);
    m->n = (size_t)(p + 2 - m->bytes);
    return m;
}

/* Release and acquire: whoever frees it comes after all who read it. */
void topic_message_release(void *arg)
{
    struct topic_message *m = arg;

    if (atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) == 1) {
        free(m);
    }
}

/* ---- Queues ---- */

static void look(struct baton_worker *w, void *arg)
{
    struct topic_queue *q = arg;
    struct topic_batch b;

    bt_mutex_lock(&q->lock);
    q->told = false;
    bt_mutex_unlock(&q->lock);
    topic_take(q, &b);
    topic_deliver(q->topics, q->worker, &b);
}

int topic_queue_init(struct topic_queue *q, struct topics *t, unsigned worker)
{
    bt_mutex_init(&q->lock, BT_RANK_TOPIC_QUEUE, worker);
    q->topics = t;
    q->worker = worker;
    q->look = baton_job_new(look, q);
    return q->look ? 0 : -ENOMEM;
}

void topic_batch_free(struct topic_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        topic_message_release(b->node[i].message);
    }
    for (size_t i = 0; i < b->n_held; i++) {
        baton_message_free(&b->held[i].wake);
    }
    free(b->node);
    free(b->held);
    *b = (struct topic_batch){0};
}

void topic_queue_fini(struct topic_queue *q)
{
    topic_batch_free(&q->batch);
    baton_job_free(&q->look);
    bt_mutex_fini(&q->lock);
}

void topic_take(struct topic_queue *q, struct topic_batch *b)
{
    bt_mutex_lock(&q->lock);
    *b = q->batch;
    q->batch = (struct topic_batch){0};
    q->bytes = 0;
    bt_mutex_unlock(&q->lock);
}
