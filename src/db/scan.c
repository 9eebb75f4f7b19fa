/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/scan.c -- SCAN and RANDOMKEY.
 *
 * A cursor is a shard and, above it, a place in the shard's table: the number of
 * a bucket counted up from its highest bit. In that order the buckets into which
 * a bucket is split, or which are merged into one, follow each other, so that a
 * resize between two calls makes nothing be left out. While a resize is under
 * way, a bucket of the smaller level and all that belong to it in the larger
 * one are visited together.
 */
#include "db/tx.h"

#include "base/cursor.h"
#include "db/keyspace.h"

#define BUCKETS_A_LOCK 64

/* One call of db_scan or db_random. */
struct walk {
    struct tx *tx;
    db_scan_fn *fn;
    void *arg;
    size_t keys, buckets; /* visited */
};

static void lock_shard(struct tx *tx, unsigned s)
{
    bt_assert(!tx->locked || tx->all);
    if (!tx->all) {
        bt_mutex_lock(&tx->db->shards[s].lock);
    }
}

static void unlock_shard(struct tx *tx, unsigned s)
{
    if (!tx->all) {
        bt_mutex_unlock(&tx->db->shards[s].lock);
    }
}

static void visit_bucket(struct walk *w, const struct db_level *l, uint64_t v)
{
    const struct db_bucket *b = &l->bucket[(size_t)v & l->mask];

    w->buckets++;
    for (; b; b = db_bucket_more(b)) {
        for (uint64_t m = db_bucket_used(b); m != 0; m &= m - 1) {
            const struct db_entry *e = db_bucket_at(b, db_first_slot(m));

            if (!db_tx_expired(w->tx, e)) {
                w->keys++;
                w->fn(w->arg, e);
            }
        }
    }
}

/* A bucket and what belongs to it in the other level. */
static uint64_t visit_group(struct walk *w, const struct db_table *t,
                            uint64_t v)
{
    const struct db_level *small = db_table_cur(t), *large = db_table_old(t);

    if (!large) {
        visit_bucket(w, small, v);
        return bt_cursor_next(v, small->mask);
    }
    if (small->mask > large->mask) {
        small = large;
        large = db_table_cur(t);
    }
    visit_bucket(w, small, v);
    do {
        visit_bucket(w, large, v);
        v = bt_cursor_next(v, large->mask);
    } while (v & (small->mask ^ large->mask));
    return v;
}

/* The shard from bucket v on, until it or the limits are reached; 0: it. */
static uint64_t scan_shard(struct walk *w, unsigned s, uint64_t v,
                           size_t max_keys, size_t max_buckets)
{
    const struct db_table *t = db_table_at(w->tx->db, w->tx->dbi, s);

    if (!t || db_table_keys(t) == 0) {
        w->buckets++;
        return 0;
    }
    do {
        size_t stop = w->buckets + BUCKETS_A_LOCK;

        lock_shard(w->tx, s);
        t = db_table_at(w->tx->db, w->tx->dbi, s); /* SWAPDB exchanges them */
        do {
            v = t && db_table_cur(t) ? visit_group(w, t, v) : 0;
        } while (v != 0 && w->keys < max_keys && w->buckets < max_buckets &&
                 w->buckets < stop);
        unlock_shard(w->tx, s);
    } while (v != 0 && w->keys < max_keys && w->buckets < max_buckets);
    return v;
}

uint64_t db_scan(struct tx *tx, uint64_t cursor, size_t count, db_scan_fn *fn,
                 void *arg)
{
    const struct db *db = tx->db;
    struct walk w = {tx, fn, arg, 0, 0};
    uint64_t v = cursor >> db->shard_bits;
    unsigned s = (unsigned)(cursor & (db->n_shards - 1));
    size_t max_buckets = count > SIZE_MAX / 16 ? SIZE_MAX : count * 8 + 256;

    if (!db_touched(db, tx->dbi)) {
        return 0;
    }
    do {
        v = scan_shard(&w, s, v, count, max_buckets);
        s += v == 0;
    } while (s < db->n_shards && w.keys < count && w.buckets < max_buckets);
    return s < db->n_shards ? v << db->shard_bits | s : 0;
}

