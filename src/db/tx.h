/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/tx.h -- what one command (later: one EXEC) does to the keyspace.
 *
 *     tx_begin(&tx, thread, dbi);
 *     tx_lock(&tx, keys, n, TX_WRITE);    execute does this, not the command
 *     command(...)                        find, edit, make, publish, remove
 *     tx_commit(&tx);                     execute again: unlocks
 *
 * Threads    A tx belongs to the thread of its db_thread.
 * Rules      Commands never lock. In a locked tx only keys named to tx_lock (or
 *            any key after tx_lock_all) may be touched. A tx that was not locked
 *            may only tx_find string keys, one: the lock-free read, which is
 *            linearizable with every other command (DESIGN section 5). When it
 *            finds a value that changes in place, it is a locked one from then
 *            on.
 *            The only ways to change data are the calls below under "Changes";
 *            each is called before the change becomes visible.
 *            The bytes of the keys given to tx_lock stay as they are until the
 *            tx ends (their hashes are kept).
 * Lifetime   Entries and their bytes stay readable until db_leave (lock-free; to
 *            the end of the tx where it became a locked one) or until the key
 *            is changed in the same tx. See db_entry_hold.
 * Time       tx_now reads the real-time clock once for each tx, at first need.
 */
#ifndef BATON_DB_TX_H
#define BATON_DB_TX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "db/db.h"

enum db_type {
    DB_STRING,
    DB_LIST,
    DB_SET,
    DB_ZSET,
    DB_HASH,
    DB_N_TYPES
};

/* A key and its value; immutable once it can be read without a lock. */
struct db_entry;

enum tx_mode {
    TX_READ,
    TX_WRITE
};

/* The hash of a key, known by where its bytes lie. */
struct tx_hash {
    const char *p;
    size_t n;
    uint64_t hash;
};
#define TX_HASHES 16

struct db_level;
struct wait;
struct wait_queue;

/* A value that lies in an allocation of its own, which may be kept in place of a
 * copy: take(arg) gives it away, to be freed by free(), or NULL. */
struct db_offer {
    const char *p;
    size_t n;
    void *(*take)(void *arg);
    void *arg;
};

struct tx {
    struct db_thread *thread;
    struct db *db;
    unsigned dbi;
    bool locked, all, write, multi;
    bool hidden;     /* its shards are: db/shard.h */
    bool no_touch;   /* tx_find leaves the access clock alone: for commands that
                    * only ask about a key, and for CLIENT NO-TOUCH */
    unsigned notify; /* classes of events that are told: db/notify.h */
    int64_t now_ms;  /* 0: not read yet */
    /* The shards locked, ascending, each once; grows beyond the inline ones. */
    unsigned n_shards;
    uint16_t *shards;
    uint16_t inline_shards[16];
    /* Of the first keys given to tx_lock: each is hashed once. */
    unsigned n_hashes, next_hash;
    struct tx_hash hashes[TX_HASHES];
    struct db_offer *offer; /* for db_set, or NULL */
    struct db_entry *made;  /* db_make'd and not yet published */
    uint64_t made_hash;
    uint64_t changes; /* keys changed by this tx: "dirty" */
    struct wait_queue *ready, *last_ready; /* keys to serve: db/wait.h */
    struct wait *served, *last_served;     /* to be told */
    struct db_level *flushed;              /* given back after the locks */
};

/* ---- For execute ---- */
void tx_begin(struct tx *tx, struct db_thread *t, unsigned dbi);
/* Right after tx_begin: what db_hash() said of a key that will be used. */
void tx_hint(struct tx *tx, struct bt_slice key, uint64_t hash);
/* The bytes of keys given so far are about to go: their hashes are forgotten. */
void tx_forget_keys(struct tx *tx);
/* Locks the shards of keys (in the order of the shards, each once). With
 * TX_WRITE and more than one shard, lock-free readers of these shards are sent
 * behind the lock until tx_commit. 0 or -ENOMEM. */
