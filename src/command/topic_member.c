/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who subscribed to what: a client's memberships, by name, and their coming and
 * going. A membership also has a seat in its topic, among those of the same
 * worker.
 */
#include "command/topic_parts.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SLOTS 8

/* ---- A client's memberships ---- */

unsigned topics_worker(const struct topics *t, const struct baton_client *c)
{
    (void)t;
    return baton_worker_index(baton_worker_of(c));
}

struct subscriber *subscriber_new(struct baton_client *c, unsigned worker)
{
    struct subscriber *s = calloc(1, sizeof *s);

    if (s) {
        s->client = c;
        s->worker = worker;
        s->slot = calloc(FIRST_SLOTS, sizeof *s->slot);
        s->mask = FIRST_SLOTS - 1;
        if (!s->slot) {
            free(s);
            s = NULL;
        }
    }
    return s;
}

static size_t slot_of(const struct subscriber *s, enum topic_kind kind,
                      uint64_t hash, struct bt_slice name)
{
    size_t i = (size_t)hash & s->mask;

    for (; s->slot[i]; i = (i + 1) & s->mask) {
        const struct topic *p = s->slot[i]->topic;

        if (p->hash == hash && p->kind == kind && bt_slice_eq(p->name, name)) {
            break;
        }
    }
    return i;
}

static int reserve_slot(struct subscriber *s)
{
    struct membership **old = s->slot, **slot;
    size_t n = s->mask + 1;

    if (s->used < n / 2) {
        return 0;
    }
    slot = calloc(2 * n, sizeof *slot);
    if (!slot) {
        return -ENOMEM;
    }
    s->slot = slot;
    s->mask = 2 * n - 1;
    for (size_t i = 0; i < n; i++) {
        if (old[i]) {
            const struct topic *p = old[i]->topic;

            slot[slot_of(s, p->kind, p->hash, p->name)] = old[i];
        }
    }
    free(old);
    return 0;
}

/* Those behind it move up to where they are looked for. */
static void clear_slot(struct subscriber *s, size_t i)
{
    size_t k = i;

    s->used--;
    for (;;) {
        size_t home;

        s->slot[i] = NULL;
        do {
            k = (k + 1) & s->mask;
            if (!s->slot[k]) {
                return;
            }
            home = (size_t)s->slot[k]->topic->hash & s->mask;
        } while (i <= k ? i < home && home <= k : i < home || home <= k);
        s->slot[i] = s->slot[k];
        i = k;
    }
}

static void count(struct subscriber *s, enum topic_kind kind, int by)
{
    uint32_t n = atomic_load_explicit(&s->n[kind], memory_order_relaxed);

    /* Relaxed: one writer; others read it for show. */
    atomic_store_explicit(&s->n[kind], (uint32_t)((int64_t)n + by),
                          memory_order_relaxed);
}

static int reserve_seat(struct topic_seat *seat)
{
    size_t cap = seat->cap ? 2 * seat->cap : 2;
    void *v;

    if (seat->n < seat->cap) {
        return 0;
    }
    v = realloc(seat->member, cap * sizeof *seat->member);
    if (!v) {
        return -ENOMEM;
    }
    seat->member = v;
    seat->cap = cap;
    return 0;
}

static void leave_seat(struct topic_seat *seat, struct membership *m)
{
    struct membership *last = seat->member[--seat->n];

    seat->member[m->at] = last;
    last->at = m->at;
}

/* ---- Coming and going ---- */

/* Release and acquire: whoever frees it has seen all that was done with it. */
static void unref(struct topics *t, struct topic *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1) {
        topic_free(t, p);
    }
}

/* Registers m, and takes what was published before. NULL: out of memory. */
static struct topic *join(struct topics *t, enum topic_kind kind, uint64_t hash,
                          struct bt_slice name, struct subscriber *s,
                          struct topic_batch *before)
{
    struct topic_shard *shard = topic_shard_of(t, kind, hash);
    struct topic *p;

