/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/tx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/keyspace.h"
#include "db/notify.h"
#include "db/wait_queue.h"

#define INLINE_SHARDS                                                          \
    (sizeof(((struct tx *)0)->inline_shards) / sizeof(uint16_t))

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

static uint64_t hash_key(const struct db *db, struct bt_slice key)
{
    return bt_siphash(&db->key, key.p, key.n);
}

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
    return hash_key(tx->db, key);
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

static uint64_t keep_hash(struct tx *tx, struct bt_slice key)
{
    uint64_t hash;

    if (tx->n_hashes > 0 && tx->hashes[0].p == key.p &&
        tx->hashes[0].n == key.n) {
        return tx->hashes[0].hash; /* hinted */
    }
    hash = hash_key(tx->db, key);
    if (tx->n_hashes < TX_HASHES) {
        tx->hashes[tx->n_hashes++] = (struct tx_hash){key.p, key.n, hash};
    }
    return hash;
}

/* ---- Locks ---- */

static unsigned n_locked(const struct tx *tx)
{
    return tx->all ? tx->db->n_shards : tx->n_shards;
}

static struct db_shard *locked_shard(const struct tx *tx, unsigned i)
{
    return &tx->db->shards[tx->all ? i : tx->shards[i]];
}

static void check_locked(const struct tx *tx, unsigned shard)
{
    bool found = tx->all;

    for (unsigned i = 0; !found && i < tx->n_shards; i++) {
        found = tx->shards[i] == shard;
    }
    bt_assert(found); /* a key that was not given to tx_lock */
}

static void lock_listed(struct tx *tx)
{
    tx->locked = true;
    for (unsigned i = 0; i < tx->n_shards; i++) {
        bt_mutex_lock(&tx->db->shards[tx->shards[i]].lock);
    }
}

void db_tx_lock_shard(struct tx *tx, unsigned shard)
{
    bt_assert(!tx->locked);
    tx->shards[0] = (uint16_t)shard;
    tx->n_shards = 1;
    lock_listed(tx);
}

/* Ascending and each once, out of a bit for each shard. */
static int list_shards(struct tx *tx, const uint64_t *bits, unsigned n)
{
    unsigned words = (tx->db->n_shards + 63) / 64;

    if (n > INLINE_SHARDS) {
        tx->shards = malloc(n * sizeof *tx->shards);
        if (!tx->shards) {
            tx->shards = tx->inline_shards;
            return -ENOMEM;
        }
    }
    for (unsigned i = 0; i < words; i++) {
        for (unsigned b = 0; b < 64 && bits[i] >> b != 0; b++) {
            if (bits[i] >> b & 1) {
                tx->shards[tx->n_shards++] = (uint16_t)(i * 64 + b);
            }
        }
    }
    return 0;
}

static int lock_many(struct tx *tx, const struct bt_slice *keys, size_t n)
{
    uint64_t bits[DB_MAX_SHARDS / 64];
    unsigned distinct = 0;
    int r;

    memset(bits, 0, (tx->db->n_shards + 63) / 64 * sizeof *bits);
    for (size_t i = 0; i < n; i++) {
        unsigned s = db_shard_of(tx->db, keep_hash(tx, keys[i]));

        distinct += !(bits[s / 64] >> s % 64 & 1);
        bits[s / 64] |= UINT64_C(1) << s % 64;
    }
    r = list_shards(tx, bits, distinct);
    if (r == 0) {
        lock_listed(tx);
    }
    return r;
}

/* Somebody waits in a locked shard who brings in another key. */
static bool any_movers(const struct tx *tx)
{
    for (unsigned i = 0; i < tx->n_shards; i++) {
        const struct wait_shard *w = tx->db->shards[tx->shards[i]].waits;

        if (w && w->movers > 0) {
            return true;
        }
    }
    return false;
}

static void unlock_listed(struct tx *tx)
{
    for (unsigned i = tx->n_shards; i > 0; i--) {
        bt_mutex_unlock(&tx->db->shards[tx->shards[i - 1]].lock);
    }
    if (tx->shards != tx->inline_shards) {
        free(tx->shards);
        tx->shards = tx->inline_shards;
    }
    tx->n_shards = 0;
    tx->locked = false;
}

/* Locks again, with all that a commit may reach, until nothing is missing: the
 * set only grows. */
static int lock_reached(struct tx *tx, const struct bt_slice *keys, size_t n)
{
    uint64_t bits[DB_MAX_SHARDS / 64];

    while (any_movers(tx)) {
        unsigned locked = tx->n_shards, added;
        int r;

        memset(bits, 0, (tx->db->n_shards + 63) / 64 * sizeof *bits);
        for (unsigned i = 0; i < locked; i++) {
            bits[tx->shards[i] / 64] |= UINT64_C(1) << tx->shards[i] % 64;
        }
        added = db_wait_reach(tx, keys, n, bits);
        if (added == 0) {
            return 0;
        }
        unlock_listed(tx);
        r = list_shards(tx, bits, locked + added);
        if (r != 0) {
            return r;
        }
        lock_listed(tx);
        tx->multi = true;
    }
    return 0;
}

int tx_lock(struct tx *tx, const struct bt_slice *keys, size_t n,
            enum tx_mode mode)
{
    bt_assert(!tx->locked);
    tx->write = mode == TX_WRITE;
    tx->multi = tx->write && n > 1;
    if (n == 1) {
        db_tx_lock_shard(tx, db_shard_of(tx->db, keep_hash(tx, keys[0])));
    } else {
        int r = lock_many(tx, keys, n);

        if (r != 0) {
            return r;
        }
    }
    return tx->write ? lock_reached(tx, keys, n) : 0;
}

void tx_lock_all(struct tx *tx, enum tx_mode mode)
{
    bt_assert(!tx->locked);
    tx->write = tx->multi = mode == TX_WRITE;
    tx->locked = tx->all = true;
    for (unsigned i = 0; i < tx->db->n_shards; i++) {
        bt_mutex_lock(&tx->db->shards[i].lock);
    }
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

struct db_table *db_tx_table(struct tx *tx, unsigned shard, bool create)
{
    struct db *db = tx->db;
    struct db_table *t = db_table_at(db, tx->dbi, shard);
    size_t i = (size_t)tx->dbi * db->n_shards + shard;

    check_locked(tx, shard);
    if (t || !create) {
        return t;
    }
    t = db_table_new();
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
