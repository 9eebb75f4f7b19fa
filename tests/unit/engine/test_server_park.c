/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parked clients and timers.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct testnet net;

/* Whatever waits for it is told from what does not, on a slow machine too. */
#define LONG_MS 100000

static void start(void)
{
    struct baton_options o;

    testnet_options(&o);
    o.shutdown_ms = LONG_MS;
    o.workers = 1; /* one worker: nothing is served by chance of another */
    testnet_start(&net, &o, &testservice);
}

static void end(void)
{
    atomic_store(&testservice_latch, false);
    testnet_end(&net);
}

TestSuite(park, .init = start, .fini = end, .timeout = 120);

/* Clients connect one after the other, so their ids are 1, 2, ... */
static void wake(uint64_t id)
{
    cr_assert_eq(baton_post(net.server, id, testservice_wake, NULL, NULL), 0);
}

static bool blocked(uint64_t id)
{
    return TESTNET_UNTIL(testnet_is(&net, id, BATON_BLOCKED));
}

Test(park, what_was_pipelined_behind_it_waits)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "echo a\npark\necho b\necho c\n");
    cr_expect(testnet_expect(fd, "a\n"));
    cr_assert(blocked(1));
    testnet_sleep_ms(20);
    cr_expect_eq(testnet_stats(&net).srm_answered, 1);
    wake(1);
    cr_expect(testnet_expect(fd, "awake\nb\nc\n"));
    close(fd);
}

/* What comes while it is parked waits too, and so does an unfinished rest. */
Test(park, what_comes_later_waits)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "park\necho fi");
    cr_assert(blocked(1));
    testnet_send(fd, "rst\necho second\n");
    testnet_sleep_ms(20);
    wake(1);
    cr_expect(testnet_expect(fd, "awake\nfirst\nsecond\n"));
    close(fd);
}

Test(park, again_and_again)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "park\npark\npark\necho end\n");
    for (int i = 0; i < 3; i++) {
        cr_assert(blocked(1));
        wake(1);
        cr_expect(testnet_expect(fd, "awake\n"));
    }
    cr_expect(testnet_expect(fd, "end\n"));
    close(fd);
}

Test(park, the_worker_serves_others)
{
    int parked = testnet_tcp(&net), fd;

    testnet_send(parked, "park\n");
    cr_assert(blocked(1));
    fd = testnet_tcp(&net);
    cr_expect(testnet_ask(fd, "echo x\n", "x\n"));
    close(fd);
    close(parked);
}

static void say_something(struct baton_client *c, void *arg)
{
    baton_reply(c, arg, 6);
}

/* Pushes reach a parked client. */
Test(park, replies_meanwhile)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "park\n");
    cr_assert(blocked(1));
    baton_post(net.server, 1, say_something, (void *)"push1\n", NULL);
    cr_expect(testnet_expect(fd, "push1\n"));
    cr_expect(testnet_is(&net, 1, BATON_BLOCKED));
    wake(1);
    cr_expect(testnet_expect(fd, "awake\n"));
    close(fd);
}

static atomic_bool go_on;

static void wait_to_go_on(struct baton_client *c, void *arg)
{
    (void)c;
    (void)arg;
    while (!atomic_load(&go_on)) {
        testnet_sleep_ms(1);
    }
}

/* Its worker is kept busy between its answer and its next turn. */
Test(park, who_has_the_answer_is_not_blocked)
{
    int parked = testnet_tcp(&net), busy = testnet_tcp(&net);
    int other = testnet_tcp(&net);

    testnet_send(parked, "park\n");
    cr_assert(blocked(1));
    cr_assert(testnet_ask(other, "echo x\n", "x\n"));
    atomic_store(&testservice_latch, true);
    testnet_send(busy, "hold\n"); /* both messages are taken at once */
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    wake(1);
    cr_assert_eq(baton_post(net.server, 3, wait_to_go_on, NULL, NULL), 0);
    atomic_store(&testservice_latch, false);
    cr_expect(testnet_expect(parked, "awake\n"));
    cr_expect_eq(testnet_in_state(&net, BATON_BLOCKED), 0);
    cr_expect_eq(testnet_stats(&net).state[BATON_BLOCKED], 0);
    atomic_store(&go_on, true);
    close(parked);
    close(busy);
    close(other);
}

/* ---- A parked client that goes away ---- */

static bool gone_by_eof(void)
{
    struct baton_stats st;

    if (!TESTNET_UNTIL(testnet_stats(&net).handles_live == 0)) {
        return false;
    }
    st = testnet_stats(&net);
    return st.closed[BATON_EOF] == 1 && st.srm_dropped == 1 &&
           testnet_at_rest(&st);
}

