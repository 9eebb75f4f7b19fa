/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/put.c -- the calls of db/tx.h that give a key a new value.
 */
#include "db/tx.h"

#include <errno.h>

#include "db/change.h"
#include "db/use.h"

static struct db_entry *new_string(struct tx *tx, struct bt_slice key,
                                   struct bt_slice value, bool ttl)
{
    const struct db_offer *o = tx->offer;
    struct db_entry *e = NULL;

    if (bt_unlikely(o != NULL) && o->p == value.p && o->n == value.n &&
        value.n >= DB_BLOB_MIN) {
        e = db_entry_adopt(key, o, ttl);
        tx->offer = NULL;
    }
    if (!e) {
        e = db_entry_new(key, value.n, ttl);
        if (e) {
            bt_slice_copy(db_entry_value(e), value);
        }
    }
    return e;
}

/* The new value, or NULL: out of memory. */
static inline int finish(struct tx *tx, struct change *c, struct db_entry *e,
                         int64_t expire_ms)
{
    if (!e) {
        db_tx_account(tx, c->table, c->before);
        return -ENOMEM;
    }
    if (expire_ms != DB_NO_EXPIRE) {
        db_entry_set_ttl(e, expire_ms);
    }
    db_use_first(tx->thread, e, c->old);
    db_change_finish(tx, c, e);
    return 0;
}

int db_set(struct tx *tx, struct bt_slice key, struct bt_slice value,
           int64_t expire_ms)
{
    struct change c;
    struct db_entry *e;
    int r = db_change_begin(tx, key, &c);

    if (r != 0) {
        return r;
    }
    expire_ms = db_change_ttl(tx, &c, expire_ms);
    e = new_string(tx, key, value, expire_ms != DB_NO_EXPIRE);
    return finish(tx, &c, e, expire_ms);
}

int db_put(struct tx *tx, struct bt_slice key, enum db_type type, void *object,
           int64_t expire_ms)
{
    struct change c;
    struct db_entry *e;
    int r = db_change_begin(tx, key, &c);

    bt_assert(db_object_ops(type)->count(object) > 0);
    if (r != 0) {
        db_object_free(type, object);
        return r;
    }
    expire_ms = db_change_ttl(tx, &c, expire_ms);
    e = db_entry_with(key, type, object, expire_ms != DB_NO_EXPIRE);
    return finish(tx, &c, e, expire_ms);
}
