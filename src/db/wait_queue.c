/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/wait_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/keyspace.h"

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

struct wait_queue *wait_queue_find(const struct wait_shard *s, unsigned dbi,
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

void wait_queue_free(struct db *db, struct wait_queue *q)
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

void wait_queue_leave(struct db *db, struct wait_link *l)
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
        wait_queue_free(db, q);
    }
}

int wait_queue_join(struct tx *tx, struct wait_link *l, struct bt_slice key)
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
    q = wait_queue_find(shard->waits, tx->dbi, hash, key);
    if (!q) {
        q = new_queue(tx, shard->waits, hash, key);
    }
    if (!q) {
        return -ENOMEM;
    }
    append(shard->waits, q, l);
    return 0;
}
