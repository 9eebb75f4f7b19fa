/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Publishers: they fill the queues of the workers that have subscribers, tell
 * those workers, and wait for them when they are too far behind.
 */
#include "command/topic_parts.h"

#include "command/command.h"

#include <errno.h>
#include <stdlib.h>

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

/* v, or another one, with room for more than n of this size. NULL: out of
 * memory, and v stays. */
static void *with_room(void *v, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? 2 * *cap : 64;

    if (n < *cap) {
        return v;
    }
    v = realloc(v, more * size);
    *cap = v ? more : *cap;
    return v;
}

/* 0, and the batch has a reference; or -ENOMEM. */
static int add_node(struct topic_batch *b, struct topic_node node)
{
    void *v = with_room(b->node, b->n, &b->cap, sizeof *b->node);

    if (!v) {
        return -ENOMEM;
    }
    b->node = v;
    b->node[b->n++] = node;
    /* Relaxed: we hold a reference. */
    atomic_fetch_add_explicit(&node.message->refs, 1, memory_order_relaxed);
    return 0;
}

/* A shard's lock is held. False: out of memory; the message is lost there. */
static bool push(struct publisher *p, unsigned worker, struct topic *topic,
                 struct topic_message *m)
{
    struct topic_queue *q = &p->topics->queue[worker];
    bool ok;

    bt_mutex_lock(&q->lock);
    ok = add_node(&q->batch, (struct topic_node){m, topic}) == 0;
    if (ok) {
        q->bytes += m->n + sizeof(struct topic_node);
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

/* One message for all topics that it goes to; made when the first is found. */
struct letter {
    struct bt_slice channel, payload;
    struct topic_message *message;
    uint64_t receivers;
};

static void send_to(struct publisher *p, struct topic *topic, struct letter *l)
{
    if (!l->message) {
        l->message = topic_message_new(l->channel, l->payload);
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

/* Is there a subscriber to anything? Who has had the reply to SUBSCRIBE is
 * counted; workers that publish to nobody do not meet at a lock. */
static bool anybody(struct topics *t, bool shard)
{
    return atomic_load(shard ? &t->n[TOPIC_SHARD] : &t->n_published) > 0;
}

uint64_t topic_publish(struct publisher *p, bool shard, struct bt_slice channel,
                       struct bt_slice payload)
{
    enum topic_kind kind = shard ? TOPIC_SHARD : TOPIC_CHANNEL;
    struct letter l = {.channel = channel, .payload = payload};
    struct topic_shard *s;
    struct topic *topic;
    uint64_t hash;

    if (!anybody(p->topics, shard)) {
        return 0;
    }
    hash = bt_siphash(&p->topics->key, channel.p, channel.n);
    s = topic_shard_of(p->topics, kind, hash);
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
        topic_message_release(l.message);
    }
    return l.receivers;
}

/* ---- Waking ---- */

void publisher_wake(struct publisher *p)
{
    struct topics *t = p->topics;

    p->any = false;
    for (unsigned w = 0; w < t->n_workers; w++) {
        /* Relaxed: our own. */
        if (atomic_load_explicit(&p->told[w], memory_order_relaxed)) {
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
    void *v = with_room(b->held, b->n_held, &b->cap_held, sizeof *b->held);
    struct topic_held h = {.client = baton_id(c)};

    if (!v) {
        return -ENOMEM;
    }
    b->held = v;
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
