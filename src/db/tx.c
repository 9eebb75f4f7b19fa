/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/tx.c -- how a tx begins and ends.
 */
#include "db/tx.h"

#include <stdlib.h>

#include "base/clock.h"
#include "db/keyspace.h"
#include "db/notify.h"
#include "db/wait_queue.h"

static inline void reset(struct tx *tx)
{
    tx->locked = tx->all = tx->write = tx->multi = tx->hidden = false;
    tx->no_touch = false;
    tx->now_ms = 0;
    tx->n_shards = 0;
    tx->shards = tx->inline_shards;
    tx->n_hashes = tx->next_hash = 0;
    tx->offer = NULL;
    tx->made = NULL;
    tx->changes = 0;
    tx->flushed = NULL;
    tx->ready = tx->last_ready = NULL;
    tx->served = tx->last_served = NULL;
}

void tx_begin(struct tx *tx, struct db_thread *t, unsigned dbi)
{
    bt_assert(dbi < t->db->databases);
    tx->thread = t;
    tx->db = t->db;
    tx->dbi = dbi;
    tx->notify = db_notify_flags(t->db);
    reset(tx);
    bt_mem_use(&t->mem);
}

int64_t tx_now(struct tx *tx)
{
    if (tx->now_ms == 0) {
        tx->now_ms = bt_real_ms();
    }
    return tx->now_ms;
}

uint64_t *tx_random(struct tx *tx)
{
    return &tx->thread->random;
}

/* ---- Hashes ---- */

/* Commands go through their keys in order and touch each more than once: the
 * search begins at the key that was found last. */
uint64_t db_tx_hash(struct tx *tx, struct bt_slice key)
{
    unsigned at = tx->next_hash;

    for (unsigned i = 0; i < tx->n_hashes; i++) {
        const struct tx_hash *h = &tx->hashes[at];

        if (h->p == key.p && h->n == key.n) {
            tx->next_hash = at;
            return h->hash;
        }
        at = at + 1 == tx->n_hashes ? 0 : at + 1;
    }
    return db_hash_key(tx->db, key);
}

void tx_forget_keys(struct tx *tx)
{
    tx->n_hashes = tx->next_hash = 0;
}

void tx_hint(struct tx *tx, struct bt_slice key, uint64_t hash)
{
    tx->hashes[0] = (struct tx_hash){key.p, key.n, hash};
    tx->n_hashes = 1;
}

/* ---- Being seen as one change ---- */

static unsigned n_locked(const struct tx *tx)
{
    return tx->all ? tx->db->n_shards : tx->n_shards;
}

static struct db_shard *locked_shard(const struct tx *tx, unsigned i)
{
    return &tx->db->shards[tx->all ? i : tx->shards[i]];
}

void tx_as_one(struct tx *tx)
{
    bt_assert(!tx->hidden);
    tx->multi = tx->write;
}

/* All are odd before the first change is made: called by each change. */
void db_tx_hide(struct tx *tx)
{
    if (tx->hidden || !tx->multi) {
        return;
    }
    for (unsigned i = 0; i < n_locked(tx); i++) {
        bool hid = db_seq_hide(&locked_shard(tx, i)->seq);

        bt_assert(hid);
    }
    tx->hidden = true;
}

void tx_commit(struct tx *tx)
{
    unsigned n = tx->locked ? n_locked(tx) : 0;
    struct wait *served;

    db_discard(tx);
    if (bt_unlikely(tx->ready != NULL)) {
        db_wait_serve(tx);
    }
    if (bt_unlikely(tx->thread->events.n > 0)) {
        tx_notify_flush(tx);
    }
    for (unsigned i = 0; tx->hidden && i < n; i++) {
        db_seq_show(&locked_shard(tx, i)->seq);
    }
    while (n > 0) {
        bt_mutex_unlock(&locked_shard(tx, --n)->lock);
    }
    if (tx->changes > 0) {
        db_count(&tx->thread->count.changes, tx->changes);
    }
    if (tx->flushed) {
        db_tx_release_flushed(tx);
    }
    if (tx->shards != tx->inline_shards) {
        free(tx->shards);
    }
    served = tx->served;
    reset(tx);
    if (bt_unlikely(served != NULL)) {
        db_wait_served(served);
    }
}

/* ---- Tables ---- */

void db_tx_check_locked(const struct tx *tx, unsigned shard)
{
    bool found = tx->all;

    for (unsigned i = 0; !found && i < tx->n_shards; i++) {
        found = tx->shards[i] == shard;
    }
    bt_assert(found); /* a key that was not given to tx_lock */
}

struct db_table *db_tx_table_new(struct tx *tx, unsigned shard)
{
    struct db *db = tx->db;
    struct db_table *t = db_table_new();
    size_t i = (size_t)tx->dbi * db->n_shards + shard;

    if (t) {
        db_tx_account(tx, t, 0);
        /* Release: partner of db_table_at and db_touched. */
        atomic_store_explicit(&db->tables[i], t, memory_order_release);
        atomic_store_explicit(&db->touched[tx->dbi], true,
                              memory_order_release);
    }
    return t;
}

struct db_writer db_tx_writer(struct tx *tx, unsigned shard)
{
    return (struct db_writer){&tx->db->key, tx->thread->record,
                              &tx->db->shards[shard].seq};
}
