/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A waiter that was claimed elsewhere may still stand in a queue, until its
 * owner forgets it: whoever meets it there takes it out and goes on.
 */
#include "db/wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/keyspace.h"
#include "db/wait_queue.h"

#define FIRST_BUCKETS 8

/* ---- The queues of a shard ---- */

static struct wait_shard *shard_new(void)
{
    struct wait_shard *s = calloc(1, sizeof *s);

    if (s) {
        s->bucket = calloc(FIRST_BUCKETS, sizeof(struct wait_queue *));
        s->mask = FIRST_BUCKETS - 1;
        if (!s->bucket) {
            free(s);
            return NULL;
        }
    }
    return s;
}

void wait_shard_free(struct wait_shard *s)
{
    if (s) {
        bt_assert(s->n == 0);
        free(s->bucket);
        free(s);
    }
}

static struct wait_queue *find_queue(const struct wait_shard *s, unsigned dbi,
                                     uint64_t hash, struct bt_slice key)
{
    struct wait_queue *q = wait_bucket(s, hash);

    while (q && !(q->dbi == dbi && wait_queue_is(q, hash, key))) {
        q = q->next;
    }
    return q;
}

static void put_queue(struct wait_shard *s, struct wait_queue *q)
{
    struct wait_queue **at = &s->bucket[(size_t)q->hash & s->mask];

    q->next = *at;
    *at = q;
}

/* Twice the buckets; without memory it stays as it is. */
static void spread(struct wait_shard *s)
{
    size_t n = s->mask + 1;
    struct wait_queue **old = s->bucket;

    s->bucket = calloc(2 * n, sizeof(struct wait_queue *));
    if (!s->bucket) {
        s->bucket = old;
        return;
    }
    s->mask = 2 * n - 1;
    for (size_t i = 0; i < n; i++) {
        for (struct wait_queue *q = old[i], *next; q; q = next) {
            next = q->next;
            put_queue(s, q);
        }
    }
    free(old);
}

/* Relaxed: for INFO, and for a first look by those whose shards' locks tell
 * them the truth. */
static void count_queues(struct db *db, int by)
{
    atomic_fetch_add_explicit(&db->wait_queues, (size_t)by,
                              memory_order_relaxed);
}

static struct wait_queue *new_queue(struct tx *tx, struct wait_shard *s,
                                    uint64_t hash, struct bt_slice key)
{
    struct wait_queue *q = calloc(1, sizeof *q + key.n);

    if (!q) {
        return NULL;
    }
    q->hash = hash;
    q->dbi = tx->dbi;
    q->key_n = key.n;
    memcpy(q->key, key.p, key.n);
    if (s->n > 2 * s->mask) {
        spread(s);
    }
    put_queue(s, q);
    s->n++;
    count_queues(tx->db, 1);
    return q;
}

static void free_queue(struct db *db, struct wait_queue *q)
{
    struct wait_shard *s = db->shards[db_shard_of(db, q->hash)].waits;
    struct wait_queue **at = &s->bucket[(size_t)q->hash & s->mask];

    while (*at != q) {
        at = &(*at)->next;
    }
    *at = q->next;
    s->n--;
    count_queues(db, -1);
    free(q);
}

/* ---- Places in queues ---- */

static void append(struct wait_shard *s, struct wait_queue *q,
                   struct wait_link *l)
{
    l->queue = q;
    l->next = NULL;
    l->prev = q->last;
    *(q->last ? &q->last->next : &q->first) = l;
    q->last = l;
    if (l->wait->to.p) {
        l->prev_mover = NULL;
        l->next_mover = q->movers;
        if (q->movers) {
            q->movers->prev_mover = l;
        }
        q->movers = l;
        s->movers++;
    }
}

static void leave(struct db *db, struct wait_link *l)
{
    struct wait_queue *q = l->queue;

    *(l->prev ? &l->prev->next : &q->first) = l->next;
    *(l->next ? &l->next->prev : &q->last) = l->prev;
    if (l->wait->to.p) {
        *(l->prev_mover ? &l->prev_mover->next_mover : &q->movers) =
            l->next_mover;
        if (l->next_mover) {
            l->next_mover->prev_mover = l->prev_mover;
        }
        db->shards[l->shard].waits->movers--;
    }
    l->queue = NULL;
    if (!q->first && !q->ready) {
        free_queue(db, q);
    }
}

static int join(struct tx *tx, struct wait_link *l, struct bt_slice key)
{
    uint64_t hash = db_tx_hash(tx, key);
    struct db_shard *shard;
    struct wait_queue *q;

    l->shard = db_shard_of(tx->db, hash);
    shard = &tx->db->shards[l->shard];
    if (!shard->waits) {
        shard->waits = shard_new();
        if (!shard->waits) {
            return -ENOMEM;
        }
    }
    q = find_queue(shard->waits, tx->dbi, hash, key);
    if (!q) {
        q = new_queue(tx, shard->waits, hash, key);
    }
    if (!q) {
        return -ENOMEM;
    }
    append(shard->waits, q, l);
    return 0;
}

