/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The dispatch ring and who takes from it, one thread at a time with a clock of
 * its own; tests/race/dispatch.c has several threads.
 */
#include <criterion/criterion.h>

#include "net/dispatch.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>

#define MS 1000000u

static struct bt_dispatch d;
static struct bt_wake acceptor;
static uint64_t now;
static uintptr_t next; /* handles are numbers here: nobody looks into them */

static void start_with(unsigned size, unsigned seats)
{
    cr_assert_eq(bt_wake_open(&acceptor), 0);
    cr_assert_eq(bt_dispatch_init(&d, size, seats, &acceptor), 0);
    now = 1000 * MS;
    next = 1;
}

static unsigned take(unsigned seat, bool all)
{
    struct baton_client *out[BT_TAKE_MAX];

    return bt_dispatch_take(&d, seat, now, all, out);
}

static void end(void)
{
    while (take(0, true) > 0) {
    }
    bt_dispatch_fini(&d);
    bt_wake_close(&acceptor);
}

TestSuite(dispatch, .fini = end, .timeout = 120);

static int push(void)
{
    struct baton_client *c = (struct baton_client *)next;
    int r = bt_dispatch_push(&d, &c, now);

    if (r == 0) {
        cr_assert_null(c);
        next++;
    } else {
        cr_assert_eq((uintptr_t)c, next, "it stays the caller's");
    }
    return r;
}

static void push_many(unsigned n)
{
    while (n-- > 0) {
        cr_assert_eq(push(), 0);
    }
}

static unsigned handles(unsigned seat)
{
    return atomic_load(&d.seats[seat].handles);
}

static bool was_woken(const struct bt_wake *w)
{
    struct pollfd f = {.fd = w->rd, .events = POLLIN};
    bool yes = poll(&f, 1, 0) == 1;

    bt_wake_clear(w);
    return yes;
}

static void all_begin_a_pass(void)
{
    for (unsigned i = 0; i < d.n_seats; i++) {
        bt_dispatch_pass_begins(&d, i, now);
    }
}

/* ---- The ring ---- */

Test(dispatch, holds_size_less_one)
{
    start_with(8, 1);
    cr_expect(bt_dispatch_room(&d));
    push_many(7);
    cr_expect_not(bt_dispatch_room(&d));
    cr_expect_eq(bt_dispatch_depth(&d), 7);
    cr_expect_eq(push(), -EAGAIN);
    cr_expect_eq(bt_dispatch_depth(&d), 7);
}

Test(dispatch, smallest_ring)
{
    start_with(2, 1);
    for (unsigned i = 0; i < 100; i++) {
        push_many(1);
        cr_expect_eq(push(), -EAGAIN);
        cr_expect_eq(take(0, false), 1);
    }
}

Test(dispatch, in_order_round_and_round)
{
    struct baton_client *out[BT_TAKE_MAX];
    uintptr_t want = 1;

    start_with(16, 1);
    for (unsigned i = 0; i < 100; i++) {
        unsigned n;

        push_many(1 + i % 15);
        while ((n = bt_dispatch_take(&d, 0, now, false, out)) > 0) {
            for (unsigned k = 0; k < n; k++) {
                cr_assert_eq((uintptr_t)out[k], want++);
            }
        }
    }
    cr_expect_eq(want, next);
    cr_expect_eq(handles(0), next - 1, "what it took is added");
}

/* ---- Who takes ---- */

Test(dispatch, never_more_than_sixteen_at_once)
{
    start_with(64, 1);
    push_many(40);
    cr_expect_eq(take(0, false), BT_TAKE_MAX);
    cr_expect_eq(take(0, true), BT_TAKE_MAX);
    cr_expect_eq(take(0, false), 8);
}

/* However greedy the first is, and however uneven they began: shares come out
 * even as soon as the arrivals suffice for it. */
static void share_out(unsigned seats, const unsigned *before, unsigned n)
{
    unsigned least = UINT32_MAX, most = 0;

    start_with(1024, seats);
    for (unsigned i = 0; i < seats; i++) {
        atomic_store(&d.seats[i].handles, before[i]);
    }
    while (n > 0 || bt_dispatch_depth(&d) > 0) {
        unsigned burst = n < 100 ? n : 100;

        push_many(burst);
        n -= burst;
        while (bt_dispatch_depth(&d) > 0) {
            uint64_t began = now;

            all_begin_a_pass();
            for (unsigned i = 0; i < seats; i++) {
                take(i, false);
            }
            now += MS / 100; /* passes are short */
            cr_assert_lt(now - began, MS);
        }
        now += 2 * MS;
    }
    for (unsigned i = 0; i < seats; i++) {
        least = handles(i) < least ? handles(i) : least;
        most = handles(i) > most ? handles(i) : most;
    }
    cr_expect_leq(most - least, 1, "%u to %u", least, most);
}

Test(dispatch, even_shares_from_nothing)
{
    share_out(4, (unsigned[]){0, 0, 0, 0}, 1000);
}

Test(dispatch, even_shares_from_uneven)
{
    share_out(4, (unsigned[]){300, 0, 20, 100}, 1000);
}

Test(dispatch, even_shares_of_few)
{
    share_out(3, (unsigned[]){0, 0, 0}, 7);
}

Test(dispatch, even_shares_of_one_seat)
{
    share_out(1, (unsigned[]){0}, 500);
}

/* A worker with more than its share leaves a young item to the others... */
Test(dispatch, leaves_it_to_those_with_fewer)
{
    start_with(16, 2);
    atomic_store(&d.seats[0].handles, 10);
    all_begin_a_pass();
    push_many(1);
    cr_expect_eq(take(0, false), 0);
    cr_expect_eq(take(1, false), 1);
}

