/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keeps a client within bounds.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct testnet net;
static struct baton_options options;

static void end(void)
{
    testnet_end(&net);
}

TestSuite(limits, .fini = end, .timeout = 120);

static void start(void)
{
    testnet_start(&net, &options, &testservice);
}

static bool closed_for(enum baton_reason reason)
{
    return TESTNET_UNTIL(testnet_stats(&net).closed[reason] == 1);
}

/* All zeroes while there is no such client. */
static struct baton_client_info info_of(uint64_t id)
{
    struct baton_client_info info = {0};

    baton_info(net.server, id, &info);
    return info;
}

/* ---- Output ---- */

Test(limits, hard)
{
    int fd;

    testnet_options(&options);
    start();
    fd = testnet_unix(&net);
    cr_assert(testnet_ask(fd, "limit 100000 0 0\nbig 50000\n", "ok\n"));
    cr_expect(TESTNET_UNTIL(info_of(1).srm == 2), "below it: served");
    testnet_send(fd, "big 1000000\n");
    cr_expect(closed_for(BATON_LIMIT));
    close(fd);
}

Test(limits, soft)
{
    uint64_t began;
    int fd;

    testnet_options(&options);
    start();
    fd = testnet_unix(&net);
    cr_assert(testnet_ask(fd, "limit 0 100000 1\n", "ok\n"));
    began = testnet_now_ms();
    testnet_send(fd, "big 1000000\n");
    cr_expect(closed_for(BATON_LIMIT));
    cr_expect_geq(testnet_now_ms() - began, 1000);
    close(fd);
}

/* Over it for a moment, and again for a moment: longer than the limit allows in
 * all, but never so long, even if this machine stalls for some seconds. */
Test(limits, soft_for_one_that_reads)
{
    static char some[1000000];
    int fd;

    testnet_options(&options);
    start();
    fd = testnet_unix(&net);
    cr_assert(testnet_ask(fd, "limit 0 100000 5\n", "ok\n"));
    for (int i = 0; i < 12; i++) {
        testnet_send(fd, "big 1000000\n");
        testnet_sleep_ms(500);
        cr_assert_eq(testnet_recv(fd, some, sizeof some), sizeof some);
    }
    cr_expect(testnet_ask(fd, "echo still\n", "still\n"));
    close(fd);
}

static void no_limit(struct baton_client *c, void *arg)
{
    (void)arg;
    baton_output_limit(c, 0, 0, 0);
}

/* A limit that is taken away does not close. */
Test(limits, soft_taken_away)
{
    static char some[1000000];
    int fd;

    testnet_options(&options);
    start();
    fd = testnet_unix(&net);
    cr_assert(testnet_ask(fd, "limit 0 100000 5\n", "ok\n"));
    testnet_send(fd, "big 1000000\n");
    cr_assert(TESTNET_UNTIL(info_of(1).output_pending));
    baton_post(net.server, 1, no_limit, NULL, NULL);
    testnet_sleep_ms(6500);
    cr_expect_eq(testnet_recv(fd, some, sizeof some), sizeof some);
    cr_expect(testnet_ask(fd, "echo still\n", "still\n"));
    close(fd);
}

/* Past the pause mark its requests wait; others are served; and when it reads
 * at last, it gets every byte. */
Test(limits, pause)
{
    enum {
        REQUESTS = 500,
        SIZE = 20000
    };
    static char some[SIZE], text[REQUESTS * 10 + 1];
    int fd, other;

    testnet_options(&options);
    options.output_pause_bytes = 100000;
    start();
    fd = testnet_unix(&net);
    for (int i = 0; i < REQUESTS; i++) {
        strcat(text, "big 20000\n");
    }
    testnet_send(fd, text); /* in one go: small pieces fill the socket */
    cr_assert(TESTNET_UNTIL(info_of(1).output_bytes >= 100000));
    testnet_sleep_ms(50);
    cr_expect_leq(info_of(1).output_bytes, 100000 + 2 * SIZE + 65536);
    cr_expect_lt(info_of(1).srm, REQUESTS);
    other = testnet_unix(&net);
    cr_expect(testnet_ask(other, "echo x\n", "x\n"));
    for (int i = 0; i < REQUESTS; i++) {
        cr_assert_eq(testnet_recv(fd, some, SIZE), SIZE);
    }
    cr_expect(testnet_ask(fd, "echo all\n", "all\n"));
    cr_expect(TESTNET_UNTIL(info_of(1).output_bytes == 0));
    close(fd);
    close(other);
}

