/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The poller's contract, for whichever back end was built.
 */
#include <criterion/criterion.h>

#include "os/poller.h"

#include "testnet.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct bt_poller *p;
static int ours, peer; /* a connection; `ours` is watched */

static void start(void)
{
    int pair[2];

    p = bt_poller_new();
    cr_assert(p);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ours = pair[0];
    peer = pair[1];
    fcntl(ours, F_SETFL, O_NONBLOCK);
    fcntl(peer, F_SETFL, O_NONBLOCK);
}

static void end(void)
{
    close(ours);
    close(peer);
    bt_poller_free(&p);
    cr_expect_null(p);
}

TestSuite(poller, .init = start, .fini = end, .timeout = 120);

/* What is told about `ours` within ms; 0: nothing. */
static unsigned told(int ms)
{
    struct bt_event e;
    int n = bt_poller_wait(p, &e, 1, ms);

    cr_assert_geq(n, 0);
    if (n == 0) {
        return 0;
    }
    cr_assert_eq(e.ptr, &ours);
    return e.what;
}

static void watch(void)
{
    cr_assert_eq(bt_poller_add(p, ours, &ours), 0);
}

static void say(int fd, const char *text)
{
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void read_all(void)
{
    char some[4096];

    while (read(ours, some, sizeof some) > 0) {
    }
    bt_poller_drained(p, ours);
}

static void fill(int fd)
{
    static const char some[4096];

    while (write(fd, some, sizeof some) > 0) {
    }
    cr_assert_eq(errno, EAGAIN);
}

Test(poller, input_is_told_once)
{
    watch();
    cr_expect_eq(told(0), 0);
    say(peer, "x");
    cr_expect_eq(told(1000), BT_IN);
    cr_expect_eq(told(10), 0, "unread, and still not told again");
    read_all();
    cr_expect_eq(told(10), 0);
    say(peer, "y");
    cr_expect_eq(told(1000), BT_IN);
}

Test(poller, input_that_was_there_before)
{
    say(peer, "x");
    watch();
    cr_expect_eq(told(1000), BT_IN);
    cr_expect_eq(told(0), 0);
}

/* It comes between the last read and bt_poller_drained(). */
Test(poller, input_that_comes_while_draining)
{
    char some[16];

    watch();
    say(peer, "x");
    cr_expect_eq(told(1000), BT_IN);
    cr_assert_eq(read(ours, some, sizeof some), 1);
    say(peer, "y");
    bt_poller_drained(p, ours);
    cr_expect_eq(told(1000), BT_IN);
}

Test(poller, output_only_when_asked)
{
    watch();
    cr_expect_eq(told(0), 0, "writable, but nobody asked");
    cr_assert_eq(bt_poller_want_out(p, ours, &ours, true), 0);
    cr_expect_eq(told(1000), BT_OUT);
    cr_expect_eq(told(10), 0, "once");
}

Test(poller, output_when_there_is_room)
{
    char some[65536];

    watch();
    fill(ours);
    cr_assert_eq(bt_poller_want_out(p, ours, &ours, true), 0);
    cr_expect_eq(told(10), 0);
    while (read(peer, some, sizeof some) > 0) {
    }
    cr_expect_eq(told(1000) & BT_OUT, BT_OUT);
    /* Full again: as the engine does, asked again. */
    fill(ours);
    bt_poller_want_out(p, ours, &ours, true);
    cr_expect_eq(told(10) & BT_OUT, 0);
    while (read(peer, some, sizeof some) > 0) {
    }
    cr_expect_eq(told(1000) & BT_OUT, BT_OUT);
}

Test(poller, output_no_longer_wanted)
{
    watch();
    bt_poller_want_out(p, ours, &ours, true);
    cr_assert_eq(bt_poller_want_out(p, ours, &ours, false), 0);
    cr_expect_eq(told(10), 0);
    say(peer, "x");
    cr_expect_eq(told(1000), BT_IN);
}

Test(poller, input_and_output)
{
    unsigned what = 0;

    watch();
    bt_poller_want_out(p, ours, &ours, true);
    say(peer, "x");
    what |= told(1000);
    what |= told(10);
    cr_expect_eq(what, BT_IN | BT_OUT);
}

Test(poller, closed_peer)
{
    watch();
    close(peer);
    cr_expect_eq(told(1000) & (BT_HUP | BT_IN), BT_HUP | BT_IN);
    cr_expect_eq(told(10), 0, "not over and over");
    peer = -1;
}

Test(poller, half_closed_peer)
{
    watch();
    say(peer, "last");
    shutdown(peer, SHUT_WR);
    cr_expect_eq(told(1000) & (BT_HUP | BT_IN), BT_HUP | BT_IN);
    cr_expect_eq(told(10), 0);
    /* We can still write, and are told when. */
    fill(ours);
    bt_poller_want_out(p, ours, &ours, true);
    cr_expect_eq(told(10) & BT_OUT, 0);
    {
        char some[65536];

        while (read(peer, some, sizeof some) > 0) {
        }
    }
    cr_expect_eq(told(1000) & BT_OUT, BT_OUT);
}

/* It keeps its end, and what it has not read in it: there will never be room. */
Test(poller, peer_closed_both_ways_while_output_waits)
{
    watch();
    fill(ours);
    cr_assert_eq(bt_poller_want_out(p, ours, &ours, true), 0);
    cr_expect_eq(told(10), 0);
    shutdown(peer, SHUT_RDWR);
    cr_expect_eq(told(1000), BT_HUP | BT_IN | BT_OUT, "a write tells that");
    cr_expect_eq(told(10), 0, "not over and over");
}

/* Told apart from input that is there: a parked client is not read from. */
Test(poller, half_closed_behind_unread_input)
{
    watch();
    say(peer, "x");
    cr_expect_eq(told(1000) & BT_IN, BT_IN);
    shutdown(peer, SHUT_WR);
    cr_expect_eq(told(1000) & BT_HUP, BT_HUP);
    cr_expect_eq(told(10), 0);
}

Test(poller, no_longer_watched)
{
    watch();
    bt_poller_del(p, ours);
    say(peer, "x");
    cr_expect_eq(told(10), 0);
    watch(); /* as after a move to another poller: told again */
    cr_expect_eq(told(1000), BT_IN);
}

/* The number lives again, and belongs to somebody else. */
Test(poller, reused_number)
{
    int pair[2], old = ours;
    struct bt_event e;

    watch();
    say(peer, "x");
    bt_poller_closing(p, ours);
    close(ours);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    cr_assert_eq(pair[0], old);
    cr_expect_eq(bt_poller_wait(p, &e, 1, 0), 0);
    cr_assert_eq(bt_poller_add(p, pair[0], &pair), 0);
    cr_expect_eq(bt_poller_wait(p, &e, 1, 10), 0);
    say(pair[1], "y");
    cr_assert_eq(bt_poller_wait(p, &e, 1, 1000), 1);
    cr_expect_eq(e.ptr, &pair);
    ours = pair[0];
    close(pair[1]);
}

/* More are ready than fit, and nobody is starved or told twice. */
Test(poller, many)
{
    enum {
        N = 300
    };
    static int fd[N][2];
    static unsigned seen[N];
    struct bt_event e[16];
    unsigned all = 0;
    int n;

    for (int i = 0; i < N; i++) {
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
        cr_assert_eq(bt_poller_add(p, fd[i][0], &seen[i]), 0);
    }
    for (int i = 0; i < N; i += 3) { /* holes in what is watched */
        bt_poller_del(p, fd[i][0]);
    }
    for (int i = 0; i < N; i++) {
        say(fd[i][1], "x");
    }
    while ((n = bt_poller_wait(p, e, 16, 10)) > 0) {
        for (int k = 0; k < n; k++) {
            (*(unsigned *)e[k].ptr)++;
            all++;
        }
    }
    cr_expect_eq(all, N - N / 3);
    for (int i = 0; i < N; i++) {
        cr_expect_eq(seen[i], i % 3 != 0);
        close(fd[i][0]);
        close(fd[i][1]);
    }
}

/* The limit of fds is lowered below what is watched. */
Test(poller, more_than_the_limit)
{
    enum {
        N = 50
    };
    static int fd[N][2];
    struct bt_event e[N];
    struct rlimit r;
    int n, all = 0;

    for (int i = 0; i < N; i++) {
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
        cr_assert_eq(bt_poller_add(p, fd[i][0], &fd[i]), 0);
    }
    getrlimit(RLIMIT_NOFILE, &r);
    r.rlim_cur = 20;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
    cr_expect_eq(bt_poller_wait(p, e, N, 1), 0);
    for (int i = 0; i < N; i += 2) {
        say(fd[i][1], "x");
    }
    while ((n = bt_poller_wait(p, e, N, 10)) > 0) {
        all += n;
    }
    cr_expect_eq(n, 0);
    cr_expect_eq(all, N / 2);
    for (int i = 0; i < N; i++) {
        close(fd[i][0]);
        close(fd[i][1]);
    }
}

Test(poller, waits_as_long_as_told)
{
    uint64_t began = testnet_now_ms();

    watch();
    cr_expect_eq(told(50), 0);
    cr_expect_geq(testnet_now_ms() - began, 49);
}

/* A tick ends each wait, and is no event. */
Test(poller, ticks)
{
    unsigned what;

    watch();
    bt_poller_tick(p, 20);
    for (int i = 0; i < 3; i++) {
        uint64_t began = testnet_now_ms();

        cr_expect_eq(told(-1), 0); /* it may have been there already, */
        cr_expect_eq(told(-1), 0); /* and this one is near then */
        cr_expect_eq(told(600000), 0);
        cr_expect_geq(testnet_now_ms() - began, 19);
    }
    say(peer, "x");
    do { /* ticks may come before it */
        what = told(1000);
    } while (what == 0);
    cr_expect_eq(what, BT_IN);
    testnet_sleep_ms(50); /* several in one */
    cr_expect_eq(told(0), 0);
    cr_expect_eq(told(-1), 0);
}

static void *write_later(void *arg)
{
    (void)arg;
    testnet_sleep_ms(30);
    say(peer, "x");
    return NULL;
}

Test(poller, waits_for_ever)
{
    pthread_t t;

    watch();
    pthread_create(&t, NULL, write_later, NULL);
    cr_expect_eq(told(-1), BT_IN);
    pthread_join(t, NULL);
}