static void leave_all(struct wait *w)
{
    for (size_t i = 0; i < w->n_links; i++) {
        if (w->links[i].queue) {
            leave(w->db, &w->links[i]);
        }
    }
    free(w->links);
    w->links = NULL;
    w->n_links = 0;
}

int wait_add(struct tx *tx, struct wait *w, const struct bt_slice *keys,
             size_t n)
{
    bt_assert(tx->locked && tx->write);
    atomic_init(&w->state, WAIT_WAITING);
    w->db = tx->db;
    w->to_hash = w->to.p ? db_tx_hash(tx, w->to) : 0;
    w->links = calloc(n, sizeof *w->links);
    w->n_links = w->links ? n : 0;
    if (!w->links) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        w->links[i].wait = w;
        if (join(tx, &w->links[i], keys[i]) != 0) {
            leave_all(w);
            return -ENOMEM;
        }
    }
    return 0;
}

void wait_forget(struct wait *w)
{
    for (size_t i = 0; i < w->n_links; i++) {
        struct wait_link *l = &w->links[i];
        struct db_shard *shard = &w->db->shards[l->shard];

        bt_mutex_lock(&shard->lock);
        if (l->queue) {
            leave(w->db, l);
        }
        bt_mutex_unlock(&shard->lock);
    }
    free(w->links);
    w->links = NULL;
    w->n_links = 0;
}

size_t wait_keys(struct db *db)
{
    return atomic_load_explicit(&db->wait_queues, memory_order_relaxed);
}

/* ---- Keys become ready ---- */

static void mark(struct tx *tx, struct wait_queue *q)
{
    if (q->ready) {
        return;
    }
    q->ready = true;
    q->next_ready = NULL;
    *(tx->last_ready ? &tx->last_ready->next_ready : &tx->ready) = q;
    tx->last_ready = q;
}

bool db_wait_mark(struct tx *tx, struct bt_slice key)
{
    const struct wait_shard *s;
    struct wait_queue *q;
    uint64_t hash;

    if (!tx->all && tx->n_shards == 1) {
        s = tx->db->shards[tx->shards[0]].waits;
        if (bt_likely(!s || s->n == 0)) {
            return false;
        }
    } else if (wait_keys(tx->db) == 0) {
        return false;
    }
    hash = db_tx_hash(tx, key);
    s = tx->db->shards[db_shard_of(tx->db, hash)].waits;
    q = s && s->n > 0 ? find_queue(s, tx->dbi, hash, key) : NULL;
    if (q) {
        mark(tx, q);
    }
    return q != NULL;
}

void wait_all_ready(struct tx *tx)
{
    bt_assert(tx->all && tx->write);
    for (unsigned i = 0; i < tx->db->n_shards; i++) {
        const struct wait_shard *s = tx->db->shards[i].waits;

        for (size_t b = 0; s && s->n > 0 && b <= s->mask; b++) {
            for (struct wait_queue *q = s->bucket[b]; q; q = q->next) {
                mark(tx, q);
            }
        }
    }
}

/* ---- Serving ---- */

static void serve_one(struct tx *tx, struct wait_link *l, struct bt_slice key,
                      const struct db_entry *e)
{
    struct wait *w = l->wait;

    leave(tx->db, l);
    w->next_served = NULL;
    w->serve(w, tx, key, e);
    *(tx->last_served ? &tx->last_served->next_served : &tx->served) = w;
    tx->last_served = w;
}

/* Those of another type stay, in their order. */
static void serve_queue(struct tx *tx, struct wait_queue *q)
{
    struct bt_slice key = wait_queue_key(q);
    const struct db_entry *e = tx_find_quiet(tx, key);

    for (struct wait_link *l = q->first, *next; l && e; l = next) {
        next = l->next;
        /* Relaxed: a hint; wait_claim decides. */
        if (atomic_load_explicit(&l->wait->state, memory_order_relaxed) !=
            WAIT_WAITING) {
            leave(tx->db, l);
        } else if (l->wait->type == db_entry_type(e)) {
            if (wait_claim(l->wait, WAIT_CLAIMED)) {
                serve_one(tx, l, key, e);
                e = tx_find_quiet(tx, key);
            } else {
                leave(tx->db, l);
            }
        }
    }
}

void db_wait_serve(struct tx *tx)
{
    unsigned dbi = tx->dbi;

    while (tx->ready) {
        struct wait_queue *q = tx->ready;

        tx->dbi = q->dbi;
        serve_queue(tx, q);
        /* A waiter that pushed to this very key found it marked; what it pushed
         * was there for those behind it. */
        tx->ready = q->next_ready;
        if (!tx->ready) {
            tx->last_ready = NULL;
        }
        q->ready = false;
        if (!q->first) {
            free_queue(tx->db, q);
        }
    }
    tx->dbi = dbi;
}

void db_wait_served(struct wait *first)
{
    while (first) {
        struct wait *w = first;

        first = w->next_served;
        w->served(w);
    }
}
