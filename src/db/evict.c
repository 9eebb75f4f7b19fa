/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/evict.h"

#include "db/keyspace.h"
#include "db/use.h"

#define BUCKETS_A_LOOK 64   /* searched for candidates in one shard */
#define WORDS_A_LOOK   1024 /* of ttl bits */

struct search {
    struct db_thread *thread;
    enum db_policy policy;
    bool volatile_only;
    unsigned wanted;
    struct tx tx;
};

/* ---- Who is the better one to go: higher ranks go first ---- */

static uint64_t idle_rank(const struct db_entry *e, uint32_t now)
{
    uint32_t then = atomic_load_explicit(&((struct db_entry *)e)->clock,
                                         memory_order_relaxed);

    return now > then ? now - then : 0;
}

static uint64_t rank_of(struct search *s, const struct db_entry *e)
{
    switch (s->policy) {
    case DB_VOLATILE_TTL:
        return UINT64_MAX - (uint64_t)db_entry_ttl(e);
    case DB_VOLATILE_LFU:
    case DB_ALLKEYS_LFU:
        return 255 - db_use_count(s->thread->db, e);
    case DB_VOLATILE_RANDOM:
    case DB_ALLKEYS_RANDOM:
        return db_thread_random(s->thread);
    default:
        return idle_rank(e, db_thread_clock(s->thread));
    }
}

static bool may_go(const struct search *s, const struct db_entry *e)
{
    return !s->volatile_only || db_entry_ttl(e) != DB_NO_EXPIRE;
}

/* ---- The pool: ascending by rank ---- */

static void pool_drop(struct db_pool *pool, unsigned i)
{
    pool->n--;
    memmove(&pool->v[i], &pool->v[i + 1], (pool->n - i) * sizeof pool->v[0]);
}

static void pool_add(struct db_pool *pool, struct db_candidate c)
{
    unsigned i;

    for (i = 0; i < pool->n; i++) {
        if (pool->v[i].entry == c.entry) {
            pool_drop(pool, i);
            break;
        }
    }
    if (pool->n == DB_POOL) {
        if (c.rank <= pool->v[0].rank) {
            return;
        }
        pool_drop(pool, 0);
    }
    for (i = pool->n; i > 0 && pool->v[i - 1].rank > c.rank; i--) {
        pool->v[i] = pool->v[i - 1];
    }
    pool->v[i] = c;
    pool->n++;
}

/* ---- Looking for candidates ---- */

static void look_at_chain(struct search *s, const struct db_bucket *b)
{
    for (; b; b = db_bucket_more(b)) {
        for (uint64_t m = db_bucket_used(b); m != 0; m &= m - 1) {
            struct db_entry *e = db_bucket_at(b, db_first_slot(m));

            if (may_go(s, e)) {
                struct bt_slice key = db_entry_name(e);
                uint64_t hash = db_hash_key(s->thread->db, key);

                pool_add(
                    &s->thread->pool,
                    (struct db_candidate){rank_of(s, e), hash, e, s->tx.dbi});
                s->wanted -= s->wanted > 0;
            }
        }
    }
}

/* The next bucket at or after i that may hold what is wanted. */
static size_t next_bucket(const struct search *s, const struct db_level *l,
                          size_t i)
{
    if (!s->volatile_only) {
        return i;
    }
    for (unsigned n = 0; n < WORDS_A_LOOK && i <= l->mask; n++) {
        uint64_t bits = l->ttl[i / 64] >> i % 64;

        for (; bits != 0; bits >>= 1, i++) {
            if (bits & 1) {
                return i;
            }
        }
        i = (i / 64 + 1) * 64;
    }
    return l->mask + 1;
}

static void look_in_level(struct search *s, const struct db_level *l)
{
    size_t i = (size_t)db_thread_random(s->thread) & l->mask;
    bool again = i > 0;

    for (unsigned n = 0; n < BUCKETS_A_LOOK && s->wanted > 0; n++) {
        i = next_bucket(s, l, i);
        if (i > l->mask) {
            if (!again) {
                return;
            }
            again = false;
            i = 0;
            continue;
        }
        look_at_chain(s, &l->bucket[i++]);
    }
}

static void look_in_table(struct search *s, const struct db_table *t)
{
    const struct db_level *cur = db_table_cur(t), *old = db_table_old(t);

    if (old && db_thread_random(s->thread) & 1) {
        look_in_level(s, old);
    }
    if (cur && s->wanted > 0) {
        look_in_level(s, cur);
    }
    if (old && s->wanted > 0) {
        look_in_level(s, old);
    }
}

