/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of topics, and who subscribed to them. A topic is in the table while
 * it has subscribers, and in memory a little longer: until the last worker that
 * had some has delivered what was published to them.
 */
#include "command/topic.h"

#include "base/check.h"
#include "base/random.h"
#include "command/topic_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CHAINS 4
#define FIRST_SLOTS  8

/* ---- Setup ---- */

struct topics *topics_new(struct baton_server *server, unsigned workers)
{
    struct topics *t = calloc(1, sizeof *t);
    bool no_memory = false;

    if (!t) {
        return NULL;
    }
    t->server = server;
    t->n_workers = workers;
    t->last_pattern = &t->patterns;
    for (unsigned i = 0; i <= TOPIC_SHARDS; i++) {
        bt_mutex_init(&t->shard[i].lock, BT_RANK_TOPIC, i);
    }
    t->queue = calloc(workers, sizeof *t->queue);
    for (unsigned i = 0; t->queue && i < workers; i++) {
        if (topic_queue_init(&t->queue[i], t, i) != 0) {
            no_memory = true;
        }
    }
    if (!t->queue || no_memory || bt_random(&t->key, sizeof t->key) != 0) {
        topics_free(&t);
    }
    return t;
}

/* All clients are closed, so nobody is subscribed. */
void topics_free(struct topics **tp)
{
    struct topics *t = *tp;

    if (!t) {
        return;
    }
    for (unsigned i = 0; i <= TOPIC_SHARDS; i++) {
        bt_assert(t->shard[i].n == 0);
        bt_mutex_fini(&t->shard[i].lock);
        free(t->shard[i].chain);
    }
    for (unsigned i = 0; t->queue && i < t->n_workers; i++) {
        topic_queue_fini(&t->queue[i]);
    }
    free(t->queue);
    free(t);
    *tp = NULL;
}

/* ---- Topics ---- */

struct topic_shard *topic_shard_of(struct topics *t, enum topic_kind kind,
                                   uint64_t hash)
{
    return &t->shard[kind == TOPIC_PATTERN ? PATTERN_SHARD
                                           : hash % TOPIC_SHARDS];
}

static size_t chain_of(const struct topic_shard *s, uint64_t hash)
{
    return (size_t)(hash / TOPIC_SHARDS) & s->mask;
}

struct topic *topic_find(struct topics *t, enum topic_kind kind, uint64_t hash,
                         struct bt_slice name)
{
    struct topic_shard *s = topic_shard_of(t, kind, hash);
    struct topic *p = s->chain ? s->chain[chain_of(s, hash)] : NULL;

    while (p && (p->hash != hash || p->kind != kind ||
                 !bt_slice_eq(p->name, name))) {
        p = p->next;
    }
    return p;
}

static struct topic *topic_new(struct topics *t, enum topic_kind kind,
                               uint64_t hash, struct bt_slice name)
{
    static const char *const heads[] = {"*3\r\n$7\r\nmessage\r\n", NULL,
                                        "*3\r\n$8\r\nsmessage\r\n"};
    struct topic *p = malloc(sizeof *p + 64 + 2 * name.n);
    size_t n;

    if (!p) {
        return NULL;
    }
    *p = (struct topic){.kind = kind, .hash = hash};
    p->seat = calloc(t->n_workers, sizeof *p->seat);
    if (!p->seat) {
        free(p);
        return NULL;
    }
    if (kind == TOPIC_PATTERN) {
        n = (size_t)sprintf(p->bytes, "*4\r\n$8\r\npmessage\r\n$%zu\r\n",
                            name.n);
        memcpy(p->bytes + n, name.p, name.n);
        n += name.n;
        memcpy(p->bytes + n, "\r\n", 2);
        n += 2;
    } else {
        n = strlen(heads[kind]);
        memcpy(p->bytes, heads[kind], n);
    }
    p->head = bt_slice(p->bytes, n);
    memcpy(p->bytes + n, name.p, name.n);
    p->name = bt_slice(p->bytes + n, name.n);
    return p;
}

static void topic_free(struct topics *t, struct topic *p)
{
    for (unsigned i = 0; i < t->n_workers; i++) {
        free(p->seat[i].member);
    }
    free(p->seat);
    free(p);
}

/* Release and acquire: whoever frees it has seen all that was done with it. */
static void unref(struct topics *t, struct topic *p)
{
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1) {
        topic_free(t, p);
    }
}

