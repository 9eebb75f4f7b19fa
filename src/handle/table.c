/* SPDX-License-Identifier: BSD-2-Clause */
#include "handle/table.h"

#include "base/check.h"
#include "base/reclaim.h"
#include "base/sync.h"
#include "handle/handle.h"

#include <errno.h>
#include <stdlib.h>

#include <ck_hs.h>
#include <ck_pr.h>

#define SHARDS     64
#define FIRST_SIZE 32 /* slots of a new shard */

struct shard {
    struct bt_mutex lock;
    ck_hs_t hs;
    size_t n;       /* handles in it */
    size_t removed; /* since the last rebuild */
    uint64_t pad[4];
};

struct bt_table {
    struct shard shard[SHARDS];
};

/* ck's allocator gets no context; set by the writer while it holds a lock. */
static _Thread_local struct bt_record *writer;

static void *hs_malloc(size_t n)
{
    return calloc(1, n); /* ck leaves a counter uninitialised */
}

static void hs_free(void *p, size_t n, bool defer)
{
    (void)n;
    if (p && defer && writer) {
        bt_retire(writer, p, free);
    } else {
        free(p);
    }
}

static struct ck_malloc allocator = {.malloc = hs_malloc, .free = hs_free};

/* splitmix64's last steps; ids are ours, nobody chooses them. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static unsigned long hs_hash(const void *p, unsigned long seed)
{
    (void)seed;
    return (unsigned long)mix(((const struct baton_client *)p)->id);
}

static bool hs_same(const void *a, const void *b)
{
    return ((const struct baton_client *)a)->id ==
           ((const struct baton_client *)b)->id;
}

/* ck indexes by the low bits of the hash, so the shard comes from others. */
static struct shard *shard_of(struct bt_table *t, uint64_t id)
{
    return &t->shard[mix(id) >> 58];
}

_Static_assert(SHARDS == 64, "shard_of takes six bits");

struct bt_table *bt_table_new(void)
{
    struct bt_table *t = calloc(1, sizeof *t);

    for (unsigned i = 0; t && i < SHARDS; i++) {
        bt_mutex_init(&t->shard[i].lock, BT_RANK_HANDLE, i);
        if (!ck_hs_init(&t->shard[i].hs,
                        CK_HS_MODE_SPMC | CK_HS_MODE_OBJECT | CK_HS_MODE_DELETE,
                        hs_hash, hs_same, &allocator, FIRST_SIZE, 0)) {
            while (i-- > 0) {
                ck_hs_destroy(&t->shard[i].hs);
            }
            free(t);
            return NULL;
        }
    }
    return t;
}

void bt_table_free(struct bt_table **t)
{
    for (unsigned i = 0; *t && i < SHARDS; i++) {
        bt_assert((*t)->shard[i].n == 0);
        ck_hs_destroy(&(*t)->shard[i].hs);
        bt_mutex_fini(&(*t)->shard[i].lock);
    }
    free(*t);
    *t = NULL;
}

int bt_table_insert(struct bt_table *t, struct bt_record *r,
                    struct baton_client *c)
{
    struct shard *s = shard_of(t, c->id);
    unsigned long h = hs_hash(c, 0);
    bool ok;

    bt_mutex_lock(&s->lock);
    writer = r;
    ck_pr_fence_store(); /* the handle's fields before its pointer */
    ok = ck_hs_put(&s->hs, h, c);
    s->n += ok;
    writer = NULL;
    bt_mutex_unlock(&s->lock);
    return ok ? 0 : -ENOMEM;
}

/* Tombstones make misses slow; only a rebuild clears them. */
static void rebuild_when_due(struct shard *s)
{
    if (++s->removed > 64 + s->n) {
        if (ck_hs_rebuild(&s->hs)) {
            s->removed = 0;
        }
    }
}

void bt_table_remove(struct bt_table *t, struct bt_record *r,
                     struct baton_client *c)
{
    struct shard *s = shard_of(t, c->id);

    bt_mutex_lock(&s->lock);
    writer = r;
    bt_assert(ck_hs_remove(&s->hs, hs_hash(c, 0), c) == c);
    s->n--;
    rebuild_when_due(s);
    writer = NULL;
    bt_mutex_unlock(&s->lock);
}

/* ck_hs wants an object with the key in it to look for. */
static struct baton_client *get(struct shard *s, uint64_t id)
{
    struct baton_client key = {.id = id};

    return ck_hs_get(&s->hs, hs_hash(&key, 0), &key);
}

struct baton_client *bt_table_find(struct bt_table *t, uint64_t id)
{
    struct shard *s = shard_of(t, id);
    struct baton_client *c = get(s, id);

    if (!c) {
        c = bt_table_lock(t, id);
        bt_table_unlock(t, id);
    }
    return c;
}

struct baton_client *bt_table_lock(struct bt_table *t, uint64_t id)
{
    struct shard *s = shard_of(t, id);

    bt_mutex_lock(&s->lock);
    return get(s, id);
}

void bt_table_unlock(struct bt_table *t, uint64_t id)
{
    bt_mutex_unlock(&shard_of(t, id)->lock);
}

static int by_id(const void *a, const void *b)
{
    const struct baton_client *x = *(struct baton_client *const *)a;
    const struct baton_client *y = *(struct baton_client *const *)b;

    return x->id < y->id ? -1 : x->id > y->id;
}

/* The shard's handles with an id above `last`, ascending; NULL: no memory. */
static struct baton_client **sorted(struct shard *s, uint64_t last, size_t *n)
{
    struct baton_client **v =
        malloc((s->n + 1) * sizeof(struct baton_client *));
    ck_hs_iterator_t it = CK_HS_ITERATOR_INITIALIZER;
    void *p;

    *n = 0;
    while (v && ck_hs_next(&s->hs, &it, &p)) {
        if (((struct baton_client *)p)->id > last) {
            v[(*n)++] = p;
        }
    }
    if (v && *n > 1) {
        qsort(v, *n, sizeof(struct baton_client *), by_id);
    }
    return v;
}

size_t bt_table_step(struct bt_table *t, struct baton_cursor *cursor, size_t n,
                     bt_table_fn *fn, void *arg)
{
    struct shard *s = &t->shard[cursor->shard % SHARDS];
    struct baton_client **v;
    size_t have, i = 0;
    bool go = true;

    if (cursor->shard >= SHARDS) { /* made up by somebody */
        cursor->done = true;
        return 0;
    }
    bt_mutex_lock(&s->lock);
    v = sorted(s, cursor->last, &have);
    while (v && go && i < have && i < n) {
        cursor->last = v[i]->id;
        go = fn(v[i], arg);
        i++;
    }
    bt_mutex_unlock(&s->lock);
    if (!go) {
        cursor->done = true;
    } else if (i == have) {
        cursor->last = 0;
        cursor->done = ++cursor->shard >= SHARDS;
    }
    free(v);
    return i;
}
