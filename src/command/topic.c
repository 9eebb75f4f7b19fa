/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of topics. One is in it while it has subscribers, and in memory a
 * little longer: until the last worker that had some has delivered what was
 * published to them.
 */
#include "command/topic.h"

#include "base/check.h"
#include "base/random.h"
#include "command/topic_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CHAINS 4
#define HEAD_MAX     64

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

/* What each message of a topic begins with; HEAD_MAX bytes and the name at most. */
static size_t write_head(char *p, enum topic_kind kind, struct bt_slice name)
{
    static const char *const heads[] = {"*3\r\n$7\r\nmessage\r\n", NULL,
                                        "*3\r\n$8\r\nsmessage\r\n"};
    size_t n;

    if (kind != TOPIC_PATTERN) {
        n = strlen(heads[kind]);
        memcpy(p, heads[kind], n);
        return n;
    }
    n = (size_t)sprintf(p, "*4\r\n$8\r\npmessage\r\n$%zu\r\n", name.n);
    memcpy(p + n, name.p, name.n);
    memcpy(p + n + name.n, "\r\n", 2);
    return n + name.n + 2;
}

static struct topic *topic_new(struct topics *t, enum topic_kind kind,
                               uint64_t hash, struct bt_slice name)
{
    struct topic *p = malloc(sizeof *p + HEAD_MAX + 2 * name.n);
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
    n = write_head(p->bytes, kind, name);
    p->head = bt_slice(p->bytes, n);
    memcpy(p->bytes + n, name.p, name.n);
    p->name = bt_slice(p->bytes + n, name.n);
    return p;
}

void topic_free(struct topics *t, struct topic *p)
{
    for (unsigned i = 0; i < t->n_workers; i++) {
        free(p->seat[i].member);
    }
    free(p->seat);
    free(p);
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

struct topic *topic_insert(struct topics *t, enum topic_kind kind,
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
    atomic_fetch_add(&t->n_published, kind != TOPIC_SHARD);
    if (kind == TOPIC_PATTERN) {
        list_pattern(t, p);
    }
    return p;
}

void topic_take_out(struct topics *t, struct topic *p)
{
    struct topic_shard *s = topic_shard_of(t, p->kind, p->hash);
    struct topic **at = &s->chain[chain_of(s, p->hash)];

    while (*at != p) {
        at = &(*at)->next;
    }
    *at = p->next;
    s->n--;
    atomic_fetch_sub(&t->n[p->kind], 1);
    atomic_fetch_sub(&t->n_published, p->kind != TOPIC_SHARD);
    if (p->kind == TOPIC_PATTERN) {
        unlist_pattern(t, p);
    }
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