    bt_mutex_lock(&shard->lock);
    p = topic_find(t, kind, hash, name);
    if (!p) {
        p = topic_insert(t, kind, hash, name);
    }
    if (p && reserve_seat(&p->seat[s->worker]) != 0) {
        if (p->subscribers == 0) {
            topic_take_out(t, p);
            topic_free(t, p);
        }
        p = NULL;
    }
    if (p) {
        atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
        p->subscribers++;
        p->seat[s->worker].count++;
        topic_take(&t->queue[s->worker], before);
    }
    bt_mutex_unlock(&shard->lock);
    return p;
}

int topic_subscribe(struct topics *t, struct subscriber *s,
                    enum topic_kind kind, struct bt_slice name)
{
    uint64_t hash = bt_siphash(&t->key, name.p, name.n);
    struct topic_batch before = {0};
    struct topic_seat *seat;
    struct membership *m;

    if (s->slot[slot_of(s, kind, hash, name)]) {
        return 0;
    }
    m = malloc(sizeof *m);
    if (!m || reserve_slot(s) != 0) {
        free(m);
        return -ENOMEM;
    }
    m->who = s;
    m->topic = join(t, kind, hash, name, s, &before);
    if (!m->topic) {
        free(m);
        return -ENOMEM;
    }
    topic_deliver(t, s->worker, &before);
    seat = &m->topic->seat[s->worker];
    m->at = seat->n;
    seat->member[seat->n++] = m;
    s->slot[slot_of(s, kind, hash, name)] = m;
    s->used++;
    count(s, kind, 1);
    return 1;
}

static void leave(struct topics *t, struct subscriber *s, size_t slot)
{
    struct membership *m = s->slot[slot];
    struct topic *p = m->topic;
    struct topic_shard *shard = topic_shard_of(t, p->kind, p->hash);
    struct topic_batch before = {0};

    bt_mutex_lock(&shard->lock);
    p->seat[s->worker].count--;
    if (--p->subscribers == 0) {
        topic_take_out(t, p);
    }
    topic_take(&t->queue[s->worker], &before);
    bt_mutex_unlock(&shard->lock);
    topic_deliver(t, s->worker, &before);
    leave_seat(&p->seat[s->worker], m);
    clear_slot(s, slot);
    count(s, p->kind, -1);
    free(m);
    unref(t, p);
}

bool topic_unsubscribe(struct topics *t, struct subscriber *s,
                       enum topic_kind kind, struct bt_slice name)
{
    uint64_t hash = bt_siphash(&t->key, name.p, name.n);
    size_t i = slot_of(s, kind, hash, name);

    if (!s->slot[i]) {
        return false;
    }
    leave(t, s, i);
    return true;
}

bool subscriber_any(const struct subscriber *s, enum topic_kind kind,
                    struct bt_slice *name)
{
    for (size_t i = 0; i <= s->mask; i++) {
        if (s->slot[i] && s->slot[i]->topic->kind == kind) {
            *name = s->slot[i]->topic->name;
            return true;
        }
    }
    return false;
}

bool subscriber_each(const struct subscriber *s, subscriber_each_fn *fn,
                     void *arg)
{
    bool go_on = true;

    for (size_t i = 0; i <= s->mask && go_on; i++) {
        if (s->slot[i]) {
            go_on = fn(arg, s->slot[i]->topic->kind, s->slot[i]->topic->name);
        }
    }
    return go_on;
}

void subscriber_free(struct topics *t, struct subscriber **sp)
{
    struct subscriber *s = *sp;

    for (size_t i = 0; s->used > 0; i = (i + 1) & s->mask) {
        while (s->slot[i]) { /* another may move up to here */
            leave(t, s, i);
        }
    }
    bt_assert(s->used == 0);
    free(s->slot);
    free(s);
    *sp = NULL;
}
