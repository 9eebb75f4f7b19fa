/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include <time.h>

static struct use u;

static void setup(void)
{
    use_open(&u, 16, 0);
}

static void teardown(void)
{
    use_close(&u);
}

TestSuite(expire, .init = setup, .fini = teardown, .timeout = 120);

/* Keys from to (not included) with a time to live that ends at `when`. */
static void fill(unsigned from, unsigned to, int64_t when)
{
    char name[32];

    for (unsigned i = from; i < to; i++) {
        use_set(&u, use_name(name, i), "v", when);
    }
}

static int64_t far(void)
{
    return bt_real_ms() + 1000000;
}

static uint64_t expired(void)
{
    struct db_stats s;

    db_stats(u.db, &s);
    return s.expired;
}

static void run(unsigned calls)
{
    while (calls-- > 0) {
        db_expire_cycle(u.t, 1000);
    }
}

Test(expire, removes_all_in_the_end)
{
    fill(0, 20000, bt_real_ms() - 1);
    use_fill(&u, 20000, 30000);
    run(1000);
    cr_assert_eq(db_size(u.db, 0), 10000);
    cr_assert_eq(db_expires(u.db, 0), 0);
    cr_assert_eq(expired(), 20000);
    for (unsigned i = 20000; i < 30000; i += 111) {
        char name[32];

        cr_assert(use_is(&u, use_name(name, i), name));
    }
}

/* A handful among many that stay. */
Test(expire, finds_the_few)
{
    fill(0, 20000, far());
    use_fill(&u, 20000, 40000);
    fill(40000, 40010, bt_real_ms() - 1);
    run(2000);
    cr_assert_eq(expired(), 10);
    cr_assert_eq(db_expires(u.db, 0), 20000);
}

/* A wave of expiry: says that there is more until it is over. */
Test(expire, asks_for_more)
{
    unsigned more = 0;

    fill(0, 50000, bt_real_ms() - 1);
    while (db_expire_cycle(u.t, 200)) {
        more++;
        cr_assert_lt(more, 100000u);
    }
    cr_assert_gt(more, 1u);
    cr_assert_leq(db_size(u.db, 0), 5000);
}

/* Plain keys, and keys whose time is far ahead, cost next to nothing. */
Test(expire, stops_early)
{
    unsigned slow = 0;

    use_fill(&u, 0, 100000);
    for (int i = 0; i < 1000; i++) { /* resizes come to an end */
        cr_assert_not(db_expire_cycle(u.t, 1000000));
    }
    fill(0, 50000, far());
    for (int i = 0; i < 1000; i++) {
        db_expire_cycle(u.t, 1000000);
    }
    for (int i = 0; i < 101; i++) {
        uint64_t start = bt_now_ns();

        cr_assert_not(db_expire_cycle(u.t, 1000000));
        slow += bt_now_ns() - start > 2 * 1000 * 1000u;
    }
    cr_assert_lt(slow, 50u); /* it may be the machine, now and then */
    cr_assert_eq(db_expires(u.db, 0), 50000);
}

Test(expire, off)
{
    fill(0, 1000, bt_real_ms() - 1);
    db_set_active_expire(u.db, false);
    run(100);
    cr_assert_eq(db_size(u.db, 0), 1000);
    db_set_active_expire(u.db, true);
    run(100);
    cr_assert_eq(db_size(u.db, 0), 0);
}

/* Every database gets its turn, also beside one with much to do. */
Test(expire, all_databases)
{
    fill(0, 50000, bt_real_ms() - 1);
    for (unsigned dbi = 1; dbi < 16; dbi++) {
        struct bt_slice k = bt_str("k");

        tx_begin(&u.tx, u.t, dbi);
        tx_lock(&u.tx, &k, 1, TX_WRITE);
        db_set(&u.tx, k, k, bt_real_ms() - 1);
        tx_commit(&u.tx);
    }
    for (int i = 0; i < 40; i++) {
        db_expire_cycle(u.t, 20);
    }
    for (unsigned dbi = 1; dbi < 16; dbi++) {
        cr_assert_eq(db_size(u.db, dbi), 0, "database %u", dbi);
    }
}

/* A key that gets, loses and gets its time again is found by the cycle,
 * whatever was carried over meanwhile. */
Test(expire, times_that_come_and_go)
{
    char name[32];

    for (unsigned i = 0; i < 30000; i++) {
        use_set(&u, use_name(name, i), "v", i % 3 ? far() : DB_NO_EXPIRE);
        use_lock(&u, name, TX_WRITE);
        db_expire_at(&u.tx, bt_str(name), i % 2 ? DB_NO_EXPIRE : far());
        db_expire_at(&u.tx, bt_str(name), bt_real_ms() - 1);
        tx_commit(&u.tx);
        if (i % 64 == 0) {
            db_expire_cycle(u.t, 20);
        }
    }
    run(2000);
    cr_assert_eq(db_size(u.db, 0), 0);
    cr_assert_eq(db_expires(u.db, 0), 0);
}

/* A table that nobody writes to any more gives its old level back. */
Test(expire, ends_resizes)
{
    unsigned n = 0, old;

    do {
        use_fill(&u, n, n + 1);
        n++;
        old = 0;
        for (unsigned s = 0; s < 256; s++) {
            struct db_table *t = db_table_at(u.db, 0, s);

            old += t && db_table_old(t);
        }
    } while (n < 20000 || old == 0);
    run(2000);
    for (unsigned s = 0; s < 256; s++) {
        cr_assert_null(db_table_old(db_table_at(u.db, 0, s)));
    }
}
