/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/find.c -- tx_find: under the locks of a tx, or without any (db/shard.h says
 * why that is enough).
 */
#include "db/tx.h"

#include "db/change.h"
#include "db/use.h"

/* What a store of ours might still wait in must be empty before we read without
 * a lock (db/shard.h). gcc's thread sanitizer knows no fences and warns. */
static inline void fence_after_write(struct db_thread *t)
{
    if (bt_unlikely(t->wrote)) {
#if !defined(__SANITIZE_THREAD__)
        atomic_thread_fence(memory_order_seq_cst);
#endif
        t->wrote = false;
    }
}

static struct db_entry *find_behind_lock(struct tx *tx, unsigned shard,
                                         uint64_t hash, struct bt_slice key)
{
    struct bt_mutex *lock = &tx->db->shards[shard].lock;
    const struct db_table *t;
    struct db_entry *e;

    bt_mutex_lock(lock);
    t = db_table_at(tx->db, tx->dbi, shard);
    e = t ? db_table_find(t, hash, key) : NULL;
    bt_mutex_unlock(lock);
    return e; /* the section keeps it */
}

/* A value that changes in place: the tx is a locked one from here on. */
static struct db_entry *find_and_stay(struct tx *tx, unsigned shard,
                                      uint64_t hash, struct bt_slice key)
{
    const struct db_table *t;

    tx->write = false;
    db_tx_lock_shard(tx, shard);
    t = db_tx_table(tx, shard, false);
    return t ? db_table_find(t, hash, key) : NULL;
}

static inline struct db_entry *find_free(struct tx *tx, unsigned shard,
                                         uint64_t hash, struct bt_slice key)
{
    const atomic_size_t *seq = &tx->db->shards[shard].seq;
    const struct db_table *t;
    struct db_entry *e;
    size_t begun;

    bt_assert(tx->thread->inside);
    fence_after_write(tx->thread);
    begun = db_seq_begin(seq);
    t = db_table_at(tx->db, tx->dbi, shard);
    e = t ? db_table_find(t, hash, key) : NULL;
    if (bt_likely(db_seq_good(seq, begun))) {
        return e;
    }
    return find_behind_lock(tx, shard, hash, key);
}

/* A time that is over: whoever may change the key removes it. */
static void met_expired(struct tx *tx, uint64_t hash, struct bt_slice key)
{
    struct change c;

    if (tx->locked && tx->write) {
        db_change_relocate(tx, hash, key, &c);
        db_change_take_out(tx, &c, DB_CHANGE_EXPIRE);
    }
}

static inline struct db_entry *find(struct tx *tx, struct bt_slice key)
{
    uint64_t hash = db_tx_hash(tx, key);
    unsigned shard = db_shard_of(tx->db, hash);
    struct db_entry *e;

    if (tx->locked) {
        const struct db_table *t = db_tx_table(tx, shard, false);

        e = t ? db_table_find(t, hash, key) : NULL;
    } else {
        e = find_free(tx, shard, hash, key);
        if (e && bt_unlikely(e->flags & ENTRY_LOCKED)) {
            e = find_and_stay(tx, shard, hash, key);
        }
    }
    if (e && bt_unlikely(db_tx_expired(tx, e))) {
        met_expired(tx, hash, key);
        e = NULL;
    }
    return e;
}

const struct db_entry *tx_find_quiet(struct tx *tx, struct bt_slice key)
{
    return find(tx, key);
}

const struct db_entry *tx_find(struct tx *tx, struct bt_slice key)
{
    struct db_thread *t = tx->thread;
    struct db_entry *e = find(tx, key);

    if (e) {
        db_count(&t->count.hits, 1);
        if (!tx->no_touch) {
            db_use_note(t, e);
        }
    } else {
        db_count(&t->count.misses, 1);
        tx_notify(tx, NOTIFY_KEY_MISS, "keymiss", key);
    }
    return e;
}

const struct db_entry *tx_find_unsaid(struct tx *tx, struct bt_slice key)
{
    struct db_thread *t = tx->thread;
    struct db_entry *e = find(tx, key);

    db_count(e ? &t->count.hits : &t->count.misses, 1);
    return e;
}
