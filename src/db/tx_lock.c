/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/tx_lock.c -- the locks of a tx: which shards, and in which order.
 */
#include "db/tx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/keyspace.h"
#include "db/wait_queue.h"

#define INLINE_SHARDS                                                          \
    (sizeof(((struct tx *)0)->inline_shards) / sizeof(uint16_t))

static uint64_t keep_hash(struct tx *tx, struct bt_slice key)
{
    uint64_t hash;

    if (tx->n_hashes > 0 && tx->hashes[0].p == key.p &&
        tx->hashes[0].n == key.n) {
        return tx->hashes[0].hash; /* hinted */
    }
    hash = db_hash_key(tx->db, key);
    if (tx->n_hashes < TX_HASHES) {
        tx->hashes[tx->n_hashes++] = (struct tx_hash){key.p, key.n, hash};
    }
    return hash;
}

/* ---- Shards in their order ---- */

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
