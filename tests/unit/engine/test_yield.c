/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When a worker yields before it sleeps: the policy, with times made up.
 */
#include <criterion/criterion.h>

#include "worker/yield.h"

#define MS UINT64_C(1000000)

TestSuite(yield, .timeout = 60);

/* One wait at *now, with a yield of ns if there is one; false: it rests. */
static bool wait_once(struct bt_yield *y, uint64_t *now, uint64_t ns,
                      unsigned n)
{
    bool yields = bt_yield_may(y, *now);

    if (yields) {
        bt_yield_done(y, *now, *now + ns);
        *now += ns;
    }
    bt_yield_found(y, n);
    return yields;
}

/* Rests now: for how many ns? */
static uint64_t rests(struct bt_yield *y, uint64_t now)
{
    uint64_t t = now;

    while (!bt_yield_may(y, t)) {
        t += 1000;
    }
    return t - now;
}

/* Useful ones, n of them. */
static void useful(struct bt_yield *y, uint64_t *now, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        cr_assert(wait_once(y, now, 100000, BT_YIELD_MANY), "number %u", i);
    }
}

Test(yield, goes_on_while_it_is_useful)
{
    struct bt_yield y = {0};
    uint64_t now = MS;

    useful(&y, &now, 1000);
    for (unsigned i = 0; i < 1000; i++) { /* short, and few came: no harm */
        cr_assert(wait_once(&y, &now, BT_YIELD_NOBODY_NS, 1));
    }
}

Test(yield, rests_when_nobody_is_there)
{
    struct bt_yield y = {0};
    uint64_t now = MS, last = 0;

    for (unsigned rest = 0; rest < 10; rest++) {
        for (unsigned i = 0; i < BT_YIELD_VAIN; i++) {
            cr_assert(wait_once(&y, &now, 500, 1));
        }
        last = rests(&y, now);
        if (rest == 0) {
            cr_expect_eq(last, BT_YIELD_SHORT_US * UINT64_C(1000));
        }
        now += last;
    }
    cr_expect_eq(last, BT_YIELD_REST_US * UINT64_C(1000), "after ten rests");
    useful(&y, &now, 1);
    for (unsigned i = 0; i < BT_YIELD_VAIN; i++) {
        cr_assert(wait_once(&y, &now, 500, 1));
    }
    cr_expect_eq(rests(&y, now), BT_YIELD_SHORT_US * UINT64_C(1000),
                 "somebody had been there");
}

/* A minute beside a process that computes: how much of it was yielded? */
static uint64_t beside_a_hog(struct bt_yield *y, unsigned n)
{
    uint64_t now = MS, lost = 0;

    while (now < 60000 * MS) {
        if (wait_once(y, &now, 4 * MS, n)) {
            lost += 4 * MS;
        }
        now += MS / 5;
    }
    return lost;
}

Test(yield, a_hog_ends_it)
{
    struct bt_yield few = {0}, many = {0};

    cr_expect_lt(beside_a_hog(&few, 1), 300 * MS);
    cr_expect_lt(beside_a_hog(&many, 100), 300 * MS);
}

Test(yield, long_ones_are_paid_for)
{
    struct bt_yield y = {0};
    uint64_t now = MS;

    useful(&y, &now, 2 * BT_YIELD_PRICE);
    cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, BT_YIELD_MANY));
    cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, BT_YIELD_MANY));
    cr_assert_eq(rests(&y, now), 0, "two were earned");
    cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, BT_YIELD_MANY));
    cr_expect_eq(rests(&y, now), BT_YIELD_REST_US * UINT64_C(1000));
}

Test(yield, no_credit_for_a_long_one_that_found_few)
{
    struct bt_yield y = {0};
    uint64_t now = MS;

    useful(&y, &now, BT_YIELD_PURSE);
    cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, BT_YIELD_MANY - 1));
    cr_expect_eq(rests(&y, now), BT_YIELD_REST_US * UINT64_C(1000));
}

Test(yield, rests_grow_and_are_forgotten)
{
    struct bt_yield y = {0};
    uint64_t now = MS, last = 0;

    for (unsigned i = 0; i < 10; i++) {
        cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, 1));
        cr_expect_geq(rests(&y, now), last);
        last = rests(&y, now);
        now += last;
    }
    cr_expect_eq(last, BT_YIELD_MOST_US * UINT64_C(1000));
    useful(&y, &now, BT_YIELD_PURSE + 1);
    cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, 1));
    cr_expect_eq(rests(&y, now), BT_YIELD_REST_US * UINT64_C(1000));
}

Test(yield, a_wait_without_one_counts_nothing)
{
    struct bt_yield y = {0};
    uint64_t now = MS;

    cr_assert(wait_once(&y, &now, BT_YIELD_LONG_NS, 1));
    cr_expect_eq(rests(&y, now), BT_YIELD_REST_US * UINT64_C(1000));
    for (unsigned i = 0; i < 100; i++) {
        cr_expect_not(wait_once(&y, &now, BT_YIELD_LONG_NS, 1));
    }
    cr_expect_eq(rests(&y, now), BT_YIELD_REST_US * UINT64_C(1000));
}

Test(yield, a_long_pass_does_not_notice_a_sleep)
{
    cr_expect(bt_yield_pays(MS, MS));
    cr_expect(bt_yield_pays(MS, MS + BT_YIELD_PASS_NS - 1));
    cr_expect_not(bt_yield_pays(MS, MS + BT_YIELD_PASS_NS));
}