int tx_lock(struct tx *tx, const struct bt_slice *keys, size_t n,
            enum tx_mode mode);
void tx_lock_all(struct tx *tx, enum tx_mode mode);
/* After tx_lock, before the first change: all that follows is one change, also
 * where it is of one key again and again. */
void tx_as_one(struct tx *tx);
void tx_commit(struct tx *tx); /* unlocks what was locked; ends the tx */

/* ---- Reading ---- */
int64_t tx_now(struct tx *tx); /* ms since 1970 */
/* The state of the thread's generator of random numbers, for dict_random(). */
uint64_t *tx_random(struct tx *tx);

/* NULL when there is no such key, or its time is over (a locked TX_WRITE tx
 * removes it then and counts it as expired). Counts hit or miss, and notes the
 * access for OBJECT IDLETIME (not so with tx->no_touch); quiet: neither;
 * unsaid: counts, but notes no access and sends no keymiss. */
const struct db_entry *tx_find(struct tx *tx, struct bt_slice key);
const struct db_entry *tx_find_unsaid(struct tx *tx, struct bt_slice key);
const struct db_entry *tx_find_quiet(struct tx *tx, struct bt_slice key);

/* From now on the tx is about another database; returns the one before. The same
 * shards are locked: a key's shard does not depend on its database. */
static inline unsigned tx_select(struct tx *tx, unsigned dbi)
{
    unsigned was = tx->dbi;

    tx->dbi = dbi;
    return was;
}

enum db_type db_entry_type(const struct db_entry *e);
struct bt_slice db_entry_key(const struct db_entry *e);
struct bt_slice db_entry_string(const struct db_entry *e); /* DB_STRING */
int64_t db_entry_expire(const struct db_entry *e); /* ms since 1970, -1: none */
/* The first is void under an LFU policy (db_counts_use), the other without. */
uint64_t db_entry_idle_ms(const struct db_entry *e);
unsigned db_entry_use_count(struct tx *tx, const struct db_entry *e);
bool db_entry_raw(const struct db_entry *e); /* built by APPEND, SETRANGE... */
/* What a collection lies in (type/list.h and kin). Only in a locked tx, to be read
 * until the tx ends or changes the key; for changes see db_edit. */
void *db_entry_object(const struct db_entry *e);
/* As OBJECT ENCODING says it; not for strings. Locked tx. */
const char *db_entry_encoding(const struct db_entry *e);
/* Logical bytes: key, value, what they hang on. Locked tx, unless a string. */
size_t db_entry_bytes(const struct db_entry *e);
/* "string", "list", ... */
const char *db_type_name(enum db_type type);
/* Keeps a large string's bytes alive beyond the tx, for replies by reference:
 * NULL when the value is small (copy it then). Released by db_blob_release from
 * any thread. */
void *db_entry_hold(const struct db_entry *e);
void db_blob_release(void *blob);

/* ---- Changes (locked, TX_WRITE) ---- */

#define DB_KEEP_EXPIRE ((int64_t)-2)
#define DB_NO_EXPIRE   ((int64_t)-1)

/* Begins a new string value of n bytes for key: returns where to write them, or
 * NULL: out of memory. Nothing is visible before db_publish; the old entry, if
 * any, stays readable until then, so a new value may be built from it. One at a
 * time for each tx; db_discard drops it. */
char *db_make(struct tx *tx, struct bt_slice key, size_t n);
/* Makes it the key's value, in place of the old one of whatever type (one
 * pointer store: readers see the old or the new). raw: see db_entry_raw. */
void db_publish(struct tx *tx, int64_t expire_ms, bool raw);
void db_discard(struct tx *tx);
/* The string at key, if there is one, to be changed in part: its bytes, at least
 * n of them, those that are new zero; NULL: out of memory. They may be written
 * until db_rewritten, which must follow; without a change, what is raw (see
 * db_entry_raw) is all that is new, and no watcher is told. A large value is changed where it is,
 * so that a change costs the same whatever its size; what tx_find said of the key
 * is void. */