Test(park, hangs_up)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "park\n");
    cr_assert(blocked(1));
    close(fd);
    cr_expect(gone_by_eof());
}

Test(park, hangs_up_behind_more_input)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "park\n");
    cr_assert(blocked(1));
    testnet_send(fd, "echo never\n");
    testnet_sleep_ms(10);
    close(fd);
    cr_expect(gone_by_eof());
}

/* Request and end come in one event: no other event will tell. */
Test(park, hangs_up_before_it_is_parked)
{
    int held = testnet_tcp(&net), fd;

    atomic_store(&testservice_latch, true);
    cr_assert(testnet_ask(held, "echo in\n", "in\n"));
    fd = testnet_unix(&net);
    cr_assert(testnet_ask(fd, "echo in\n", "in\n"));
    testnet_send(held, "hold\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    testnet_send(fd, "park\n");
    close(fd);
    close(held);
    atomic_store(&testservice_latch, false);
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).handles_live == 0));
    cr_expect_eq(testnet_stats(&net).srm_dropped, 1);
}

/* ---- The server stops ---- */

Test(park, while_the_server_stops)
{
    int fd = testnet_tcp(&net);
    uint64_t began = testnet_now_ms();

    testnet_send(fd, "echo a\npark\n");
    cr_assert(blocked(1));
    baton_stop(net.server);
    cr_expect(testnet_expect(fd, "a\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    cr_expect_eq(testnet_join(&net), 0);
    cr_expect_lt(testnet_now_ms() - began, LONG_MS / 2);
    cr_expect_eq(testnet_stats(&net).srm_dropped, 1);
    cr_expect_eq(testnet_stats(&net).closed[BATON_SHUTDOWN], 1);
}

/* The request that parks was received before the stop, and is served after. */
Test(park, parked_by_what_is_drained)
{
    int held = testnet_tcp(&net), fd;
    uint64_t began = testnet_now_ms();

    atomic_store(&testservice_latch, true);
    cr_assert(testnet_ask(held, "echo in\n", "in\n"));
    fd = testnet_tcp(&net);
    cr_assert(testnet_ask(fd, "echo in\n", "in\n"));
    testnet_send(held, "hold\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    testnet_send(fd, "echo a\npark\necho b\n");
    baton_stop(net.server);
    atomic_store(&testservice_latch, false);
    cr_expect(testnet_expect(fd, "a\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    close(held);
    cr_expect_eq(testnet_join(&net), 0);
    cr_expect_lt(testnet_now_ms() - began, LONG_MS / 2);
}

/* ---- Timers ---- */

TestSuite(timers, .init = start, .fini = end, .timeout = 120);

Test(timers, never_early)
{
    int fd = testnet_tcp(&net);

    for (int i = 0; i < 5; i++) {
        uint64_t began = testnet_now_ms();

        cr_expect(testnet_ask(fd, "tick 30\n", "tick\n"));
        cr_expect_geq(testnet_now_ms() - began, 29);
    }
    close(fd);
}

/* Also when nothing else happens. */
Test(timers, order)
{
    int a = testnet_tcp(&net), b = testnet_tcp(&net);
    char c;

    testnet_send(a, "tick 6000\n");
    testnet_send(b, "tick 50\n");
    cr_expect(testnet_expect(b, "tick\n"));
    cr_expect_eq(recv(a, &c, 1, MSG_DONTWAIT), -1);
    cr_expect(testnet_expect(a, "tick\n"));
    close(a);
    close(b);
}

Test(timers, replaced_and_cancelled)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "tick 100000\ntick 20\n");
    cr_expect(testnet_expect(fd, "tick\n"));
    testnet_send(fd, "tick 30\ntick -1\n");
    testnet_sleep_ms(60);
    cr_expect(testnet_ask(fd, "echo none\n", "none\n"));
    close(fd);
}

static atomic_uint fired;

static void fire(struct baton_client *c)
{
    (void)c;
    atomic_fetch_add(&fired, 1);
}

static void set_timer_and_close(struct baton_client *c, void *arg)
{
    (void)arg;
    baton_timer(c, 10, fire);
    baton_close(c, BATON_SERVICE);
}

Test(timers, not_after_the_close)
{
    int fd = testnet_tcp(&net);

    cr_assert(testnet_ask(fd, "echo in\n", "in\n"));
    baton_post(net.server, 1, set_timer_and_close, NULL, NULL);
    cr_expect_eq(testnet_ending(fd), 0);
    testnet_sleep_ms(50);
    cr_expect_eq(atomic_load(&fired), 0);
    close(fd);
}
