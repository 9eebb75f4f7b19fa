/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/change.h"

#include <errno.h>

#include "db/wait_queue.h"

/* ---- Who must know of a change ---- */

/* The journal will listen here. */
void db_tx_changed(struct tx *tx, struct bt_slice key, enum db_change kind)
{
    /* Before the change: what a waiter does to the key belongs to it. */
    if (kind == DB_CHANGE_SET && db_wait_mark(tx, key)) {
        tx->multi = true;
    }
    db_tx_hide(tx);
    tx->thread->wrote = true;
    if (bt_unlikely(db_watching(tx->db))) {
        db_watch_changed(tx, key, kind);
    }
    if (kind == DB_CHANGE_EXPIRE) {
        db_count(&tx->thread->count.expired, 1);
        tx_notify(tx, NOTIFY_EXPIRED, "expired", key);
    } else if (kind == DB_CHANGE_EVICT) {
        db_count(&tx->thread->count.evicted, 1);
        tx_notify(tx, NOTIFY_EVICTED, "evicted", key);
    } else if (kind != DB_CHANGE_EMPTIED) {
        tx->changes++;
    }
}

void db_tx_account(struct tx *tx, const struct db_table *t, uint64_t before)
{
    _Atomic int64_t *bytes = &tx->thread->count.bytes;
    int64_t by = (int64_t)(db_table_bytes(t) - before);

    if (by != 0) {
        int64_t n = atomic_load_explicit(bytes, memory_order_relaxed);

        atomic_store_explicit(bytes, n + by, memory_order_relaxed);
    }
}

void db_tx_take_out(struct tx *tx, unsigned shard, const struct db_place *place,
                    enum db_change kind)
{
    struct db_writer w = db_tx_writer(tx, shard);
    const struct db_entry *e = db_bucket_at(place->bucket, place->slot);

    db_tx_changed(tx, db_entry_name(e), kind);
    db_table_remove(db_table_at(tx->db, tx->dbi, shard), &w, place);
}

/* ---- Keys that are there ---- */

static inline bool aim(struct tx *tx, uint64_t hash, struct change *c,
                       bool create)
{
    bt_assert(tx->write);
    c->hash = hash;
    c->shard = db_shard_of(tx->db, hash);
    c->writer = db_tx_writer(tx, c->shard);
    c->table = db_tx_table(tx, c->shard, create);
    c->old = NULL;
    if (c->table) {
        c->before = db_table_bytes(c->table);
    }
    return c->table != NULL;
}

bool db_change_locate(struct tx *tx, struct bt_slice key, struct change *c)
{
    if (!aim(tx, db_tx_hash(tx, key), c, false)) {
        return false;
    }
    c->old = db_table_locate(c->table, c->hash, key, &c->at);
    return true;
}

void db_change_relocate(struct tx *tx, uint64_t hash, struct bt_slice key,
                        struct change *c)
{
    aim(tx, hash, c, false);
    c->old = db_table_locate(c->table, hash, key, &c->at);
}

void db_change_take_out(struct tx *tx, struct change *c, enum db_change kind)
{
    db_tx_take_out(tx, c->shard, &c->at, kind);
    db_table_relax(c->table, &c->writer);
    db_tx_account(tx, c->table, c->before);
}

void db_change_give_up(struct db_table *t, struct db_entry *old)
{
    if (db_entry_type(old) != DB_STRING) {
        db_table_add_bytes(t, -(int64_t)db_object_bytes(db_entry_type(old),
                                                        db_entry_object(old)));
        db_entry_forget(old);
    }
}

/* ---- New values ---- */

int db_change_begin(struct tx *tx, struct bt_slice key, struct change *c)
{
    int r = 0;

    bt_assert(!tx->made);
    if (!aim(tx, db_tx_hash(tx, key), c, true)) {
        return -ENOMEM;
    }
    db_table_step(c->table, &c->writer);
    c->old = db_table_locate(c->table, c->hash, key, &c->at);
    if (!c->old) {
        r = db_table_room(c->table, c->hash);
    }
    if (r != 0) {
        db_tx_account(tx, c->table, c->before);
    }
    return r;
}

void db_change_put(struct tx *tx, struct change *c, struct db_entry *e)
{
    if (c->old) {
        db_table_replace(c->table, &c->writer, &c->at, e);
    } else {
        db_table_insert(c->table, c->hash, e);
    }
    db_tx_account(tx, c->table, c->before);
}

void db_change_finish(struct tx *tx, struct change *c, struct db_entry *e)
{
    bool over = c->old && db_tx_expired(tx, c->old);

    if (over) {
        db_count(&tx->thread->count.expired, 1);
        tx_notify(tx, NOTIFY_EXPIRED, "expired", db_entry_name(e));
    }
    if (!c->old || over) {
        tx_notify(tx, NOTIFY_NEW, "new", db_entry_name(e));
    }
    db_tx_changed(tx, db_entry_name(e), DB_CHANGE_SET);
    db_change_put(tx, c, e);
}