static int grow(struct topic_shard *s)
{
    size_t n = s->chain ? 2 * (s->mask + 1) : FIRST_CHAINS;
    struct topic **old = s->chain, **chain = calloc(n, sizeof *chain);
    size_t old_n = old ? s->mask + 1 : 0;

    if (!chain) {
        return old ? 0 : -ENOMEM; /* longer chains */
    }
    s->chain = chain;
    s->mask = n - 1;
    for (size_t i = 0; i < old_n; i++) {
        for (struct topic *p = old[i], *next; p; p = next) {
            size_t k = chain_of(s, p->hash);

            next = p->next;
            p->next = chain[k];
            chain[k] = p;
        }
    }
    free(old);
    return 0;
}

static void list_pattern(struct topics *t, struct topic *p)
{
    p->at_pattern = t->last_pattern;
    *t->last_pattern = p;
    t->last_pattern = &p->next_pattern;
}

static void unlist_pattern(struct topics *t, struct topic *p)
{
    *p->at_pattern = p->next_pattern;
    if (p->next_pattern) {
        p->next_pattern->at_pattern = p->at_pattern;
    } else {
        t->last_pattern = p->at_pattern;
    }
}

static struct topic *insert(struct topics *t, enum topic_kind kind,
                            uint64_t hash, struct bt_slice name)
{
    struct topic_shard *s = topic_shard_of(t, kind, hash);
    struct topic *p;
    size_t k;

    if ((!s->chain || s->n > s->mask) && grow(s) != 0) {
        return NULL;
    }
    p = topic_new(t, kind, hash, name);
    if (!p) {
        return NULL;
    }
    k = chain_of(s, hash);
    p->next = s->chain[k];
    s->chain[k] = p;
    s->n++;
    atomic_fetch_add(&t->n[kind], 1);
    if (kind == TOPIC_PATTERN) {
        list_pattern(t, p);
    }
    return p;
}

static void take_out(struct topics *t, struct topic *p)
{
    struct topic_shard *s = topic_shard_of(t, p->kind, p->hash);
    struct topic **at = &s->chain[chain_of(s, p->hash)];

    while (*at != p) {
        at = &(*at)->next;
    }
    *at = p->next;
    s->n--;
    atomic_fetch_sub(&t->n[p->kind], 1);
    if (p->kind == TOPIC_PATTERN) {
        unlist_pattern(t, p);
    }
}

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
        p = insert(t, kind, hash, name);
    }
    if (p && reserve_seat(&p->seat[s->worker]) != 0) {
        if (p->subscribers == 0) {
            take_out(t, p);
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
        take_out(t, p);
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

    for (size_t i = 0; i <= s->mask; i++) {
        while (s->slot[i]) { /* another may move up to here */
            leave(t, s, i);
        }
    }
    for (size_t i = 0; s->used > 0 && i <= s->mask; i++) {
        while (s->slot[i]) {
            leave(t, s, i);
        }
    }
    bt_assert(s->used == 0);
    free(s->slot);
    free(s);
    *sp = NULL;
}

/* ---- Any thread ---- */

size_t topics_count(struct topics *t, enum topic_kind kind)
{
    return atomic_load(&t->n[kind]);
}

uint64_t topic_subscribers(struct topics *t, enum topic_kind kind,
                           struct bt_slice name)
{
    uint64_t hash = bt_siphash(&t->key, name.p, name.n);
    struct topic_shard *s = topic_shard_of(t, kind, hash);
    const struct topic *p;
    uint64_t n;

    bt_mutex_lock(&s->lock);
    p = topic_find(t, kind, hash, name);
    n = p ? p->subscribers : 0;
    bt_mutex_unlock(&s->lock);
    return n;
}

static bool each_in(struct topic_shard *s, enum topic_kind kind,
                    topic_each_fn *fn, void *arg)
{
    bool go_on = true;

    bt_mutex_lock(&s->lock);
    for (size_t i = 0; s->chain && go_on && i <= s->mask; i++) {
        for (const struct topic *p = s->chain[i]; p && go_on; p = p->next) {
            go_on = p->kind != kind || fn(arg, p->name);
        }
    }
    bt_mutex_unlock(&s->lock);
    return go_on;
}

void topics_each(struct topics *t, enum topic_kind kind, topic_each_fn *fn,
                 void *arg)
{
    bool go_on = true;

    for (unsigned i = 0; go_on && i <= TOPIC_SHARDS; i++) {
        go_on = each_in(&t->shard[i], kind, fn, arg);
    }
}
