/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/db.h -- the keyspace: numbered databases of keys with typed values, spread
 * over shards.
 *
 * Threads    db_new/db_free: main. A struct db_thread is one thread's way in
 *            (its reclamation record, its counters), made before the threads
 *            start and freed after they ended; all other calls take one.
 * Locks      Each shard has a mutex of rank BT_RANK_KEYSPACE, order = number of
 *            the shard; taken by db/tx.h only, in ascending order, each once.
 * Sections   db_enter/db_leave bracket a worker's pass: entries read without a
 *            lock stay in memory until db_leave. Leave before slow work.
 */
#ifndef BATON_DB_DB_H
#define BATON_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define DB_MAX_DATABASES 16384

struct db;
struct db_thread;

struct db_options {
    unsigned databases; /* [16] */
    unsigned shards;    /* power of two; 0 = chosen [256] */
    unsigned threads; /* how many db_thread_new() calls will come, for sizing */
};

/* NULL: out of memory (or of randomness for the hash key). */
struct db *db_new(const struct db_options *o);
void db_free(struct db **db); /* after all threads were freed */
unsigned db_databases(const struct db *db);

struct db_thread *db_thread_new(struct db *db);
void db_thread_free(struct db_thread **t);
struct db *db_of(const struct db_thread *t);

void db_enter(struct db_thread *t);
void db_leave(struct db_thread *t); /* outside: also reclaims a little */
bool db_pending(const struct db_thread *t);
/* Much memory waits for the end of this section: time to leave and enter again,
 * where nothing is in hand. */
bool db_must_leave(const struct db_thread *t);

/* ---- Looking ahead: hints that cost little and change nothing ---- */

/* For the two below, and for tx_hint(). */
uint64_t db_hash(const struct db_thread *t, struct bt_slice key);
/* Inside a section. Asks for the memory of a key's bucket (and, to write, of its
 * shard's lock); then, some work later, for the entries that it may be. */
void db_prefetch_bucket(const struct db_thread *t, unsigned dbi, uint64_t hash,
                        bool write);
void db_prefetch_entry(const struct db_thread *t, unsigned dbi, uint64_t hash);

/* Whether the use of keys is counted (LFU), else its time is kept (LRU), and how
 * the counters rise and fall: lfu-log-factor, lfu-decay-time. Any thread. */
void db_set_use(struct db *db, bool lfu, unsigned log_factor,
                unsigned decay_minutes);
bool db_counts_use(const struct db *db);

/* Counters since the start (or db_stats_reset). Any thread. */
struct db_stats {
    uint64_t hits, misses; /* keyspace_hits, keyspace_misses */
    uint64_t expired;      /* keys removed because their time was over */
    uint64_t evicted;      /* keys removed to make room */
    uint64_t changes;      /* of keys; never reset */
    uint64_t used_bytes;   /* logical: keys, values, tables */
};
void db_stats(struct db *db, struct db_stats *out);
void db_stats_reset(struct db *db);
/* used_bytes alone, of all threads and of this one (its changes, which may be
 * below zero). */
uint64_t db_used_bytes(struct db *db);
int64_t db_thread_bytes(const struct db_thread *t);

/* Keys in a database, keys of these with a time to live. Any thread; not a
 * snapshot. */
uint64_t db_size(struct db *db, unsigned dbi);
uint64_t db_expires(struct db *db, unsigned dbi);

/* ---- Expiry in the background ---- */

/* One slice of the active cycle on the calling thread (own db_thread, outside
 * a section): looks at keys with a time to live, removes the expired, for at
 * most budget_us. Returns true when more is likely due now. */
bool db_expire_cycle(struct db_thread *t, unsigned budget_us);
void db_set_active_expire(struct db *db, bool on);

#endif