/* ...but not for ever: after a millisecond it is for anybody. */
Test(dispatch, an_old_item_is_for_anybody)
{
    start_with(16, 2);
    atomic_store(&d.seats[0].handles, 10);
    push_many(1);
    now += MS - 1;
    all_begin_a_pass();
    cr_expect_eq(take(0, false), 0);
    now += 1;
    all_begin_a_pass();
    cr_expect_eq(take(0, false), 1);
}

/* A worker whose pass takes long is not waited for... */
Test(dispatch, absent_workers_do_not_count)
{
    start_with(16, 2);
    atomic_store(&d.seats[0].handles, 10);
    bt_dispatch_pass_begins(&d, 1, now);
    now += MS;
    bt_dispatch_pass_begins(&d, 0, now);
    push_many(1);
    cr_expect_eq(take(0, false), 1);
}

/* ...one that sleeps is there, for it can be woken: and it is. */
Test(dispatch, a_sleeper_is_there)
{
    start_with(16, 2);
    atomic_store(&d.seats[0].handles, 10);
    bt_dispatch_pass_begins(&d, 1, now);
    now += 50 * MS;
    bt_dispatch_pass_begins(&d, 0, now);
    push_many(1);
    bt_dispatch_falls_asleep(&d, 1); /* it did not see the item */
    cr_expect_eq(take(0, false), 0);
    cr_expect(was_woken(&d.seats[1].wake), "its turn is passed on");
    cr_expect_neq(atomic_load(&d.seats[1].sleep), BT_ASLEEP);
}

/* One that was woken a moment ago is there too, though its last pass is old. */
Test(dispatch, one_that_was_just_woken_is_there)
{
    start_with(16, 2);
    bt_dispatch_pass_begins(&d, 1, now);
    bt_dispatch_falls_asleep(&d, 1);
    now += 50 * MS;
    bt_dispatch_pass_begins(&d, 0, now);
    push_many(10); /* wakes it */
    cr_expect_neq(atomic_load(&d.seats[1].sleep), BT_ASLEEP);
    cr_expect_eq(take(0, false), 5);
    cr_expect_eq(take(0, false), 0, "the rest is for the other");
    bt_dispatch_pass_begins(&d, 1, now);
    while (take(1, false) > 0) {
    }
    cr_expect_eq(handles(1), 5);
}

Test(dispatch, all_without_regard)
{
    start_with(16, 2);
    atomic_store(&d.seats[0].handles, 1000);
    all_begin_a_pass();
    push_many(3);
    cr_expect_eq(take(0, true), 3);
}

/* ---- Waking ---- */

static void all_sleep(void)
{
    for (unsigned i = 0; i < d.n_seats; i++) {
        bt_dispatch_falls_asleep(&d, i);
    }
}

static unsigned asleep(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < d.n_seats; i++) {
        bool sleeps = atomic_load(&d.seats[i].sleep) == BT_ASLEEP;

        n += sleeps;
        cr_expect_neq(was_woken(&d.seats[i].wake), sleeps);
    }
    return n;
}

Test(dispatch, the_first_push_wakes_the_idlest)
{
    start_with(64, 4);
    atomic_store(&d.seats[0].handles, 5);
    atomic_store(&d.seats[1].handles, 3);
    atomic_store(&d.seats[2].handles, 9);
    atomic_store(&d.seats[3].handles, 3);
    all_sleep();
    push_many(1);
    cr_expect_neq(atomic_load(&d.seats[1].sleep), BT_ASLEEP);
    push_many(10);
    cr_expect_eq(asleep(), 3, "one is enough so far");
}

Test(dispatch, rouse_wakes_as_few_as_are_needed)
{
    start_with(128, 8);
    push_many(40);
    all_sleep();
    bt_dispatch_rouse(&d);
    cr_expect_eq(asleep(), 5, "three take sixteen each");
}

/* Those awake may be in a long pass. */
Test(dispatch, rouse_wakes_one_in_any_case)
{
    start_with(128, 8);
    push_many(3);
    bt_dispatch_falls_asleep(&d, 5);
    bt_dispatch_rouse(&d);
    cr_expect_neq(atomic_load(&d.seats[5].sleep), BT_ASLEEP);
    cr_expect(was_woken(&d.seats[5].wake));
}

Test(dispatch, nobody_awake_is_written_to)
{
    start_with(16, 2);
    push_many(5);
    bt_dispatch_rouse(&d);
    bt_dispatch_wake(&d, 0);
    cr_expect_not(was_woken(&d.seats[0].wake));
    cr_expect_not(was_woken(&d.seats[1].wake));
    bt_dispatch_falls_asleep(&d, 0);
    bt_dispatch_awake(&d, 0);
    bt_dispatch_wake(&d, 0);
    cr_expect_not(was_woken(&d.seats[0].wake));
}

/* ---- A full ring ---- */

Test(dispatch, the_acceptor_is_woken_at_half)
{
    start_with(64, 1);
    cr_expect_not(bt_dispatch_wait_for_room(&d), "there is room");
    push_many(63);
    cr_expect(bt_dispatch_wait_for_room(&d));
    cr_expect_eq(atomic_load(&d.times_full), 2);
    cr_expect_eq(take(0, false), 16);
    cr_expect_not(was_woken(&acceptor), "47 left");
    cr_expect_eq(take(0, false), 16);
    cr_expect(was_woken(&acceptor), "31 left");
    cr_expect_eq(take(0, false), 16);
    cr_expect_not(was_woken(&acceptor), "once");
}

Test(dispatch, nobody_wakes_an_acceptor_that_does_not_wait)
{
    start_with(16, 1);
    push_many(15);
    cr_expect_eq(take(0, false), 15);
    cr_expect_not(was_woken(&acceptor));
}
