/* SPDX-License-Identifier: BSD-2-Clause
 *
 * use.h -- single commands on a database, for the tests of src/db.
 */
#ifndef BATON_TESTS_UNIT_DB_USE_H
#define BATON_TESTS_UNIT_DB_USE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "db/keyspace.h"

struct use {
    struct db *db;
    struct db_thread *t;
    struct tx tx;
};

static inline void use_open(struct use *u, unsigned databases, unsigned shards)
{
    struct db_options o = {
        .databases = databases, .shards = shards, .threads = 1};

    u->db = db_new(&o);
    cr_assert_not_null(u->db);
    u->t = db_thread_new(u->db);
    cr_assert_not_null(u->t);
}

static inline void use_close(struct use *u)
{
    db_thread_free(&u->t);
    db_free(&u->db);
}

static inline void use_lock(struct use *u, const char *key, enum tx_mode mode)
{
    struct bt_slice k = bt_str(key);

    tx_begin(&u->tx, u->t, 0);
    cr_assert_eq(tx_lock(&u->tx, &k, 1, mode), 0);
}

static inline void use_set(struct use *u, const char *key, const char *value,
                           int64_t expire_ms)
{
    use_lock(u, key, TX_WRITE);
    cr_assert_eq(db_set(&u->tx, bt_str(key), bt_str(value), expire_ms), 0);
    tx_commit(&u->tx);
}

static inline bool use_remove(struct use *u, const char *key)
{
    bool r;

    use_lock(u, key, TX_WRITE);
    r = db_remove(&u->tx, bt_str(key));
    tx_commit(&u->tx);
    return r;
}

/* Both ways of reading must agree. NULL: the key is not there. */
static inline bool use_is(struct use *u, const char *key, const char *value)
{
    const struct db_entry *e;
    bool locked, unlocked;

    db_enter(u->t);
    tx_begin(&u->tx, u->t, 0);
    e = tx_find_quiet(&u->tx, bt_str(key));
    unlocked = e && value ? bt_slice_eq(db_entry_string(e), bt_str(value))
                          : !e && !value;
    tx_commit(&u->tx);
    db_leave(u->t);

    use_lock(u, key, TX_READ);
    e = tx_find_quiet(&u->tx, bt_str(key));
    locked = e && value ? bt_slice_eq(db_entry_string(e), bt_str(value))
                        : !e && !value;
    tx_commit(&u->tx);
    cr_assert_eq(locked, unlocked, "two ways to read %s differ", key);
    return locked;
}

/* The key's time to live, -1: none, -2: no such key. */
static inline int64_t use_expire(struct use *u, const char *key)
{
    const struct db_entry *e;
    int64_t r;

    use_lock(u, key, TX_READ);
    e = tx_find_quiet(&u->tx, bt_str(key));
    r = e ? db_entry_expire(e) : -2;
    tx_commit(&u->tx);
    return r;
}

static inline const char *use_name(char *to, unsigned i)
{
    sprintf(to, "key:%u", i);
    return to;
}

/* Keys number from to (not included), value = key. */
static inline void use_fill(struct use *u, unsigned from, unsigned to)
{
    char name[32];

    for (unsigned i = from; i < to; i++) {
        use_name(name, i);
        use_set(u, name, name, DB_NO_EXPIRE);
    }
}

static inline void use_drain(struct use *u, unsigned from, unsigned to)
{
    char name[32];

    for (unsigned i = from; i < to; i++) {
        cr_assert(use_remove(u, use_name(name, i)));
    }
}

#endif
