/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include "db/watch.h"

static struct use u;
static struct db_watch *list;
static atomic_bool dirty;

static void open_it(void)
{
    use_open(&u, 2, 4);
    list = NULL;
    dirty = false;
}

static void close_it(void)
{
    db_watch_drop(u.db, &list);
    cr_assert_eq(atomic_load(&u.db->watches), 0);
    use_close(&u);
}

static void watch(const char *key)
{
    use_lock(&u, key, TX_READ);
    cr_assert_eq(db_watch_add(&u.tx, &list, bt_str(key), &dirty), 0);
    tx_commit(&u.tx);
}

static bool expired(const char *key)
{
    bool r;

    use_lock(&u, key, TX_READ);
    r = db_watch_expired(&u.tx, list);
    tx_commit(&u.tx);
    return r;
}

static void flush(int dbi)
{
    tx_begin(&u.tx, u.t, 0);
    tx_lock_all(&u.tx, TX_WRITE);
    db_flush(&u.tx, dbi, false);
    tx_commit(&u.tx);
}

TestSuite(watch, .init = open_it, .fini = close_it);

Test(watch, changes_of_the_key_only)
{
    watch("a");
    use_set(&u, "b", "1", DB_NO_EXPIRE);
    cr_assert_not(use_remove(&u, "a"));
    cr_assert_not(dirty);
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    cr_assert(dirty);
    dirty = false;
    cr_assert(use_remove(&u, "a"));
    cr_assert(dirty);
    db_watch_drop(u.db, &list);
    dirty = false;
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    cr_assert_not(dirty);
}

Test(watch, a_key_is_added_once_for_each_database)
{
    const struct db_watch *at = NULL;
    struct bt_slice key;

    watch("a");
    watch("a");
    cr_assert_eq(atomic_load(&u.db->watches), 1);
    use_lock(&u, "a", TX_READ);
    u.tx.dbi = 1;
    cr_assert_eq(db_watch_add(&u.tx, &list, bt_str("a"), &dirty), 0);
    db_watch_end(&u.tx, &list);
    tx_commit(&u.tx);
    cr_assert_not(db_watch_next(list, &at, &key));
    watch("b");
    cr_assert(db_watch_next(list, &at, &key));
    cr_assert(bt_slice_eq(key, bt_str("b")));
    cr_assert_not(db_watch_next(list, &at, &key));
}

Test(watch, several_watchers_and_many_keys)
{
    struct db_watch *mine[50] = {NULL};
    atomic_bool told[50];
    char key[16];

    for (int i = 0; i < 50; i++) {
        atomic_init(&told[i], false);
        for (int k = 0; k < 20; k++) {
            snprintf(key, sizeof key, "%d", i / 2 * 100 + k);
            use_lock(&u, key, TX_READ);
            cr_assert_eq(db_watch_add(&u.tx, &mine[i], bt_str(key), &told[i]),
                         0);
            tx_commit(&u.tx);
        }
    }
    use_set(&u, "1007", "x", DB_NO_EXPIRE);
    for (int i = 0; i < 50; i++) {
        cr_assert_eq(told[i], i / 2 == 10);
        db_watch_drop(u.db, &mine[i]);
    }
}

Test(watch, flushes)
{
    watch("a");
    flush(-1);
    cr_assert_not(dirty, "there was nothing");
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    dirty = false;
    flush(1);
    cr_assert_not(dirty, "another database");
    flush(0);
    cr_assert(dirty);
}

Test(watch, a_time_that_ends_meanwhile)
{
    int64_t soon = bt_real_ms() + 1000;

    use_set(&u, "a", "1", soon);
    watch("a");
    cr_assert_not(expired("a"));
    while (bt_real_ms() <= soon) {
    }
    cr_assert(expired("a"));
    db_expire_cycle(u.t, 1000000);
    cr_assert(dirty);
}

Test(watch, a_time_that_was_over_before)
{
    use_set(&u, "a", "1", bt_real_ms() - 1000);
    watch("a");
    cr_assert_not(expired("a"));
    db_expire_cycle(u.t, 1000000);
    cr_assert_not(dirty, "it was not there, nor is it");
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    cr_assert(dirty);
}

Test(watch, over_before_and_written_or_flushed)
{
    use_set(&u, "a", "1", bt_real_ms() - 1000);
    watch("a");
    flush(0);
    cr_assert_not(dirty);
    use_set(&u, "b", "1", bt_real_ms() - 1000);
    watch("b");
    use_set(&u, "b", "2", DB_NO_EXPIRE);
    cr_assert(dirty);
}
