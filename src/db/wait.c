/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A waiter that was claimed elsewhere may still stand in a queue, until its
 * owner forgets it: whoever meets it there takes it out and goes on.
 */
#include "db/wait.h"

#include <errno.h>
#include <stdlib.h>

#include "db/keyspace.h"
#include "db/wait_queue.h"

/* ---- Waiting ---- */

static void free_links(struct wait *w)
{
    free(w->links);
    w->links = NULL;
    w->n_links = 0;
}

static void leave_all(struct wait *w)
{
    for (size_t i = 0; i < w->n_links; i++) {
        if (w->links[i].queue) {
            wait_queue_leave(w->db, &w->links[i]);
        }
    }
    free_links(w);
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
        if (wait_queue_join(tx, &w->links[i], keys[i]) != 0) {
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
            wait_queue_leave(w->db, l);
        }
        bt_mutex_unlock(&shard->lock);
    }
    free_links(w);
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
    q = s && s->n > 0 ? wait_queue_find(s, tx->dbi, hash, key) : NULL;
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

    wait_queue_leave(tx->db, l);
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
            wait_queue_leave(tx->db, l);
        } else if (l->wait->type == db_entry_type(e)) {
            if (wait_claim(l->wait, WAIT_CLAIMED)) {
                serve_one(tx, l, key, e);
                e = tx_find_quiet(tx, key);
            } else {
                wait_queue_leave(tx->db, l);
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
            wait_queue_free(tx->db, q);
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
