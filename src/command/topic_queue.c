/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a publisher to the sockets of subscribers. The cost of a delivered
 * message is mostly the system's for writing it, so a worker takes all that is
 * queued for it at once, and writes messages for one topic that follow each
 * other as one piece: it is put together once, and the subscribers' outputs
 * refer to it.
 */
#include "command/topic_parts.h"

#include "command/command.h"
#include "command/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LARGE_MESSAGE 16384 /* not copied into a block, but referred to */
#define BLOCK_MAX     65536
#define SMALL_BLOCK   256 /* copied: a reference costs as much */
#define KEEP_NODES    4096

/* Some messages in a row, as one kind of subscribers gets them. */
struct block {
    atomic_size_t refs;
    size_t n;
    char bytes[];
};

/* ---- Messages ---- */

static struct topic_message *message_new(struct bt_slice channel,
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
static void message_release(void *arg)
{
    struct topic_message *m = arg;

    if (atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) == 1) {
        free(m);
    }
}

static void block_release(void *arg)
{
    struct block *b = arg;

    if (atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1) {
        free(b);
    }
}

/* ---- Queues ---- */

static void look(struct baton_worker *w, void *arg);

int topic_queue_init(struct topic_queue *q, struct topics *t, unsigned worker)
{
    bt_mutex_init(&q->lock, BT_RANK_TOPIC_QUEUE, worker);
    q->topics = t;
    q->worker = worker;
    q->look = baton_job_new(look, q);
    return q->look ? 0 : -ENOMEM;
}

static void batch_free(struct topic_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        message_release(b->node[i].message);
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
    batch_free(&q->batch);
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

/* A shard's lock is held. False: out of memory; the message is lost there. */
static bool push(struct publisher *p, unsigned worker, struct topic *topic,
                 struct topic_message *m)
{
    struct topic_queue *q = &p->topics->queue[worker];
    struct topic_batch *b = &q->batch;
    bool ok = true;

    bt_mutex_lock(&q->lock);
    if (b->n == b->cap) {
        size_t cap = b->cap ? 2 * b->cap : 64;
        void *v = realloc(b->node, cap * sizeof *b->node);

        ok = v != NULL;
        b->node = ok ? v : b->node;
        b->cap = ok ? cap : b->cap;
    }
    if (ok) {
        atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
        b->node[b->n++] = (struct topic_node){m, topic};
        q->bytes += m->n + sizeof *b->node;
        if (!q->told) {
            q->told = true;
            /* Relaxed: our own. */
            atomic_store_explicit(&p->told[worker], true, memory_order_relaxed);
            p->any = true;
        }
        if (q->bytes > TOPIC_QUEUE_MAX) {
            p->full = (int)worker;
        }
    }
    bt_mutex_unlock(&q->lock);
    return ok;
}

/* ---- Publishing ---- */

int publisher_init(struct publisher *p, struct topics *t)
{
    p->topics = t;
    p->any = false;
    p->full = -1;
    p->told = calloc(t->n_workers, sizeof *p->told);
    return p->told ? 0 : -ENOMEM;
}

void publisher_fini(struct publisher *p)
{
    free(p->told);
}

/* One message for all topics that it goes to; made when the first is found. */
struct letter {
    struct bt_slice channel, payload;
    struct topic_message *message;
    uint64_t receivers;
};

static void send_to(struct publisher *p, struct topic *topic, struct letter *l)
{
    if (!l->message) {
        l->message = message_new(l->channel, l->payload);
    }
    for (unsigned w = 0; l->message && w < p->topics->n_workers; w++) {
        uint64_t n = topic->seat[w].count;

        if (n > 0 && push(p, w, topic, l->message)) {
            l->receivers += n;
        }
    }
}

bool topic_matches(struct bt_slice pattern, struct bt_slice name)
{
    return name.n == 0 ? pattern.n == 0 : cmd_glob(pattern, name, false);
}

static void send_to_patterns(struct publisher *p, struct letter *l)
{
    struct topics *t = p->topics;

    bt_mutex_lock(&t->shard[PATTERN_SHARD].lock);
    for (struct topic *k = t->patterns; k; k = k->next_pattern) {
        if (topic_matches(k->name, l->channel)) {
            send_to(p, k, l);
        }
    }
    bt_mutex_unlock(&t->shard[PATTERN_SHARD].lock);
}

uint64_t topic_publish(struct publisher *p, bool shard, struct bt_slice channel,
                       struct bt_slice payload)
{
    enum topic_kind kind = shard ? TOPIC_SHARD : TOPIC_CHANNEL;
    uint64_t hash = bt_siphash(&p->topics->key, channel.p, channel.n);
    struct topic_shard *s = topic_shard_of(p->topics, kind, hash);
    struct letter l = {.channel = channel, .payload = payload};
    struct topic *topic;

    bt_mutex_lock(&s->lock);
    topic = topic_find(p->topics, kind, hash, channel);
    if (topic) {
        send_to(p, topic, &l);
    }
    if (!shard && topics_count(p->topics, TOPIC_PATTERN) > 0) {
        send_to_patterns(p, &l);
    }
    bt_mutex_unlock(&s->lock);
    if (l.message) {
        message_release(l.message);
    }
    return l.receivers;
}

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

void publisher_wake(struct publisher *p)
{
    struct topics *t = p->topics;

    p->any = false;
    for (unsigned w = 0; w < t->n_workers; w++) {
        if (atomic_load_explicit(&p->told[w], memory_order_relaxed)) {
            /* Relaxed: our own. */
            atomic_store_explicit(&p->told[w], false, memory_order_relaxed);
            /* It fails only when the worker has ended. */
            baton_job_post(t->server, w, t->queue[w].look);
        }
    }
}

/* ---- Publishers that wait ---- */

static void let_go(struct baton_client *c, void *arg)
{
    (void)arg;
    baton_resume(c);
}

static int add_held(struct topic_batch *b, struct baton_client *c)
{
    struct topic_held h = {.client = baton_id(c)};

    if (b->n_held == b->cap_held) {
        size_t cap = b->cap_held ? 2 * b->cap_held : 16;
        void *v = realloc(b->held, cap * sizeof *b->held);

        if (!v) {
            return -ENOMEM;
        }
        b->held = v;
        b->cap_held = cap;
    }
    h.wake = baton_message_new(let_go, NULL, NULL);
    if (!h.wake) {
        return -ENOMEM;
    }
    b->held[b->n_held++] = h;
    return 0;
}

/* Without memory for waking it later it is not held. */
bool publisher_hold(struct publisher *p, struct baton_client *c)
{
    struct topic_queue *q = &p->topics->queue[p->full];
    bool hold;

    p->full = -1;
    bt_mutex_lock(&q->lock);
    hold = q->bytes > TOPIC_QUEUE_MAX && add_held(&q->batch, c) == 0;
    bt_mutex_unlock(&q->lock);
    if (hold) {
        baton_hold(c);
    }
    return hold;
}

/* ---- Delivery ---- */

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

        baton_reply(c, session_proto(baton_data(c)) > 2 ? ">" : "*", 1);
        baton_reply(c, t->head.p + 1, t->head.n - 1);
        atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
        baton_reply_ref(c, m->bytes, m->n, message_release, m);
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
    batch_free(b);
}