char *db_rewrite(struct tx *tx, struct bt_slice key, size_t n);
void db_rewritten(struct tx *tx, struct bt_slice key, bool changed);
/* All three at once. 0 or -ENOMEM. */
int db_set(struct tx *tx, struct bt_slice key, struct bt_slice value,
           int64_t expire_ms);

/* Makes a collection the key's value, in place of the old one of whatever type.
 * Takes the object, also when it fails. An empty one must not be given. 0 or
 * -ENOMEM. */
int db_put(struct tx *tx, struct bt_slice key, enum db_type type, void *object,
           int64_t expire_ms);

/* A change in place of the collection that tx_find found at key:
 *
 *     void *object = db_edit(tx, key, e);      before the first change
 *     hash_set(object, ...);
 *     db_edited(tx, key, e);                   after the last one
 *
 * No other call for this key, and no commit, comes between. db_edited accounts
 * for the memory, and removes the key when nothing is left in it: then it
 * returns true, and e is void. */
void *db_edit(struct tx *tx, struct bt_slice key, const struct db_entry *e);
bool db_edited(struct tx *tx, struct bt_slice key, const struct db_entry *e);

bool db_remove(struct tx *tx, struct bt_slice key); /* false: not there */
/* New time to live (or DB_NO_EXPIRE) for an existing key; a time in the past
 * is the caller's to turn into db_remove. 0, -ENOENT, -ENOMEM. */
int db_expire_at(struct tx *tx, struct bt_slice key, int64_t expire_ms);
/* Both locked; replaces `to`; keeps value and time to live. 0, -ENOENT, -ENOMEM
 */
int db_rename(struct tx *tx, struct bt_slice from, struct bt_slice to);
/* The same key in another database, in place of what is there; likewise. */
int db_move(struct tx *tx, struct bt_slice key, unsigned dbi);
/* A copy of the value, with its time to live, for the key `to` of database dbi,
 * in place of what is there. Another key or another database. Likewise. */
int db_copy(struct tx *tx, struct bt_slice from, struct bt_slice to,
            unsigned dbi);
/* Sets the access clock. */
void db_touch(struct tx *tx, const struct db_entry *e);

/* ---- Whole databases ---- */

/* All keys of database dbi (or of all: dbi < 0); tx_lock_all(TX_WRITE) before.
 * Quick, whatever is in there. The memory is given back when no reader can be
 * left in it: with lazy by db_lazy_free() calls of a helper thread, else by the
 * flushing thread itself, in one of its next db_leave() calls. */
void db_flush(struct tx *tx, int dbi, bool lazy);
/* Exchanges the keys of two databases; tx_lock_all(TX_WRITE) before. */
void db_swap(struct tx *tx, unsigned a, unsigned b);
/* Helper thread: frees what was flushed lazily, and large values that were
 * removed; false when there was nothing. */
bool db_lazy_free(struct db_thread *t);
bool db_lazy_pending(struct db *db);

/* SCAN: visits some buckets (at most about `count` keys, always bounded work)
 * of the tx's database beginning at *cursor (0 = start), calls fn for each live
 * key and returns the next cursor, 0 at the end. Every key that stays throughout
 * is visited at least once, whatever resizes go on. Unlocked tx: takes the
 * shards' locks one at a time itself. fn must not call back into db. */
typedef void db_scan_fn(void *arg, const struct db_entry *e);
uint64_t db_scan(struct tx *tx, uint64_t cursor, size_t count, db_scan_fn *fn,
                 void *arg);

/* RANDOMKEY: calls fn for one live key, near-uniformly chosen; false: none.
 * Unlocked tx. */
bool db_random(struct tx *tx, db_scan_fn *fn, void *arg);

#endif
