/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/expire.c -- removes keys whose time is over and which nobody asks for.
 *
 * The cycle goes round the shards that have keys with a time to live, and in
 * each round the buckets that a level's ttl bits name; plain keys cost nothing.
 * It looks at a sample of keys for each database and goes on while more than a
 * tenth of them were over, so that many keys with times far ahead cost next to
 * nothing and a wave of expiry is followed as fast as the budget lets it. Shards
 * are even mixtures (the hash chooses), so a few of them speak for all.
 *
 * By the way it carries on the resizing of tables that nobody writes to.
 */
#include "db/db.h"

#include "base/clock.h"
#include "db/keyspace.h"

#define SAMPLE         64  /* keys looked at before a judgement */
#define BUCKETS_A_LOCK 16  /* buckets with ttl keys */
#define WORDS_A_LOCK   512 /* of ttl bits searched */
#define CARRIES_A_LOCK 8   /* each of some buckets */

struct cycle {
    struct db_thread *thread;
    uint64_t deadline;
    bool remove;
    unsigned looked, expired;
};

/* ---- One shard, its lock held ---- */

/* Returns true while a key with a time to live is left in the chain. */
static bool visit_chain(struct cycle *c, struct tx *tx, struct db_place *at)
{
    struct db_bucket *b, *next;
    bool left = false;

    for (b = &at->level->bucket[at->index]; b; b = next) {
        next = db_bucket_more(b); /* b may be dropped when it gets empty */
        at->bucket = b;
        for (uint64_t m = db_bucket_used(b); m != 0; m &= m - 1) {
            const struct db_entry *e = db_bucket_at(b, db_first_slot(m));

            if (db_entry_ttl(e) == DB_NO_EXPIRE) {
                continue;
            }
            c->looked++;
            if (!db_tx_expired(tx, e)) {
                left = true;
                continue;
            }
            c->expired++;
            at->slot = db_first_slot(m);
            db_tx_take_out(tx, tx->shards[0], at, DB_CHANGE_EXPIRE);
        }
    }
    return left;
}

/* The first bucket from i on whose ttl bit is set; past the end: none. At most
 * some words are searched. */
static size_t next_marked(const struct db_level *l, size_t i)
{
    uint64_t bits = l->ttl[i / 64] >> i % 64;

    for (unsigned n = 0; bits == 0 && n < WORDS_A_LOCK; n++) {
        i = (i / 64 + 1) * 64;
        if (i > l->mask) {
            return i;
        }
        bits = l->ttl[i / 64];
    }
    while (bits != 0 && !(bits & 1)) {
        bits >>= 1;
        i++;
    }
    return i;
}

static void visit_table(struct cycle *c, struct tx *tx, struct db_table *t)
{
    struct db_place at = {.level = db_table_cur(t)};

    for (unsigned n = 0; at.level && n < BUCKETS_A_LOCK; n++) {
        at.index = next_marked(at.level, t->expire_at);
        if (at.index > at.level->mask) {
            t->expire_at = 0;
            return;
        }
        if (!visit_chain(c, tx, &at)) {
            at.level->ttl[at.index / 64] &= ~(UINT64_C(1) << at.index % 64);
        }
        t->expire_at = at.index == at.level->mask ? 0 : at.index + 1;
        if (t->expire_at == 0) {
            return;
        }
    }
}

static void visit_shard(struct cycle *c, unsigned dbi, unsigned shard)
{
    struct db_table *t;
    struct db_writer w;
    struct tx tx;
    uint64_t before;

    tx_begin(&tx, c->thread, dbi);
    tx.write = true;
    db_tx_lock_shard(&tx, shard);
    t = db_tx_table(&tx, shard, false);
    if (!t) { /* SWAPDB was here first */
        tx_commit(&tx);
        return;
    }
    w = db_tx_writer(&tx, shard);
    before = db_table_bytes(t);
    for (unsigned i = 0; i < CARRIES_A_LOCK; i++) {
        db_table_carry(t, &w);
    }
    if (c->remove) {
        visit_table(c, &tx, t);
        db_table_relax(t, &w);
    }
    db_tx_account(&tx, t, before);
    tx_commit(&tx);
}

/* ---- All shards ---- */

static bool worth_a_visit(const struct cycle *c, const struct db_table *t)
{
    return t && ((c->remove && db_table_ttl_keys(t) > 0) || db_table_old(t));
}

static bool many_over(const struct cycle *c)
{
    return c->expired * 10 > c->looked;
}

/* One round over a database's shards. False: this database has had enough. */
static bool go_round(struct cycle *c, unsigned dbi)
{
    struct db *db = c->thread->db;
    unsigned *shard = &db->cycle.shard[dbi];
    bool many = false;

    for (unsigned i = 0; i < db->n_shards; i++) {
        unsigned s = *shard;

        *shard = s + 1 == db->n_shards ? 0 : s + 1;
        if (!worth_a_visit(c, db_table_at(db, dbi, s))) {
            continue;
        }
        visit_shard(c, dbi, s);
        many = many_over(c);
        if (bt_now_ns() >= c->deadline) {
            return many;
        }
        if (c->looked >= SAMPLE) {
            if (!many) {
                return false;
            }
            c->looked = c->expired = 0;
        }
    }
    return many;
}

static bool cycle(struct cycle *c)
{
    struct db *db = c->thread->db;

    for (unsigned i = 0; i < db->databases; i++) {
        unsigned dbi = db->cycle.dbi;
        bool more = db_touched(db, dbi);

        c->looked = c->expired = 0;
        while (more && bt_now_ns() < c->deadline) {
            more = go_round(c, dbi);
        }
        db->cycle.dbi = dbi + 1 == db->databases ? 0 : dbi + 1;
        if (more) {
            return true; /* the next call goes on in the next database */
        }
        if (i % 64 == 63 && bt_now_ns() >= c->deadline) {
            return false;
        }
    }
    return false;
}

bool db_expire_cycle(struct db_thread *t, unsigned budget_us)
{
    struct db *db = t->db;
    struct cycle c = {.thread = t};
    bool more;

    bt_assert(!t->inside);
    /* Acquire and release: whoever is busy owns the cycle's place. */
    if (atomic_flag_test_and_set_explicit(&db->cycle.busy,
                                          memory_order_acquire)) {
        return false;
    }
    c.deadline = bt_now_ns() + (uint64_t)budget_us * 1000;
    c.remove = atomic_load_explicit(&db->cycle.on, memory_order_relaxed);
    more = cycle(&c);
    atomic_flag_clear_explicit(&db->cycle.busy, memory_order_release);
    db_thread_reclaim(t);
    return more;
}

void db_set_active_expire(struct db *db, bool on)
{
    atomic_store_explicit(&db->cycle.on, on, memory_order_relaxed);
}
