/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/change.h -- how a key comes to another value, or to none (inside db/ only).
 *
 *     db_change_live(tx, key, &c)            it is there: c.old
 *         db_change_take_out(tx, &c, kind)       and goes
 *     db_change_begin(tx, key, &c)           room for a new value
 *         db_change_finish(tx, &c, e)            which it has now
 *
 * Threads    The thread of the tx, the key's shard being locked for writing.
 * Errors     A change that was begun cannot fail any more. One that is given up
 *            is to be accounted: db_tx_account(tx, c.table, c.before).
 */
#ifndef BATON_DB_CHANGE_H
#define BATON_DB_CHANGE_H

#include "db/keyspace.h"
#include "db/tx.h"

/* A key on its way. Void after any other change in the same shard. */
struct change {
    uint64_t hash;
    unsigned shard;
    struct db_table *table;
    struct db_writer writer;
    struct db_place at;
    struct db_entry *old; /* NULL: a new key, for which there is room */
    uint64_t before;      /* bytes of the table */
};

/* Where the key is, if it is there at all. False: the shard never had one. */
bool db_change_locate(struct tx *tx, struct bt_slice key, struct change *c);
/* The same for a key whose hash is known and whose shard has a table. */
void db_change_relocate(struct tx *tx, uint64_t hash, struct bt_slice key,
                        struct change *c);
void db_change_take_out(struct tx *tx, struct change *c, enum db_change kind);
/* True: it is there. A key whose time is over is removed, and is not there. */
static inline bool db_change_live(struct tx *tx, struct bt_slice key,
                                  struct change *c)
{
    bt_assert(!tx->made);
    if (!db_change_locate(tx, key, c) || !c->old) {
        return false;
    }
    if (db_tx_expired(tx, c->old)) {
        db_change_take_out(tx, c, DB_CHANGE_EXPIRE);
        return false;
    }
    return true;
}

/* After this, a new value for the key cannot fail for want of memory. 0 or
 * -ENOMEM. */
int db_change_begin(struct tx *tx, struct bt_slice key, struct change *c);
/* e is readable from now on; db_change_put: and nobody is told. */
void db_change_put(struct tx *tx, struct change *c, struct db_entry *e);
void db_change_finish(struct tx *tx, struct change *c, struct db_entry *e);

/* The time to live that a new value gets. */
static inline int64_t db_change_ttl(struct tx *tx, const struct change *c,
                                    int64_t expire_ms)
{
    if (expire_ms != DB_KEEP_EXPIRE) {
        return expire_ms;
    }
    if (!c->old || db_tx_expired(tx, c->old)) {
        return DB_NO_EXPIRE;
    }
    return db_entry_ttl(c->old);
}

/* The object of `old` belongs to a copy now. */
void db_change_give_up(struct db_table *t, struct db_entry *old);

#endif
