/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include <stdlib.h>

/* What a scan has seen of the keys number 0 to MAX. */
enum {
    MAX = 40000
};

static struct {
    struct use u;
    unsigned times[MAX];
    size_t n;
} f;

static void setup(void)
{
    use_open(&f.u, 2, 4); /* few shards: large tables */
}

static void teardown(void)
{
    use_close(&f.u);
}

TestSuite(scan, .init = setup, .fini = teardown, .timeout = 120);

static void note(void *arg, const struct db_entry *e)
{
    struct bt_slice key = db_entry_key(e);
    char text[32] = "";

    (void)arg;
    memcpy(text, key.p, key.n);
    f.times[atoi(text + 4)]++;
    f.n++;
}

static uint64_t scan(uint64_t cursor, size_t count)
{
    tx_begin(&f.u.tx, f.u.t, 0);
    cursor = db_scan(&f.u.tx, cursor, count, note, NULL);
    tx_commit(&f.u.tx);
    return cursor;
}

static void check_seen(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        cr_assert_geq(f.times[i], 1, "key:%u was never visited", i);
    }
}

Test(scan, nothing)
{
    cr_assert_eq(scan(0, 10), 0);
    use_fill(&f.u, 0, 1);
    use_drain(&f.u, 0, 1);
    cr_assert_eq(scan(0, 10), 0);
    cr_assert_eq(f.n, 0);
}

Test(scan, each_once_at_rest)
{
    uint64_t cursor = 0;

    use_fill(&f.u, 0, 7000);
    for (int i = 0; i < 2000; i++) { /* resizes come to an end */
        db_expire_cycle(f.u.t, 1000);
    }
    do {
        size_t before = f.n;

        cursor = scan(cursor, 10);
        cr_assert_leq(f.n - before, 10 + 60); /* a chain more at most */
    } while (cursor != 0);
    cr_assert_eq(f.n, 7000);
    check_seen(0, 7000);
}

/* Keys 0 to 999 stay; the table grows by a factor of 40 meanwhile. */
Test(scan, while_it_grows)
{
    uint64_t cursor = 0;
    unsigned n = 1000;

    use_fill(&f.u, 0, n);
    do {
        cursor = scan(cursor, 10);
        if (n + 37 < MAX) {
            use_fill(&f.u, n, n + 37);
            n += 37;
        }
    } while (cursor != 0);
    cr_assert_gt(n, 4000);
    check_seen(0, 1000);
}

/* Keys 0 to 499 stay; all others go meanwhile. */
Test(scan, while_it_shrinks)
{
    uint64_t cursor = 0;
    unsigned n = MAX;

    use_fill(&f.u, 0, n);
    do {
        cursor = scan(cursor, 10);
        for (unsigned i = 0; i < 113 && n > 500; i++) {
            n--;
            use_drain(&f.u, n, n + 1);
        }
    } while (cursor != 0);
    cr_assert_eq(n, 500);
    check_seen(0, 500);
}

/* Up and down, so that a scan meets both in one shard. */
Test(scan, while_it_breathes)
{
    for (unsigned step = 1; step < 3000; step = step * 5 / 3 + 1) {
        uint64_t cursor = 0;
        unsigned n = 300;
        bool up = true;

        memset(f.times, 0, sizeof f.times);
        use_fill(&f.u, 0, n);
        do {
            cursor = scan(cursor, 3);
            if (up) {
                use_fill(&f.u, n, n + step);
                n += step;
            } else {
                use_drain(&f.u, n - step, n);
                n -= step;
            }
            up = n < 300 + step ? true : n + step > 9000 ? false : up;
        } while (cursor != 0);
        check_seen(0, 300);
        use_drain(&f.u, 0, n);
    }
}

Test(scan, work_is_bounded_when_nearly_empty)
{
    uint64_t cursor = 0;
    unsigned calls = 0;

    use_fill(&f.u, 0, MAX);
    use_drain(&f.u, 1, MAX);
    do {
        cursor = scan(cursor, 1);
        cr_assert_lt(++calls, 2000u);
    } while (cursor != 0);
    check_seen(0, 1);
}

/* Any number may come back from a client. */
Test(scan, wild_cursors)
{
    uint64_t x = 88172645463325252u;

    use_fill(&f.u, 0, 3000);
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        scan(i % 2 ? x : x >> (i % 64), 5);
    }
    scan(UINT64_MAX, 5);
}

Test(scan, huge_count_takes_all)
{
    use_fill(&f.u, 0, 3000);
    cr_assert_eq(scan(0, SIZE_MAX), 0);
    check_seen(0, 3000);
}

Test(scan, expired_keys_are_not_there)
{
    use_fill(&f.u, 0, 10);
    use_set(&f.u, "key:3", "v", bt_real_ms() - 1);
    cr_assert_eq(scan(0, 1000), 0);
    cr_assert_eq(f.n, 9);
    cr_assert_eq(f.times[3], 0);
}

/* ---- RANDOMKEY ---- */

static bool random_key(void)
{
    bool r;

    tx_begin(&f.u.tx, f.u.t, 0);
    r = db_random(&f.u.tx, note, NULL);
    tx_commit(&f.u.tx);
    return r;
}

Test(scan, random_of_none_and_one)
{
    cr_assert_not(random_key());
    use_fill(&f.u, 0, 1);
    cr_assert(random_key());
    use_set(&f.u, "key:0", "v", bt_real_ms() - 1);
    cr_assert_not(random_key());
}

Test(scan, random_is_even)
{
    const unsigned keys = 500, each = 400;
    unsigned least = UINT32_MAX, most = 0;

    use_fill(&f.u, 0, keys);
    for (unsigned i = 0; i < keys * each; i++) {
        cr_assert(random_key());
    }
    for (unsigned i = 0; i < keys; i++) {
        least = f.times[i] < least ? f.times[i] : least;
        most = f.times[i] > most ? f.times[i] : most;
    }
    /* Six standard deviations are 0.7 to 1.3; a chain that overflows takes some
     * more from its keys. */
    cr_assert_gt(least, each * 5 / 10);
    cr_assert_lt(most, each * 15 / 10);
}

Test(scan, random_finds_the_last_ones)
{
    use_fill(&f.u, 0, MAX);
    use_drain(&f.u, 2, MAX);
    for (unsigned i = 0; i < 200; i++) {
        cr_assert(random_key());
    }
    cr_assert_gt(f.times[0], 50u);
    cr_assert_gt(f.times[1], 50u);
}
