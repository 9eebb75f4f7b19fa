/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Replies arrive, whole and in order, whatever the client does at its end.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct testnet net;

static void start(void)
{
    testnet_start(&net, NULL, &testservice);
}

static void end(void)
{
    atomic_store(&testservice_latch, false);
    testnet_end(&net);
}

TestSuite(replies, .init = start, .fini = end, .timeout = 120);

static bool closed_for(enum baton_reason reason)
{
    return TESTNET_UNTIL(testnet_stats(&net).closed[reason] == 1);
}

/* Reads n bytes, `step` at a time with pauses; false when the end comes first. */
static bool read_slowly(int fd, size_t n, size_t step, unsigned pause_ms)
{
    static char some[1 << 20];

    while (n > 0) {
        size_t k = n < step ? n : step;

        if (testnet_recv(fd, some, k) != k) {
            return false;
        }
        n -= k;
        testnet_sleep_ms(pause_ms);
    }
    return true;
}

/* ---- Pipelines ---- */

static void pipeline(int fd, unsigned from, unsigned to)
{
    char line[32];

    for (unsigned i = from; i < to; i++) {
        snprintf(line, sizeof line, "echo %u\n", i);
        testnet_send(fd, line);
    }
}

static bool answered(int fd, unsigned from, unsigned to)
{
    char line[32];

    for (unsigned i = from; i < to; i++) {
        snprintf(line, sizeof line, "%u\n", i);
        if (!testnet_expect(fd, line)) {
            return false;
        }
    }
    return true;
}

/* More than a quantum of requests, and more than one read. */
Test(replies, long_pipeline)
{
    int fd = testnet_tcp(&net);

    for (unsigned i = 0; i < 20000; i += 1000) {
        pipeline(fd, i, i + 1000);
    }
    cr_expect(answered(fd, 0, 20000));
    close(fd);
}

/* ---- Turns ---- */

static unsigned number(int fd)
{
    char text[16] = "";

    for (size_t n = 0; n < sizeof text - 1; n++) {
        cr_assert_eq(testnet_recv(fd, text + n, 1), 1);
        if (text[n] == '\n') {
            break;
        }
    }
    return (unsigned)strtoul(text, NULL, 10);
}

/* All of it is there when the worker comes to it. */
static void ask_for_turns(int hold, const int *fd, unsigned n, unsigned each)
{
    atomic_store(&testservice_latch, true);
    testnet_send(hold, "hold\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    for (unsigned i = 0; i < n; i++) {
        for (unsigned k = 0; k < each; k++) {
            testnet_send(fd[i], "turn\n");
        }
    }
    atomic_store(&testservice_latch, false);
    cr_assert(testnet_expect(hold, "held\n"));
}

/* A client that has had enough goes on behind the others, and loses nothing. */
Test(replies, enough_for_a_turn)
{
    struct baton_options o;
    struct testnet one;
    int hold, fd[3];
    unsigned at[3] = {0};

    testnet_options(&o);
    o.workers = 1;
    testnet_start(&one, &o, &testservice);
    hold = testnet_unix(&one);
    for (unsigned i = 0; i < 3; i++) {
        fd[i] = testnet_unix(&one);
        cr_assert(testnet_ask(fd[i], "echo in\n", "in\n"));
    }
    ask_for_turns(hold, fd, 3, 50);
    for (unsigned k = 0; k < 50; k++) {
        for (unsigned i = 0; i < 3; i++) {
            unsigned was = at[i];

            at[i] = number(fd[i]);
            cr_expect(k == 0 || at[i] == was + 3);
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        close(fd[i]);
    }
    close(hold);
    testnet_end(&one);
}

/* Whoever had its turn has the next one behind those who come meanwhile. */
Test(replies, newcomers_before_those_who_had_a_turn)
{
    struct baton_options o;
    struct testnet one;
    unsigned first;
    int busy, other;

    testnet_options(&o);
    o.workers = 1;
    testnet_start(&one, &o, &testservice);
    busy = testnet_unix(&one);
    other = testnet_unix(&one);
    cr_assert(testnet_ask(other, "echo in\n", "in\n"));
    atomic_store(&testservice_latch, true);
    testnet_send(busy, "hold\nturn\nturn\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    testnet_send(other, "turn\n");
    atomic_store(&testservice_latch, false);
    cr_assert(testnet_expect(busy, "held\n"));
    first = number(busy);
    cr_expect_eq(number(other), first + 1);
    cr_expect_eq(number(busy), first + 2);
    close(busy);
    close(other);
    testnet_end(&one);
}

/* ---- Pieces ---- */

Test(replies, byte_by_byte)
{
    const char *text = "echo one\necho two\n";
    int fd = testnet_tcp(&net);

    for (const char *p = text; *p; p++) {
        cr_assert_eq(send(fd, p, 1, 0), 1);
        testnet_sleep_ms(1);
    }
    cr_expect(testnet_expect(fd, "one\ntwo\n"));
    close(fd);
}

Test(replies, copies_and_references_in_order)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "echo a\nref 100000\necho b\nbig 100000\nref 5\necho c\n");
    cr_expect(testnet_expect(fd, "a\n"));
    cr_expect(read_slowly(fd, 100000, 10000, 0));
    cr_expect(testnet_expect(fd, "b\n"));
    cr_expect(read_slowly(fd, 100005, 10000, 0));
    cr_expect(testnet_expect(fd, "c\n"));
    close(fd);
}