/* ---- Input ---- */

Test(limits, unfinished_request)
{
    static char some[100001];
    int fd;

    testnet_options(&options);
    options.input_limit_bytes = 300000;
    start();
    fd = testnet_unix(&net);
    memset(some, 'x', sizeof some - 1);
    testnet_send(fd, some);
    testnet_send(fd, some);
    cr_assert(TESTNET_UNTIL(info_of(1).input_bytes == 200000));
    cr_expect_leq(info_of(1).input_capacity, 4 * 200000);
    testnet_send(fd, some);
    send(fd, some, sizeof some - 1, MSG_NOSIGNAL); /* may find it closed */
    cr_expect(closed_for(BATON_LIMIT));
    close(fd);
}

Test(limits, silence)
{
    uint64_t began = testnet_now_ms();
    int silent, active, parked;

    testnet_options(&options);
    options.idle_seconds = 6; /* a busy machine does not run us for a while */
    start();
    silent = testnet_tcp(&net);
    active = testnet_tcp(&net);
    parked = testnet_tcp(&net);
    testnet_send(parked, "park\n");
    while (testnet_stats(&net).closed[BATON_TIMEOUT] == 0 &&
           testnet_now_ms() - began < TESTNET_MS) {
        cr_assert(testnet_ask(active, "echo on\n", "on\n"));
        testnet_sleep_ms(50);
    }
    cr_expect_geq(testnet_now_ms() - began, 6000);
    cr_expect_eq(testnet_ending(silent), 0);
    testnet_sleep_ms(300);
    cr_expect_eq(testnet_stats(&net).closed[BATON_TIMEOUT], 1);
    cr_expect(TESTNET_UNTIL(testnet_in_state(&net, BATON_BLOCKED) == 1));
    close(silent);
    close(active);
    close(parked);
}

/* ---- Clients ---- */

/* Each writes twice before it reads: a reset would destroy the answer. */
static void is_refused(void)
{
    int fd = testnet_tcp(&net);

    send(fd, "echo one\n", 9, MSG_NOSIGNAL);
    testnet_sleep_ms(2);
    send(fd, "echo two\n", 9, MSG_NOSIGNAL);
    cr_assert(testnet_expect(fd, "full\n"));
    cr_assert_eq(testnet_ending(fd), 0);
    close(fd);
}

Test(limits, too_many_clients)
{
    struct baton_stats st;
    int fd[3];

    testnet_options(&options);
    options.max_clients = 3;
    start();
    for (int i = 0; i < 3; i++) {
        fd[i] = testnet_tcp(&net);
        cr_assert(testnet_ask(fd[i], "echo in\n", "in\n"));
    }
    for (int i = 0; i < 100; i++) {
        is_refused();
    }
    st = testnet_stats(&net);
    cr_expect_eq(st.cir_refused, 100);
    cr_expect_eq(st.cir_accepted, 3);
    cr_expect_eq(st.handles_live, 3);
    cr_expect_eq(atomic_load(&testservice_counts.opened), 3);
    close(fd[1]);
    cr_assert(TESTNET_UNTIL(testnet_stats(&net).handles_live == 2));
    fd[1] = testnet_tcp(&net);
    cr_expect(testnet_ask(fd[1], "echo in\n", "in\n"));
    cr_expect_eq(baton_set_max_clients(net.server, 4), 0);
    cr_expect_eq(baton_max_clients(net.server), 4);
    close(testnet_tcp(&net));
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).cir_accepted == 5));
    for (int i = 0; i < 3; i++) {
        close(fd[i]);
    }
}

