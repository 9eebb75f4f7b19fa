/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a worker's queue to the sockets of its subscribers. The cost of a
 * delivered message is mostly the system's for writing it, so a worker takes all
 * that is queued for it at once, and writes messages for one topic that follow
 * each other as one piece: it is put together once, and the subscribers' outputs
 * refer to it.
 */
#include "command/topic_parts.h"

#include "command/pubsub.h"
#include "command/session.h"

#include <stdlib.h>
#include <string.h>

#define LARGE_MESSAGE 16384 /* not copied into a block, but referred to */
#define BLOCK_MAX     65536
#define SMALL_BLOCK   256 /* copied: a reference costs as much */

/* Some messages in a row, as one kind of subscribers gets them. */
struct block {
    atomic_size_t refs;
    size_t n;
    char bytes[];
};

static void block_release(void *arg)
{
    struct block *b = arg;

    if (atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1) {
        free(b);
    }
}

static struct block *block_new(const struct topic *t,
                               const struct topic_node *node, size_t n,
                               size_t bytes, int proto)
{
    struct block *b = malloc(sizeof *b + bytes);
    char *p;

    if (!b) {
        return NULL;
    }
    atomic_init(&b->refs, 1);
    b->n = bytes;
    p = b->bytes;
    for (size_t i = 0; i < n; i++) {
        memcpy(p, t->head.p, t->head.n);
        *p = proto > 2 ? '>' : '*';
        p += t->head.n;
        memcpy(p, node[i].message->bytes, node[i].message->n);
        p += node[i].message->n;
    }
    return b;
}

static void send_block(struct baton_client *c, struct block *b)
{
    if (b->n < SMALL_BLOCK) {
        baton_reply(c, b->bytes, b->n);
    } else {
        atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
        baton_reply_ref(c, b->bytes, b->n, block_release, b);
    }
}

/* What was lost for want of memory closes the client, as a reply would. */
static void send_run(struct topic *t, const struct topic_seat *seat,
                     const struct topic_node *node, size_t n, size_t bytes)
{
    struct block *block[2] = {NULL, NULL};

    for (size_t i = 0; i < seat->n; i++) {
        struct baton_client *c = seat->member[i]->who->client;
        int proto = session_proto(baton_data(c));
        struct block **b = &block[proto > 2];

        pubsub_renew_limits(c);
        if (!*b) {
            *b = block_new(t, node, n, bytes, proto);
        }
        if (*b) {
            send_block(c, *b);
        } else {
            baton_close(c, BATON_LIMIT);
        }
    }
    for (int i = 0; i < 2; i++) {
        if (block[i]) {
            block_release(block[i]);
        }
    }
}

static void send_large(struct topic *t, const struct topic_seat *seat,
                       struct topic_message *m)
{
    for (size_t i = 0; i < seat->n; i++) {
        struct baton_client *c = seat->member[i]->who->client;

        pubsub_renew_limits(c);
        baton_reply(c, session_proto(baton_data(c)) > 2 ? ">" : "*", 1);
        baton_reply(c, t->head.p + 1, t->head.n - 1);
        atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
        baton_reply_ref(c, m->bytes, m->n, topic_message_release, m);
    }
}

/* Sends the run that begins at `node`; how many messages it had. */
static size_t deliver_run(struct topic *t, const struct topic_seat *seat,
                          const struct topic_node *node, size_t left)
{
    size_t n = 0, bytes = 0;

    while (n < left && node[n].topic == t &&
           node[n].message->n < LARGE_MESSAGE && bytes < BLOCK_MAX) {
        bytes += t->head.n + node[n++].message->n;
    }
    if (n == 0) {
        send_large(t, seat, node[0].message);
        return 1;
    }
    send_run(t, seat, node, n, bytes);
    return n;
}

void topic_deliver(struct topics *t, unsigned worker, struct topic_batch *b)
{
    for (size_t i = 0; i < b->n;) {
        struct topic *topic = b->node[i].topic;

        i += deliver_run(topic, &topic->seat[worker], &b->node[i], b->n - i);
    }
    for (size_t i = 0; i < b->n_held; i++) {
        baton_message_post(t->server, b->held[i].client, &b->held[i].wake);
    }
    topic_batch_free(b);
}
