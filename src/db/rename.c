/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/rename.c -- the calls of db/tx.h that bring a value to another key.
 */
#include "db/tx.h"

#include <errno.h>

#include "db/change.h"
#include "db/use.h"

/* An entry for the key `to` with the value of `from`: the same one, or a copy of
 * its own. NULL: out of memory. */
static struct db_entry *entry_for(struct tx *tx, const struct db_entry *from,
                                  struct bt_slice to, bool copy)
{
    enum db_type type = db_entry_type(from);
    int64_t expire_ms = db_entry_ttl(from);
    struct db_entry *e;
    void *object;

    if (!copy || type == DB_STRING) {
        e = db_entry_copy(from, to, expire_ms);
    } else {
        object = db_object_ops(type)->copy(db_entry_object(from));
        e = object ? db_entry_with(to, type, object, expire_ms != DB_NO_EXPIRE)
                   : NULL;
        if (e && expire_ms != DB_NO_EXPIRE) {
            db_entry_set_ttl(e, expire_ms);
        }
    }
    if (e && copy) {
        db_use_first(tx->thread, e, NULL);
    }
    return e;
}

struct target {
    struct bt_slice key;
    unsigned dbi;
};

/* What `from` holds, for `to` as well. */
static int carry(struct tx *tx, struct bt_slice from, const struct target *to,
                 bool copy)
{
    unsigned home = tx->dbi;
    struct change c, source;
    struct db_entry *e;
    int r;

    tx->dbi = to->dbi;
    r = db_change_begin(tx, to->key, &c);
    tx->dbi = home;
    if (r != 0) {
        return r;
    }
    db_change_locate(tx, from,
                     &source); /* again: begin_set may have moved it */
    e = entry_for(tx, source.old, to->key, copy);
    if (!e) {
        db_tx_account(tx, c.table, c.before);
        return -ENOMEM;
    }
    tx->dbi = to->dbi;
    if (c.old && !db_tx_expired(tx, c.old)) { /* Redis removes it first */
        tx_notify(tx, NOTIFY_NEW, "new", to->key);
    }
    db_change_finish(tx, &c, e);
    tx->dbi = home;
    return 0;
}

/* `to` is set before `from` goes, since the removal may take away the room that
 * was made; readers see neither before both are done. */
static int move(struct tx *tx, struct bt_slice from, const struct target *to)
{
    struct change gone;
    int r;

    if (!db_change_live(tx, from, &gone)) {
        return -ENOENT;
    }
    if (to->dbi == tx->dbi && bt_slice_eq(from, to->key)) {
        return 0;
    }
    r = carry(tx, from, to, false);
    if (r == 0) {
        db_change_locate(tx, from, &gone);
        db_change_give_up(gone.table, gone.old);
        db_change_take_out(tx, &gone, DB_CHANGE_REMOVE);
    }
    return r;
}

int db_rename(struct tx *tx, struct bt_slice from, struct bt_slice to)
{
    const struct target t = {to, tx->dbi};

    bt_assert(tx->multi || bt_slice_eq(from, to));
    return move(tx, from, &t);
}

int db_move(struct tx *tx, struct bt_slice key, unsigned dbi)
{
    const struct target t = {key, dbi};

    bt_assert(dbi != tx->dbi && dbi < tx->db->databases);
    tx->multi = true; /* one shard, but two changes */
    return move(tx, key, &t);
}

int db_copy(struct tx *tx, struct bt_slice from, struct bt_slice to,
            unsigned dbi)
{
    const struct target t = {to, dbi};
    struct change c;

    bt_assert(dbi < tx->db->databases);
    bt_assert(dbi != tx->dbi || !bt_slice_eq(from, to));
    return db_change_live(tx, from, &c) ? carry(tx, from, &t, true) : -ENOENT;
}