/* ---- RANDOMKEY ---- */

static size_t random_below(struct db_thread *t, size_t n)
{
    return (size_t)db_thread_random(t) % n;
}

/* A shard, each with the chance of its share of the keys. */
static int random_shard(struct tx *tx)
{
    size_t total = (size_t)db_size(tx->db, tx->dbi), at;
    int last = -1;

    if (total == 0) {
        return -1;
    }
    at = random_below(tx->thread, total);
    for (unsigned s = 0; s < tx->db->n_shards; s++) {
        const struct db_table *t = db_table_at(tx->db, tx->dbi, s);
        size_t n = t ? db_table_keys(t) : 0;

        last = n > 0 ? (int)s : last;
        if (at < n) {
            break;
        }
        at -= n;
    }
    return last; /* also when keys went meanwhile */
}

static const struct db_level *random_level(struct db_thread *th,
                                           const struct db_table *t)
{
    const struct db_level *cur = db_table_cur(t), *old = db_table_old(t);
    size_t n = cur ? cur->mask + 1 : 0;

    if (!cur || !old) {
        return cur;
    }
    return random_below(th, n + old->mask + 1) < n ? cur : old;
}

/* Slots in use in the chain. */
static size_t used(const struct db_bucket *b)
{
    size_t n = 0;

    for (; b; b = db_bucket_more(b)) {
        n += (size_t)__builtin_popcountll(db_bucket_used(b));
    }
    return n;
}

/* The live key number n of the chain; NULL: it has fewer. */
static const struct db_entry *nth(struct tx *tx, const struct db_bucket *b,
                                  size_t n)
{
    for (; b; b = db_bucket_more(b)) {
        for (uint64_t m = db_bucket_used(b); m != 0; m &= m - 1) {
            const struct db_entry *e = db_bucket_at(b, db_first_slot(m));

            if (!db_tx_expired(tx, e) && n-- == 0) {
                return e;
            }
        }
    }
    return NULL;
}

/* A bucket by chance, in it a place by chance among twice as many as it has
 * slots: the key there, or none, so that a key's chance does not depend on how
 * many share its bucket. Where more do, which is rare, they share its places. */
static const struct db_entry *try_fairly(struct tx *tx,
                                         const struct db_table *t)
{
    const struct db_level *l = random_level(tx->thread, t);
    const struct db_bucket *b;
    size_t n;

    if (!l) {
        return NULL;
    }
    b = &l->bucket[random_below(tx->thread, l->mask + 1)];
    n = used(b);
    return nth(tx, b,
               random_below(tx->thread, n > DB_SLOTS * 2 ? n : DB_SLOTS * 2));
}

/* For a table that is nearly empty: the first key from a random bucket on. */
static const struct db_entry *try_near(struct tx *tx, const struct db_table *t)
{
    const struct db_level *l = random_level(tx->thread, t);
    size_t i = l ? random_below(tx->thread, l->mask + 1) : 0;
    const struct db_entry *e = NULL;

    for (unsigned n = 0; l && !e && n < 16 * BUCKETS_A_LOCK; n++) {
        e = nth(tx, &l->bucket[(i + n) & l->mask], 0);
    }
    return e;
}

static bool random_in(struct tx *tx, unsigned s, db_scan_fn *fn, void *arg)
{
    const struct db_entry *e = NULL;
    const struct db_table *t;

    lock_shard(tx, s);
    t = db_table_at(tx->db, tx->dbi, s); /* SWAPDB exchanges them */
    for (unsigned i = 0; t && !e && i < BUCKETS_A_LOCK; i++) {
        e = try_fairly(tx, t);
    }
    for (unsigned i = 0; t && !e && i < 2; i++) {
        e = try_near(tx, t);
    }
    if (e) {
        fn(arg, e);
    }
    unlock_shard(tx, s);
    return e != NULL;
}

bool db_random(struct tx *tx, db_scan_fn *fn, void *arg)
{
    bool found = false;

    for (unsigned i = 0; !found && i < 16; i++) {
        int s = random_shard(tx);

        if (s < 0) {
            return false;
        }
        found = random_in(tx, (unsigned)s, fn, arg);
    }
    return found;
}
