/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/keyspace.h -- what a database and a thread's way into it are made of
 * (inside db/ only).
 */
#ifndef BATON_DB_KEYSPACE_H
#define BATON_DB_KEYSPACE_H

#include <stdalign.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/reclaim.h"
#include "base/slab.h"
#include "db/db.h"
#include "db/notify.h"
#include "db/object.h"
#include "db/shard.h"
#include "db/table.h"
#include "db/tx.h"

#define DB_MAX_SHARDS 4096

/* Written by their thread alone, read by any; relaxed, for sums only. */
struct db_counters {
    _Atomic uint64_t hits, misses, expired, evicted, changes;
    _Atomic int64_t bytes;
};

/* What db/evict.c saw and may remove later. */
#define DB_POOL 16

struct db_candidate {
    uint64_t rank, hash;
    struct db_entry *entry; /* to be compared only */
    unsigned dbi;
};

struct db_pool {
    unsigned n;
    int policy;
    struct db_candidate v[DB_POOL];
};

/* What the word `clock` of entries means: db/use.h. */
struct db_use {
    atomic_bool lfu;
    atomic_uint log_factor, decay_minutes;
};

struct db_thread {
    struct db *db;
    struct bt_record *record;
    struct bt_mem mem; /* for entries and objects */
    bool inside;       /* a section */
    bool wrote;        /* since the last full fence: db/shard.h */
    bool clock_set;    /* in this section */
    uint32_t clock;    /* for the access clock of entries: seconds */
    uint64_t random;
    db_notify_fn *listener; /* constant while the thread runs */
    void *listener_arg;
    struct bt_buf events; /* of the tx that runs: db/notify.c */
    struct db_pool pool;
    alignas(DB_LINE) struct db_counters count;
};

/* The expiry cycle's place; its fields belong to whoever holds `busy`. */
struct db_cycle {
    atomic_flag busy;
    atomic_bool on;
    unsigned dbi;    /* where the next call begins */
    unsigned *shard; /* likewise, in each database */
};

struct db {
    unsigned databases;
    unsigned n_shards, shard_bits;
    struct bt_hash_key key;
    struct db_shard *shards;
    /* [dbi * n_shards + shard], made at the first write, kept to the end. */
    _Atomic(struct db_table *) *tables;
    atomic_bool *touched; /* [dbi]: has a table; never false again */
    struct bt_domain *domain;
    struct bt_slab *slab;    /* for entries */
    _Atomic size_t watches;  /* in all shards: db/watch.h */
    _Atomic unsigned notify; /* classes of events that are told */
    struct db_thread **threads;
    unsigned n_threads, max_threads;
    struct db_counters gone;  /* of threads that were freed */
    struct db_counters reset; /* what db_stats_reset found */
    struct db_cycle cycle;
    struct db_use use;
    atomic_size_t wait_queues; /* keys that somebody waits for */
    /* For db_lazy_free. */
    alignas(DB_LINE) _Atomic(struct db_level *) lazy;
    struct db_lazy_objects lazy_objects;
};

static inline void db_count(_Atomic uint64_t *counter, uint64_t by)
{
    uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

    atomic_store_explicit(counter, n + by, memory_order_relaxed);
}

/* The highest bits; db/table.h takes its own from below bit 48. */
static inline unsigned db_shard_of(const struct db *db, uint64_t hash)
{
    return (unsigned)(hash >> 48) >> (16 - db->shard_bits);
}

/* Acquire: partner of the release in db_tx_table_new. NULL: no key was ever
 * written there. */
static inline struct db_table *db_table_at(const struct db *db, unsigned dbi,
                                           unsigned shard)
{
    return atomic_load_explicit(&db->tables[(size_t)dbi * db->n_shards + shard],
                                memory_order_acquire);
}

static inline bool db_touched(const struct db *db, unsigned dbi)
{
    return atomic_load_explicit(&db->touched[dbi], memory_order_acquire);
}

uint32_t db_thread_clock(struct db_thread *t);

/* Quick and good enough to pick keys; never zero. */
static inline uint64_t db_thread_random(struct db_thread *t)
{
    uint64_t x = t->random;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    t->random = x;
    return x >> 11;
}

/* Outside a section: frees what no reader can see any more. */
void db_thread_reclaim(struct db_thread *t);
void db_counters_add(struct db_counters *sum, const struct db_counters *c);

/* ---- tx.c and tx_lock.c, for the other files ---- */

static inline uint64_t db_hash_key(const struct db *db, struct bt_slice key)
{
    return bt_siphash(&db->key, key.p, key.n);
}

uint64_t db_tx_hash(struct tx *tx, struct bt_slice key);
/* Locks one shard (for work that goes through them one by one). */
void db_tx_lock_shard(struct tx *tx, unsigned shard);
void db_tx_check_locked(const struct tx *tx, unsigned shard);
struct db_table *db_tx_table_new(struct tx *tx, unsigned shard);

/* With the lock held; NULL when nothing is there, or (create) no memory. */
static inline struct db_table *db_tx_table(struct tx *tx, unsigned shard,
                                           bool create)
{
    struct db_table *t = db_table_at(tx->db, tx->dbi, shard);

    if (bt_unlikely(tx->n_shards != 1 || tx->shards[0] != shard)) {
        db_tx_check_locked(tx, shard);
    }
    return bt_likely(t || !create) ? t : db_tx_table_new(tx, shard);
}

struct db_writer db_tx_writer(struct tx *tx, unsigned shard);
/* Lock-free readers of all its shards are sent behind the locks (db/shard.h), if
 * it makes several changes. */
void db_tx_hide(struct tx *tx);

/* ---- change.c ---- */

enum db_change {
    DB_CHANGE_SET,
    DB_CHANGE_REMOVE,
    DB_CHANGE_EMPTIED, /* the end of a change in place */
    DB_CHANGE_TTL,
    DB_CHANGE_EXPIRE,
    DB_CHANGE_EVICT
};

static inline bool db_tx_expired(struct tx *tx, const struct db_entry *e)
{
    int64_t when = db_entry_ttl(e);

    return when != DB_NO_EXPIRE && tx_now(tx) > when;
}

/* Every change of a key passes here, before it becomes visible. */
void db_tx_changed(struct tx *tx, struct bt_slice key, enum db_change kind);
/* Takes out what is at place. db_table_relax is left to the caller. */
void db_tx_take_out(struct tx *tx, unsigned shard, const struct db_place *place,
                    enum db_change kind);
/* Adds what the table has grown by to the thread's share of used_bytes. */
void db_tx_account(struct tx *tx, const struct db_table *t, uint64_t before);

/* ---- watch.c ---- */

/* The locks of the shards concerned are held; to be called when db->watches is
 * not 0, the second one before the shard's keys of database dbi go. */
void db_watch_changed(struct tx *tx, struct bt_slice key, enum db_change kind);
void db_watch_flushed(struct tx *tx, unsigned dbi, unsigned shard);
void db_watch_swapped(struct tx *tx, unsigned a, unsigned b, unsigned shard);

static inline bool db_watching(const struct db *db)
{
    return atomic_load_explicit(&db->watches, memory_order_relaxed) != 0;
}

/* ---- flush.c ---- */

void db_tx_release_flushed(struct tx *tx);
/* At the end of the database: what no helper freed. */
void db_free_flushed(struct db *db);

#endif
