/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A waiter of BLMOVE brings another key into the tx that serves it: the
 * destination, for which others may wait in turn, with destinations of their
 * own. All of them are found by following the queues whose shards are locked;
 * the first step into a shard that is not ends there, and tx_lock comes again
 * with that shard locked, too.
 */
#include "db/keyspace.h"
#include "db/wait_queue.h"

struct reach {
    struct tx *tx;
    uint64_t *bits;
    unsigned added;
    struct wait_queue *first; /* queues to be looked at */
    struct wait_queue *seen;  /* and those that were */
};

static bool has_bit(const uint64_t *bits, unsigned shard)
{
    return bits[shard / 64] >> shard % 64 & 1;
}

/* The queues of a key, of any database: a key may move between them. */
static void reach_key(struct reach *r, uint64_t hash, struct bt_slice key)
{
    struct db *db = r->tx->db;
    const struct wait_shard *s = db->shards[db_shard_of(db, hash)].waits;
    struct wait_queue *q = s && s->movers > 0 ? wait_bucket(s, hash) : NULL;

    for (; q; q = q->next) {
        if (q->movers && !q->reached && wait_queue_is(q, hash, key)) {
            q->reached = true;
            q->next_reached = r->first;
            r->first = q;
        }
    }
}

static bool is_locked(const struct tx *tx, unsigned shard)
{
    for (unsigned i = 0; i < tx->n_shards; i++) {
        if (tx->shards[i] == shard) {
            return true;
        }
    }
    return false;
}

static void follow(struct reach *r, const struct wait_queue *q)
{
    for (struct wait_link *l = q->movers; l; l = l->next_mover) {
        const struct wait *w = l->wait;
        unsigned shard = db_shard_of(r->tx->db, w->to_hash);

        if (!has_bit(r->bits, shard)) {
            r->bits[shard / 64] |= UINT64_C(1) << shard % 64;
            r->added++;
        }
        if (is_locked(r->tx, shard)) {
            reach_key(r, w->to_hash, w->to);
        }
    }
}

unsigned db_wait_reach(struct tx *tx, const struct bt_slice *keys, size_t n,
                       uint64_t *bits)
{
    struct reach r = {.tx = tx, .bits = bits};
    struct wait_queue *q;

    for (size_t i = 0; i < n; i++) {
        reach_key(&r, db_tx_hash(tx, keys[i]), keys[i]);
    }
    while ((q = r.first)) {
        r.first = q->next_reached;
        q->next_reached = r.seen;
        r.seen = q;
        follow(&r, q);
    }
    for (q = r.seen; q; q = q->next_reached) {
        q->reached = false;
    }
    return r.added;
}
