/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/make.c -- the calls of db/tx.h for strings that are written where they will
 * lie, or where they lie already.
 */
#include "db/tx.h"

#include <string.h>

#include "db/change.h"
#include "db/use.h"

/* ---- New values ---- */

/* Always with room for a time to live: which it gets is said too late. */
char *db_make(struct tx *tx, struct bt_slice key, size_t n)
{
    struct change c;

    if (db_change_begin(tx, key, &c) != 0) {
        return NULL;
    }
    tx->made = db_entry_new(key, n, true);
    tx->made_hash = c.hash;
    db_tx_account(tx, c.table, c.before);
    return tx->made ? db_entry_value(tx->made) : NULL;
}

/* Where the entry that was made goes, and all that is to be set in it. */
static struct db_entry *made(struct tx *tx, struct change *c, int64_t expire_ms)
{
    struct db_entry *e = tx->made;

    bt_assert(e);
    tx->made = NULL;
    db_change_relocate(tx, tx->made_hash, db_entry_name(e), c);
    db_entry_set_ttl(e, db_change_ttl(tx, c, expire_ms));
    db_use_first(tx->thread, e, c->old);
    return e;
}

static void make_raw(struct db_entry *e)
{
    e->flags |= ENTRY_RAW;
    db_entry_lock_blob(e);
}

void db_publish(struct tx *tx, int64_t expire_ms, bool raw)
{
    struct change c;
    struct db_entry *e = made(tx, &c, expire_ms);

    if (raw) {
        make_raw(e);
    }
    db_change_finish(tx, &c, e);
}

static void publish_same(struct tx *tx)
{
    struct change c;
    struct db_entry *e = made(tx, &c, DB_KEEP_EXPIRE);

    bt_assert(c.old);
    make_raw(e);
    db_change_put(tx, &c, e);
}

/* ---- Changes of a part ---- */

/* Of the new value, all that the change is to find there. */
static char *make_longer(struct tx *tx, const struct change *c,
                         struct bt_slice key, size_t n)
{
    const struct db_entry *old = c->old;
    struct bt_slice was = old ? db_entry_string(old) : bt_slice("", 0);
    char *p;

    n = n > was.n ? n : was.n;
    tx->made = db_entry_new(key, n, true);
    tx->made_hash = c->hash;
    if (!tx->made) {
        return NULL;
    }
    p = db_entry_value(tx->made);
    memcpy(p, was.p, was.n);
    memset(p + was.n, 0, n - was.n);
    return p;
}

static char *rewrite_in_place(const struct change *c, size_t n)
{
    int64_t bytes = (int64_t)db_entry_bytes(c->old);

    if (db_entry_lengthen(c->old, n) != 0) {
        return NULL;
    }
    db_table_add_bytes(c->table, (int64_t)db_entry_bytes(c->old) - bytes);
    return db_entry_value(c->old);
}

char *db_rewrite(struct tx *tx, struct bt_slice key, size_t n)
{
    struct change c;
    char *p;

    if (db_change_begin(tx, key, &c) != 0) {
        return NULL;
    }
    if (c.old &&
        (db_tx_expired(tx, c.old) || db_entry_type(c.old) != DB_STRING)) {
        c.old = NULL;
    }
    p = c.old && db_entry_changeable(c.old) ? rewrite_in_place(&c, n)
                                            : make_longer(tx, &c, key, n);
    db_tx_account(tx, c.table, c.before);
    return p;
}

/* A change in place is told now: nobody saw it yet, for the lock is held. */
void db_rewritten(struct tx *tx, struct bt_slice key, bool changed)
{
    if (!tx->made && changed) {
        db_tx_changed(tx, key, DB_CHANGE_SET);
    } else if (tx->made && changed) {
        db_publish(tx, DB_KEEP_EXPIRE, true);
    } else if (tx->made) {
        publish_same(tx);
    }
}

/* ---- Giving up ---- */

void db_discard(struct tx *tx)
{
    if (tx->made) {
        db_entry_free(tx->made);
        tx->made = NULL;
    }
}
