/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The heap of timers.
 */
#include <criterion/criterion.h>

#include "handle/handle.h"
#include "worker/timer.h"

#include <errno.h>
#include <stdlib.h>

enum {
    CLIENTS = 500
};

static struct bt_timers timers;
static struct baton_client c[CLIENTS];

static void first(struct baton_client *x)
{
    (void)x;
}

static void second(struct baton_client *x)
{
    (void)x;
}

static void start(void)
{
    for (unsigned i = 0; i < CLIENTS; i++) {
        c[i].id = i;
        c[i].timer = BT_NO_TIMER;
    }
}

static void end(void)
{
    bt_timers_fini(&timers);
}

TestSuite(timer, .init = start, .fini = end, .timeout = 120);

Test(timer, none)
{
    bt_timer_fn *fn;

    cr_expect_eq(bt_timers_next(&timers), UINT64_MAX);
    cr_expect_null(bt_timers_pop(&timers, UINT64_MAX, &fn));
    bt_timer_cancel(&timers, &c[0]); /* without one: nothing */
}

Test(timer, due_and_not_due)
{
    bt_timer_fn *fn = NULL;

    cr_assert_eq(bt_timer_set(&timers, &c[0], 100, first), 0);
    cr_expect_eq(bt_timers_next(&timers), 100);
    cr_expect_null(bt_timers_pop(&timers, 99, &fn), "never early");
    cr_expect_eq(bt_timers_pop(&timers, 100, &fn), &c[0]);
    cr_expect_eq(fn, first);
    cr_expect_eq(c[0].timer, BT_NO_TIMER);
    cr_expect_null(bt_timers_pop(&timers, UINT64_MAX, &fn));
}

Test(timer, one_for_each_client)
{
    bt_timer_fn *fn = NULL;

    bt_timer_set(&timers, &c[0], 100, first);
    bt_timer_set(&timers, &c[0], 200, second);
    cr_expect_null(bt_timers_pop(&timers, 150, &fn));
    cr_expect_eq(bt_timers_pop(&timers, 200, &fn), &c[0]);
    cr_expect_eq(fn, second);
    cr_expect_eq(timers.n, 0);
}

/* Against a plain table: set, cancel and pop at random. */
static uint64_t when[CLIENTS]; /* 0: none */

static uint64_t soonest(void)
{
    uint64_t t = UINT64_MAX;

    for (unsigned i = 0; i < CLIENTS; i++) {
        t = when[i] && when[i] < t ? when[i] : t;
    }
    return t;
}

Test(timer, against_a_table)
{
    uint64_t now = 1;

    srand(1);
    for (unsigned round = 0; round < 20000; round++) {
        unsigned i = (unsigned)rand() % CLIENTS;
        struct baton_client *x;
        bt_timer_fn *fn;

        if (rand() % 4 == 0) {
            bt_timer_cancel(&timers, &c[i]);
            when[i] = 0;
        } else {
            when[i] = now + (unsigned)rand() % 100;
            cr_assert_eq(bt_timer_set(&timers, &c[i], when[i], first), 0);
        }
        cr_assert_eq(bt_timers_next(&timers), soonest());
        now += (unsigned)rand() % 3;
        while ((x = bt_timers_pop(&timers, now, &fn)) != NULL) {
            cr_assert_eq(when[x->id], soonest());
            cr_assert_leq(when[x->id], now);
            when[x->id] = 0;
        }
        cr_assert_gt(soonest(), now);
    }
}