/* Those that never close do not hold up those that do. */
Test(limits, refused_ones_that_stay)
{
    enum {
        STAY = 8
    };
    int in, stay[STAY];

    testnet_options(&options);
    options.max_clients = 1;
    start();
    in = testnet_tcp(&net);
    cr_assert(testnet_ask(in, "echo in\n", "in\n"));
    for (int i = 0; i < STAY; i++) {
        stay[i] = testnet_tcp(&net);
        cr_expect(testnet_expect(stay[i], "full\n"));
    }
    is_refused();
    cr_expect(testnet_ask(in, "echo in\n", "in\n"));
    for (int i = 0; i < STAY; i++) {
        cr_expect_eq(testnet_ending(stay[i]), 0);
        close(stay[i]);
    }
    close(in);
}

/* As many as may linger are turned away and stay; then there is room again, and
 * the next is served at once, not when one of them has been given up. */
static int socket_above(int least)
{
    int low = socket(AF_INET, SOCK_STREAM, 0), fd = fcntl(low, F_DUPFD, least);

    cr_assert_geq(fd, 0);
    close(low);
    return fd;
}

static int connected_above(int least)
{
    int fd = socket_above(least);

    cr_assert_eq(testnet_connect(&net, fd), 0);
    return fd;
}

enum {
    LIMIT = 60,
    OURS = 200,
    STAY = 43
};

/* ms from the first that stays until the one behind them all is served, when
 * there is room for it; UINT64_MAX when some were given up meanwhile. */
static uint64_t until_the_next_is_in(void)
{
    int in = connected_above(OURS), stay[STAY + 1];
    uint64_t began = testnet_now_ms(), took = UINT64_MAX;

    cr_assert(testnet_ask(in, "echo in\n", "in\n"));
    for (int i = 0; i <= STAY; i++) { /* one more than fits */
        stay[i] = connected_above(OURS);
    }
    cr_assert(TESTNET_UNTIL(testnet_stats(&net).cir_refused >= STAY));
    testnet_sleep_ms(50);
    if (testnet_stats(&net).cir_refused == STAY) {
        cr_expect_eq(baton_kill(net.server, 1, BATON_KILLED), 0);
        if (testnet_ask(stay[STAY], "echo in\n", "in\n")) {
            took = testnet_now_ms() - began;
        }
    }
    close(in);
    for (int i = 0; i <= STAY; i++) {
        close(stay[i]);
    }
    return took;
}

/* They are given up after two seconds. A machine that stalls so long gets
 * another try; a server that makes the next one wait fails each of them. */
Test(limits, refused_ones_do_not_hold_up_others)
{
    uint64_t took = UINT64_MAX;
    struct rlimit r;

    testnet_options(&options);
    options.max_clients = 1;
    getrlimit(RLIMIT_NOFILE, &r);
    for (int i = 0; i < 10 && took >= 1500; i++) {
        testnet_end(&net);
        r.rlim_cur = LIMIT; /* what the server counts with */
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
        start();
        r.rlim_cur = OURS + 100; /* for the clients */
        cr_assert_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
        took = until_the_next_is_in();
    }
    cr_expect_lt(took, 1500);
}

Test(limits, options_out_of_range)
{
    static const struct baton_options good = {.workers = 1,
                                              .dispatch_queue = 2,
                                              .max_clients = 1,
                                              .backlog = 1,
                                              .input_limit_bytes = 1};
    struct baton_server *s;
    struct baton_options o;

    testnet_options(&options);
    start();
    cr_expect_eq(baton_set_max_clients(net.server, 0), -EINVAL);
    o = good;
    cr_expect_eq(baton_new(&o, &s), 0);
    baton_destroy(&s);
    cr_expect_null(s);
    o.workers = 1025;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
    cr_expect_null(s);
    o = good;
    o.dispatch_queue = 3;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
    o.dispatch_queue = 1;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
    o.dispatch_queue = 2097152;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
    o = good;
    o.max_clients = 0;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
    o = good;
    o.backlog = 0;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
    o = good;
    o.input_limit_bytes = 0;
    cr_expect_eq(baton_new(&o, &s), -EINVAL);
}
