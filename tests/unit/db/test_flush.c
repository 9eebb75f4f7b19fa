/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include <time.h>

static struct use u;

static void setup(void)
{
    use_open(&u, 4, 0);
}

static void teardown(void)
{
    use_close(&u);
}

TestSuite(flush, .init = setup, .fini = teardown);

static void fill(unsigned dbi, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char name[32];
        struct bt_slice k = bt_str(use_name(name, i));

        tx_begin(&u.tx, u.t, dbi);
        tx_lock(&u.tx, &k, 1, TX_WRITE);
        db_set(&u.tx, k, k, i % 2 ? DB_NO_EXPIRE : bt_real_ms() + 100000);
        tx_commit(&u.tx);
    }
}

static uint64_t flush(int dbi, bool lazy)
{
    uint64_t changes;

    tx_begin(&u.tx, u.t, 0);
    tx_lock_all(&u.tx, TX_WRITE);
    db_flush(&u.tx, dbi, lazy);
    changes = u.tx.changes;
    tx_commit(&u.tx);
    return changes;
}

static uint64_t used(void)
{
    struct db_stats s;

    db_stats(u.db, &s);
    return s.used_bytes;
}

static void pass(unsigned n)
{
    while (n-- > 0) {
        db_enter(u.t);
        db_leave(u.t);
    }
}

Test(flush, one_database)
{
    fill(0, 1000);
    fill(1, 1000);
    cr_assert_eq(flush(1, false), 1000);
    cr_assert_eq(db_size(u.db, 0), 1000);
    cr_assert_eq(db_expires(u.db, 0), 500);
    cr_assert_eq(db_size(u.db, 1), 0);
    cr_assert_eq(db_expires(u.db, 1), 0);
    cr_assert(use_is(&u, "key:1", "key:1"));
    cr_assert_eq(flush(0, false), 1000);
    cr_assert(use_is(&u, "key:1", NULL));
    fill(0, 10);
    cr_assert(use_is(&u, "key:1", "key:1"));
    cr_assert_eq(db_size(u.db, 0), 10);
}

Test(flush, all_databases_and_used_bytes)
{
    uint64_t empty;

    fill(0, 1000);
    fill(3, 1000);
    flush(-1, false);
    empty = used();
    fill(0, 1000);
    fill(3, 1000);
    cr_assert_gt(used(), empty + 2000 * 16);
    cr_assert_eq(flush(-1, false), 2000);
    cr_assert_eq(used(), empty);
}

/* Memory is given back on the thread that flushed, when no reader is left. */
Test(flush, at_once)
{
    fill(0, 5000);
    db_enter(u.t);
    flush(-1, false);
    cr_assert(db_pending(u.t));
    db_leave(u.t);
    for (int i = 0; i < 5000 && db_pending(u.t); i++) { /* it is not hurried */
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        pass(1);
    }
    cr_assert_not(db_pending(u.t));
    cr_assert_not(db_lazy_pending(u.db));
}

/* Or by a helper, level by level. */
Test(flush, lazily)
{
    unsigned calls = 0;

    fill(0, 5000);
    cr_assert_not(db_lazy_free(u.t));
    flush(-1, true);
    pass(10);
    cr_assert(db_lazy_pending(u.db));
    while (db_lazy_free(u.t)) {
        calls++;
    }
    cr_assert_geq(calls, 200u);
    cr_assert_not(db_lazy_pending(u.db));
}

/* Freed with the database when no helper came (the leak checker looks). */
Test(flush, lazily_and_never)
{
    fill(0, 5000);
    flush(-1, true);
    pass(10);
    fill(0, 5000);
    flush(0, true);
}

/* What was found without a lock stays readable for the section. */
Test(flush, reader_keeps_its_entry)
{
    struct db_thread *other = db_thread_new(u.db);
    const struct db_entry *e;
    struct tx tx;

    fill(0, 100);
    db_enter(other);
    tx_begin(&tx, other, 0);
    e = tx_find(&tx, bt_str("key:7"));
    flush(-1, false);
    pass(10);
    cr_assert(bt_slice_eq(db_entry_string(e), bt_str("key:7")));
    cr_assert_null(tx_find(&tx, bt_str("key:7")));
    tx_commit(&tx);
    db_leave(other);
    db_thread_free(&other);
}

Test(flush, in_the_middle_of_a_resize)
{
    for (unsigned n = 1000; n < 1400; n += 20) {
        fill(0, n);
        flush(0, n % 40 == 0);
        pass(1);
        cr_assert_eq(db_size(u.db, 0), 0);
    }
    while (db_lazy_free(u.t)) {
    }
}
