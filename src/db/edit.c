/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/edit.c -- the calls of db/tx.h that change what is there: values in place,
 * times to live, removal.
 */
#include "db/tx.h"

#include <errno.h>

#include "db/change.h"
#include "db/use.h"

/* Its end was counted as a change already. */
static void remove_emptied(struct tx *tx, struct bt_slice key)
{
    struct change c;

    db_change_locate(tx, key, &c);
    db_change_take_out(tx, &c, DB_CHANGE_EMPTIED);
}

/* ---- Changes in place ---- */

static struct db_table *table_of(struct tx *tx, struct bt_slice key)
{
    return db_tx_table(tx, db_shard_of(tx->db, db_tx_hash(tx, key)), false);
}

/* Between the two calls the value's memory is not counted at all. */
void *db_edit(struct tx *tx, struct bt_slice key, const struct db_entry *e)
{
    void *object = db_entry_object(e);
    int64_t bytes = (int64_t)db_object_bytes(db_entry_type(e), object);
    struct db_table *t = table_of(tx, key);
    uint64_t before = db_table_bytes(t);

    bt_assert(tx->write && !tx->made);
    db_tx_changed(tx, key, DB_CHANGE_SET);
    db_table_add_bytes(t, -bytes);
    db_tx_account(tx, t, before);
    return object;
}

bool db_edited(struct tx *tx, struct bt_slice key, const struct db_entry *e)
{
    enum db_type type = db_entry_type(e);
    const void *object = db_entry_object(e);
    struct db_table *t = table_of(tx, key);
    uint64_t before = db_table_bytes(t);

    db_table_add_bytes(t, (int64_t)db_object_bytes(type, object));
    db_tx_account(tx, t, before);
    if (db_object_ops(type)->count(object) > 0) {
        return false;
    }
    remove_emptied(tx, key);
    return true;
}

/* ---- The whole key ---- */

bool db_remove(struct tx *tx, struct bt_slice key)
{
    struct change c;

    if (!db_change_live(tx, key, &c)) {
        return false;
    }
    db_change_take_out(tx, &c, DB_CHANGE_REMOVE);
    return true;
}

int db_expire_at(struct tx *tx, struct bt_slice key, int64_t expire_ms)
{
    struct change c;
    struct db_entry *e;
    int64_t was;

    if (!db_change_live(tx, key, &c)) {
        return -ENOENT;
    }
    was = db_entry_ttl(c.old);
    if (expire_ms == DB_KEEP_EXPIRE ||
        (expire_ms == was && was == DB_NO_EXPIRE)) {
        return 0;
    }
    /* The same time once more counts as a change to those who watch. */
    if (c.old->flags & ENTRY_TTL) {
        db_tx_changed(tx, key, DB_CHANGE_TTL);
        db_entry_set_ttl(c.old, expire_ms);
        db_table_ttl_changed(c.table, &c.at,
                             (expire_ms != DB_NO_EXPIRE) -
                                 (was != DB_NO_EXPIRE));
        return 0;
    }
    e = db_entry_copy(c.old, key, expire_ms);
    if (!e) {
        return -ENOMEM;
    }
    db_tx_changed(tx, key, DB_CHANGE_TTL);
    db_change_give_up(c.table, c.old);
    db_table_replace(c.table, &c.writer, &c.at, e);
    db_tx_account(tx, c.table, c.before);
    return 0;
}

void db_touch(struct tx *tx, const struct db_entry *e)
{
    db_use_note(tx->thread, e);
}