/* ---- Half-closed ---- */

Test(replies, half_closed_client_gets_them)
{
    int fd = testnet_tcp(&net);

    pipeline(fd, 0, 2000);
    shutdown(fd, SHUT_WR);
    cr_expect(answered(fd, 0, 2000));
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(closed_for(BATON_EOF));
    close(fd);
}

Test(replies, half_closed_client_that_reads_slowly)
{
    int fd = testnet_unix(&net);

    for (int i = 0; i < 5; i++) {
        testnet_send(fd, "big 1000000\n");
    }
    testnet_send(fd, "echo end\n");
    shutdown(fd, SHUT_WR);
    cr_expect(read_slowly(fd, 5000000, 500000, 20));
    cr_expect(testnet_expect(fd, "end\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(closed_for(BATON_EOF));
    close(fd);
}

Test(replies, unfinished_request_at_the_end)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "echo whole\necho half");
    shutdown(fd, SHUT_WR);
    cr_expect(testnet_expect(fd, "whole\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(closed_for(BATON_EOF));
    cr_expect_eq(testnet_stats(&net).srm_received, 1);
    close(fd);
}

/* ---- Last words ---- */

/* What the client sent behind is thrown away, and no reset destroys the reply
 * that it has not read yet. */
static void quit_with_behind(int fd, size_t behind)
{
    static char some[8192 + 1];

    memset(some, 'x', sizeof some - 1);
    testnet_send(fd, "quit\n");
    for (size_t n = 0; n < behind; n += sizeof some - 1) {
        if (send(fd, some, sizeof some - 1, MSG_NOSIGNAL) < 0) {
            break;
        }
    }
    shutdown(fd, SHUT_WR);
    testnet_sleep_ms(50);
    cr_expect(testnet_expect(fd, "bye\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(closed_for(BATON_QUIT));
    close(fd);
}

Test(replies, quit_with_little_behind)
{
    quit_with_behind(testnet_tcp(&net), 8192);
}

Test(replies, quit_with_much_behind)
{
    quit_with_behind(testnet_tcp(&net), 900000);
}

Test(replies, quit_with_much_behind_on_a_unix_socket)
{
    quit_with_behind(testnet_unix(&net), 900000);
}

/* All of it is there already when the close begins, more than is thrown away in
 * one go. A Unix socket takes as much as its sender may send. */
Test(replies, quit_with_much_behind_that_is_there)
{
    int hold[2], fd = testnet_unix(&net);
    static char behind[340001]; /* over the one read and the four behind it */
    int room = 212992;          /* twice as much is given, by default */

    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    cr_assert(testnet_ask(fd, "echo in\n", "in\n"));
    atomic_store(&testservice_latch, true);
    for (unsigned i = 0; i < 2; i++) {
        hold[i] = testnet_tcp(&net);
        testnet_send(hold[i], "hold\n");
        cr_assert(
            TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == i + 1));
    }
    memset(behind, 'x', sizeof behind - 1);
    memcpy(behind, "quit\n", 5);
    cr_assert_eq(send(fd, behind, sizeof behind - 1, MSG_DONTWAIT),
                 sizeof behind - 1, "it does not fit");
    shutdown(fd, SHUT_WR);
    testnet_sleep_ms(50);
    atomic_store(&testservice_latch, false);
    cr_expect(testnet_expect(fd, "bye\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(closed_for(BATON_QUIT));
    close(fd);
    close(hold[0]);
    close(hold[1]);
}

/* Longer than the linger time, but it goes on. */
Test(replies, much_to_read_before_the_end)
{
    struct baton_options o;
    struct testnet patient;
    int fd;

    testnet_options(&o);
    o.output_pause_bytes = 100000000; /* so that all of it waits at the end */
    testnet_start(&patient, &o, &testservice);
    fd = testnet_unix(&patient);
    for (int i = 0; i < 10; i++) {
        testnet_send(fd, "big 1000000\n");
    }
    testnet_send(fd, "quit\n");
    cr_expect(read_slowly(fd, 10000000, 500000, 150));
    cr_expect(testnet_expect(fd, "bye\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    testnet_end(&patient);
}

/* One that does not read does not stay for ever. */
Test(replies, last_words_that_nobody_reads)
{
    int fd = testnet_unix(&net);

    testnet_send(fd, "big 1000000\nquit\n");
    cr_expect(closed_for(BATON_QUIT));
    close(fd);
}

Test(replies, protocol_error)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "echo a\nbad\necho b\n");
    cr_expect(testnet_expect(fd, "a\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(closed_for(BATON_PROTOCOL));
    close(fd);
}

static int open_refuses(struct baton_client *c)
{
    baton_reply(c, "not you\n", 8);
    return -EACCES;
}

static atomic_uint closes;

static void count_close(struct baton_client *c, enum baton_reason reason)
{
    (void)c;
    atomic_fetch_add(&closes, reason == BATON_REFUSED);
}

static ssize_t no_bytes(struct baton_client *c, const char *p, size_t n)
{
    (void)c;
    (void)p;
    (void)n;
    return -EPROTO;
}

Test(replies, refused_by_open)
{
    static const struct baton_service service = {.name = "picky",
                                                 .open = open_refuses,
                                                 .bytes = no_bytes,
                                                 .close = count_close};
    struct testnet picky;
    int fd;

    testnet_start(&picky, NULL, &service);
    fd = testnet_tcp(&picky);
    send(fd, "x", 1, MSG_NOSIGNAL);
    cr_expect(testnet_expect(fd, "not you\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    cr_expect(TESTNET_UNTIL(atomic_load(&closes) == 1));
    testnet_end(&picky);
}

/* ---- References ---- */

static bool all_released(void)
{
    return TESTNET_UNTIL(atomic_load(&testservice_counts.releases) ==
                         atomic_load(&testservice_counts.refs));
}

Test(replies, released_when_sent)
{
    int fd = testnet_tcp(&net);

    testnet_send(fd, "ref 100000\nref 0\nref 1000000\n");
    cr_expect(read_slowly(fd, 1100000, 100000, 0));
    cr_expect(all_released());
    cr_expect_eq(atomic_load(&testservice_counts.releases), 3);
    close(fd);
}

Test(replies, kept_until_sent)
{
    int fd = testnet_unix(&net);

    testnet_send(fd, "ref 1000000\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.refs) == 1));
    testnet_sleep_ms(20);
    cr_expect_eq(atomic_load(&testservice_counts.releases), 0);
    cr_expect(read_slowly(fd, 1000000, 100000, 0));
    cr_expect(all_released());
    close(fd);
}

Test(replies, released_when_the_client_resets)
{
    struct linger reset = {1, 0};

    for (int i = 0; i < 20; i++) {
        int fd = testnet_tcp(&net);

        testnet_send(fd, "ref 1000000\nref 1000000\nref 1000000\n");
        testnet_sleep_ms(i % 5);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).handles_live == 0));
    cr_expect(all_released());
}

Test(replies, released_when_killed)
{
    int fd = testnet_unix(&net);

    testnet_send(fd, "ref 1000000\nref 1000000\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.refs) >= 1));
    baton_kill(net.server, 1, BATON_KILLED);
    cr_expect(closed_for(BATON_KILLED));
    cr_expect(all_released());
    close(fd);
}

Test(replies, released_when_the_server_stops)
{
    int fd = testnet_unix(&net);

    testnet_send(fd, "ref 1000000\nref 1000000\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.refs) >= 1));
    baton_stop(net.server);
    baton_stop(net.server);
    cr_expect_eq(testnet_join(&net), 0);
    cr_expect_eq(atomic_load(&testservice_counts.releases),
                 atomic_load(&testservice_counts.refs));
    close(fd);
}