static size_t candidates_in(const struct search *s, const struct db_table *t)
{
    if (!t) {
        return 0;
    }
    return s->volatile_only ? db_table_ttl_keys(t) : db_table_keys(t);
}

/* One shard; among the databases, each has the chance of its share there. */
static void look_in_shard(struct search *s, unsigned shard)
{
    struct db *db = s->thread->db;
    uint64_t total = 0, at;

    for (unsigned i = 0; i < db->databases; i++) {
        total += candidates_in(s, db_table_at(db, i, shard));
    }
    if (total == 0) {
        return;
    }
    at = db_thread_random(s->thread) % total;
    for (unsigned i = 0; i < db->databases; i++) {
        size_t n = candidates_in(s, db_table_at(db, i, shard));

        if (at < n) {
            const struct db_table *t;

            tx_begin(&s->tx, s->thread, i);
            db_tx_lock_shard(&s->tx, shard);
            t = db_tx_table(&s->tx, shard, false); /* SWAPDB exchanges them */
            if (t) {
                look_in_table(s, t);
            }
            tx_commit(&s->tx);
            return;
        }
        at -= n;
    }
}

/* Shards are even mixtures of the keys, so any of them will do. */
static void look(struct search *s)
{
    struct db *db = s->thread->db;
    unsigned shard = (unsigned)db_thread_random(s->thread) % db->n_shards;

    for (unsigned i = 0; i < db->n_shards && s->wanted > 0; i++) {
        look_in_shard(s, (shard + i) % db->n_shards);
    }
}

/* ---- Removing ---- */

static bool is_at(const struct db_place *at, const struct db_candidate *c)
{
    return at->bucket && db_bucket_at(at->bucket, at->slot) == c->entry;
}

/* The place of the entry, which may be gone long since: its address is compared
 * and never followed before it was found. */
static bool find_entry(const struct db_table *t, const struct db_candidate *c,
                       struct db_place *at)
{
    struct db_level *levels[2] = {db_table_cur(t), db_table_old(t)};

    for (unsigned i = 0; i < 2; i++) {
        struct db_bucket *b;

        if (!levels[i]) {
            continue;
        }
        at->level = levels[i];
        at->index = db_index(levels[i], c->hash);
        for (b = &levels[i]->bucket[at->index]; b; b = db_bucket_more(b)) {
            uint64_t m = db_bucket_used(b);

            for (at->bucket = b; m != 0; m &= m - 1) {
                at->slot = db_first_slot(m);
                if (is_at(at, c)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Whether it still is what it was when it was seen, and is gone now. */
static bool remove_candidate(struct search *s, const struct db_candidate *c)
{
    unsigned shard = db_shard_of(s->thread->db, c->hash);
    struct tx *tx = &s->tx;
    struct db_table *t;
    struct db_place at;
    bool gone = false;

    tx_begin(tx, s->thread, c->dbi);
    tx->write = true;
    db_tx_lock_shard(tx, shard);
    t = db_tx_table(tx, shard, false);
    if (t && find_entry(t, c, &at) && may_go(s, c->entry) &&
        (s->policy == DB_ALLKEYS_RANDOM || s->policy == DB_VOLATILE_RANDOM ||
         rank_of(s, c->entry) >= c->rank)) {
        struct db_writer w = db_tx_writer(tx, shard);
        uint64_t before = db_table_bytes(t);

        db_tx_take_out(tx, shard, &at, DB_CHANGE_EVICT);
        db_table_relax(t, &w);
        db_tx_account(tx, t, before);
        gone = true;
    }
    tx_commit(tx);
    return gone;
}

bool db_evict(struct db_thread *t, enum db_policy policy, unsigned samples)
{
    struct search s = {.thread = t,
                       .policy = policy,
                       .volatile_only = policy <= DB_VOLATILE_TTL};
    struct db_pool *pool = &t->pool;

    bt_assert(policy != DB_NOEVICTION);
    if (pool->policy != (int)policy) {
        pool->n = 0;
        pool->policy = (int)policy;
    }
    for (unsigned tries = 0; tries < 16; tries++) {
        s.wanted = samples;
        look(&s);
        while (pool->n > 0) {
            struct db_candidate c = pool->v[--pool->n];

            if (remove_candidate(&s, &c)) {
                return true;
            }
        }
        if (s.wanted == samples) {
            return false; /* there was nothing to be seen */
        }
    }
    return false;
}
