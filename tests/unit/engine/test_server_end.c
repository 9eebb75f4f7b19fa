/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How a server starts and stops, and that it leaves nothing behind.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct testnet net;
static struct baton_options options;

TestSuite(end, .timeout = 120);

static bool exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static void hold_all(int *fd, unsigned n)
{
    atomic_store(&testservice_latch, true);
    for (unsigned i = 0; i < n; i++) {
        fd[i] = testnet_tcp(&net);
        testnet_send(fd[i], "hold\n");
        cr_assert(
            TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == i + 1));
    }
}

Test(end, nothing_is_left)
{
    unsigned fds = testnet_fds(), threads = testnet_threads();
    struct baton_stats st;
    int fd[60];

    testnet_start(&net, NULL, &testservice);
    cr_expect_gt(testnet_fds(), fds);
    for (int i = 0; i < 60; i++) {
        fd[i] = i % 2 ? testnet_tcp(&net) : testnet_unix(&net);
        cr_assert(testnet_ask(fd[i], "echo in\n", "in\n"));
        testnet_send(fd[i], i % 3 == 0 ? "park\n" : "ref 30000\necho rest");
    }
    cr_expect_eq(testnet_stop(&net), 0);
    st = testnet_stats(&net);
    cr_expect_eq(st.server_state, BATON_STOPPED);
    cr_expect_eq(st.handles_live, 0);
    cr_expect_eq(st.handles_closed, 60);
    cr_expect(testnet_at_rest(&st));
    cr_expect_not(exists(net.path));
    testnet_end(&net);
    for (int i = 0; i < 60; i++) {
        close(fd[i]);
    }
    cr_expect_eq(testnet_fds(), fds);
    cr_expect(TESTNET_UNTIL(testnet_threads() == threads));
    cr_expect_eq(atomic_load(&testservice_counts.opened), 60);
    cr_expect_eq(atomic_load(&testservice_counts.closed), 60);
    cr_expect_eq(atomic_load(&testservice_counts.refs),
                 atomic_load(&testservice_counts.releases));
    cr_expect_eq(atomic_load(&testservice_counts.workers_started), 2);
    cr_expect_eq(atomic_load(&testservice_counts.workers_stopped), 2);
    cr_expect_eq(atomic_load(&testservice_counts.teardowns), 1);
}

Test(end, made_and_not_run)
{
    unsigned fds = testnet_fds();

    testnet_make(&net, NULL, &testservice);
    cr_expect(exists(net.path));
    baton_destroy(&net.server);
    cr_expect_not(exists(net.path));
    cr_expect_eq(testnet_fds(), fds);
    cr_expect_eq(atomic_load(&testservice_counts.setups), 0);
    testnet_end(&net);
}

/* ---- What was received is answered ---- */

/* A stop that waits for its deadline is told from one that has nothing to wait
 * for, however slow this machine is. */
#define LONG_MS 100000

static void start_with_long_deadline(void)
{
    testnet_options(&options);
    options.shutdown_ms = LONG_MS;
    testnet_start(&net, &options, &testservice);
}

enum {
    CLIENTS = 10,
    REQUESTS = 300
};

/* In one go: a socket buffer takes few small pieces. */
static void send_numbers(int fd)
{
    char text[REQUESTS * 16];
    size_t n = 0;

    for (int i = 0; i < REQUESTS; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "echo %d\n", i);
    }
    testnet_send(fd, text);
}

static bool gets_numbers_and_eof(int fd)
{
    char line[32];

    for (int i = 0; i < REQUESTS; i++) {
        snprintf(line, sizeof line, "%d\n", i);
        if (!testnet_expect(fd, line)) {
            return false;
        }
    }
    return testnet_ending(fd) == 0;
}

/* Half of them are served by a worker, half are not even taken from the ring:
 * whole requests that lay in their buffers at the stop are answered. */
Test(end, whole_requests_are_answered)
{
    int fd[2 * CLIENTS], held[2];
    uint64_t began;

    start_with_long_deadline();
    for (int i = 0; i < CLIENTS; i++) {
        fd[i] = testnet_tcp(&net);
        cr_assert(testnet_ask(fd[i], "echo in\n", "in\n"));
    }
    hold_all(held, 2);
    for (int i = 0; i < 2 * CLIENTS; i++) {
        if (i >= CLIENTS) {
            fd[i] = testnet_unix(&net);
        }
        send_numbers(fd[i]);
    }
    baton_stop(net.server);
    began = testnet_now_ms();
    atomic_store(&testservice_latch, false);
    for (int i = 0; i < 2 * CLIENTS; i++) {
        cr_expect(gets_numbers_and_eof(fd[i]), "client %d", i);
        close(fd[i]);
    }
    for (int i = 0; i < 2; i++) {
        cr_expect(testnet_expect(held[i], "held\n"));
        close(held[i]);
    }
    cr_expect_eq(testnet_join(&net), 0);
    cr_expect_lt(testnet_now_ms() - began, LONG_MS / 2);
    testnet_end(&net);
}

/* A client that never stops asking does not hold the stop up. */
static atomic_bool enough;

static void *ask_for_ever(void *arg)
{
    int fd = testnet_tcp(&net);
    char some[4096];

    (void)arg;
    while (!atomic_load(&enough) &&
           send(fd, "echo more\n", 10, MSG_NOSIGNAL) > 0) {
        recv(fd, some, sizeof some, MSG_DONTWAIT);
    }
    close(fd);
    return NULL;
}

Test(end, an_eager_client)
{
    uint64_t began;
    pthread_t t;

    start_with_long_deadline();
    pthread_create(&t, NULL, ask_for_ever, NULL);
    cr_assert(TESTNET_UNTIL(testnet_stats(&net).srm_answered > 100));
    began = testnet_now_ms();
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect_lt(testnet_now_ms() - began, LONG_MS / 2);
    atomic_store(&enough, true);
    pthread_join(t, NULL);
    testnet_end(&net);
}

/* ---- Time runs out, or is not given ---- */

static int client_that_does_not_read(void)
{
    int fd = testnet_unix(&net);

    for (int i = 0; i < 10; i++) {
        testnet_send(fd, "big 1000000\n");
    }
    cr_assert(TESTNET_UNTIL(baton_buffer_bytes(net.server) >= 1000000),
              "a reply waits");
    return fd;
}

Test(end, deadline)
{
    uint64_t began;
    int fd;

    testnet_options(&options);
    options.shutdown_ms = 300;
    testnet_start(&net, &options, &testservice);
    fd = client_that_does_not_read();
    began = testnet_now_ms();
    cr_expect_eq(testnet_stop(&net), -ETIMEDOUT);
    cr_expect_geq(testnet_now_ms() - began, 290);
    close(fd);
    testnet_end(&net);
}

/* It has its replies and only does not close: nothing is owed to it. */
Test(end, deadline_with_one_that_lingers)
{
    int fd;

    testnet_options(&options);
    options.shutdown_ms = 300;
    testnet_start(&net, &options, &testservice);
    fd = testnet_tcp(&net);
    cr_expect(testnet_ask(fd, "echo a\n", "a\n"));
    cr_expect_eq(testnet_stop(&net), 0);
    close(fd);
    testnet_end(&net);
}

Test(end, second_stop_ends_at_once)
{
    uint64_t began;
    int fd;

    testnet_options(&options);
    options.shutdown_ms = LONG_MS;
    testnet_start(&net, &options, &testservice);
    fd = client_that_does_not_read();
    began = testnet_now_ms();
    baton_stop(net.server);
    cr_expect(
        TESTNET_UNTIL(testnet_stats(&net).server_state == BATON_DRAINING));
    testnet_sleep_ms(100);
    cr_expect_eq(testnet_stats(&net).server_state, BATON_DRAINING);
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect_lt(testnet_now_ms() - began, LONG_MS / 2);
    close(fd);
    testnet_end(&net);
}

static void on_signal(int signo)
{
    (void)signo;
    baton_stop(net.server);
}

Test(end, from_a_signal_handler)
{
    int fd;

    testnet_start(&net, NULL, &testservice);
    fd = testnet_tcp(&net);
    cr_expect(testnet_ask(fd, "echo a\n", "a\n"));
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    cr_expect_eq(testnet_join(&net), 0);
    testnet_end(&net);
}

Test(end, stopped_before_it_runs)
{
    testnet_make(&net, NULL, &testservice);
    baton_stop(net.server);
    testnet_run(&net);
    cr_expect_eq(testnet_join(&net), 0);
    testnet_end(&net);
}

/* ---- The file of the Unix socket ---- */

Test(end, file_that_is_not_ours_any_more)
{
    struct testnet other = {0};
    char address[128];

    testnet_start(&net, NULL, &testservice);
    /* Somebody removes the file; another server makes one of that name. */
    unlink(net.path);
    testnet_make(&other, NULL, &testservice);
    snprintf(address, sizeof address, "unix://%s", net.path);
    cr_assert_eq(baton_listen(other.server, address, &testservice), 0);
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect(exists(net.path), "it belongs to the other");
    testnet_end(&other);
    cr_expect_not(exists(net.path));
    testnet_end(&net);
}

Test(end, path_that_is_in_use)
{
    struct baton_server *s;
    char address[128];

    testnet_start(&net, NULL, &testservice);
    testnet_options(&options);
    cr_assert_eq(baton_new(&options, &s), 0);
    snprintf(address, sizeof address, "unix://%s", net.path);
    cr_expect_eq(baton_listen(s, address, &testservice), -EADDRINUSE);
    snprintf(address, sizeof address, "tcp://127.0.0.1:%u", net.port);
    cr_expect_eq(baton_listen(s, address, &testservice), -EADDRINUSE);
    cr_expect_eq(baton_masters(s), 0);
    cr_expect_eq(baton_run(s), -EINVAL, "without a master socket");
    baton_destroy(&s);
    cr_expect(exists(net.path));
    close(testnet_unix(&net));
    testnet_end(&net);
}

/* ---- Services that cannot begin; servers side by side ---- */

static int bad_setup(struct baton_server *s,
                     const struct baton_service *service, unsigned workers)
{
    (void)s;
    (void)service;
    (void)workers;
    return -EILSEQ;
}

static void count_ready(struct baton_server *s, void *arg)
{
    int fd = testnet_tcp(&net);

    cr_expect_eq(s, net.server);
    cr_expect(testnet_ask(fd, "echo served\n", "served\n"));
    close(fd);
    atomic_fetch_add((atomic_uint *)arg, 1);
}

Test(end, ready_is_told_once_and_true)
{
    atomic_uint told = 0;

    testnet_options(&options);
    options.ready = count_ready;
    options.ready_arg = &told;
    testnet_start(&net, &options, &testservice);
    cr_expect(TESTNET_UNTIL(atomic_load(&told) > 0));
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect_eq(atomic_load(&told), 1);
    testnet_end(&net);
}

Test(end, setup_fails)
{
    unsigned fds = testnet_fds(), threads = testnet_threads();
    struct baton_service bad = testservice;
    atomic_uint told = 0;

    bad.setup = bad_setup;
    testnet_options(&options);
    options.ready = count_ready;
    options.ready_arg = &told;
    testnet_make(&net, &options, &testservice);
    cr_assert_eq(baton_listen(net.server, "tcp://127.0.0.1:0", &bad), 0);
    cr_expect_eq(baton_run(net.server), -EILSEQ);
    cr_expect_eq(atomic_load(&told), 0);
    cr_expect_eq(testnet_stats(&net).server_state, BATON_STOPPED);
    cr_expect_eq(atomic_load(&testservice_counts.setups), 1);
    cr_expect_eq(atomic_load(&testservice_counts.teardowns), 1);
    cr_expect_eq(atomic_load(&testservice_counts.workers_started), 0);
    cr_expect(TESTNET_UNTIL(testnet_threads() == threads));
    testnet_end(&net);
    cr_expect_eq(testnet_fds(), fds);
}

Test(end, two_servers)
{
    struct testnet two;
    int a, b;

    testnet_start(&net, NULL, &testservice);
    testnet_start(&two, NULL, &testservice);
    a = testnet_tcp(&net);
    b = testnet_unix(&two);
    cr_expect(testnet_ask(a, "id\n", "1\n"));
    cr_expect(testnet_ask(b, "id\n", "1\n"), "ids are each server's own");
    baton_kill(net.server, 1, BATON_KILLED);
    cr_expect_eq(testnet_ending(a), 0);
    cr_expect(testnet_ask(b, "echo here\n", "here\n"));
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect(testnet_ask(b, "echo still\n", "still\n"));
    cr_expect_eq(testnet_stats(&net).handles_closed, 1);
    cr_expect_eq(testnet_stats(&two).handles_closed, 0);
    close(a);
    close(b);
    testnet_end(&net);
    testnet_end(&two);
}

/* ---- The counters add up ---- */

Test(end, counters_at_rest)
{
    struct baton_master_stats tcp, un;
    struct baton_worker_stats w[2];
    struct baton_stats st;

    testnet_start(&net, NULL, &testservice);
    for (int i = 0; i < 200; i++) {
        int fd = i % 4 ? testnet_tcp(&net) : testnet_unix(&net);

        switch (i % 5) {
        case 0:
            testnet_send(fd, "echo a\necho b\nquit\n");
            break;
        case 1:
            cr_expect(testnet_ask(fd, "echo a\n", "a\n"));
            break;
        case 2:
            testnet_send(fd, "park\n");
            break;
        case 3:
            testnet_send(fd, "bad\n");
            break;
        }
        close(fd);
    }
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).handles_closed == 200 &&
                            testnet_stats(&net).handles_live == 0));
    st = testnet_stats(&net);
    cr_expect(testnet_at_rest(&st));
    cr_expect_eq(st.cir_accepted, 200);
    cr_expect_eq(st.dispatch_depth, 0);
    cr_expect_eq(baton_master_stats(net.server, 0, &tcp), 0);
    cr_expect_eq(baton_master_stats(net.server, 1, &un), 0);
    cr_expect_eq(baton_master_stats(net.server, 2, &un), -EINVAL);
    cr_expect_eq(tcp.cir_accepted, 150);
    cr_expect_eq(un.cir_accepted, 50);
    cr_expect_eq(tcp.handles + un.handles, 0);
    cr_expect_str_eq(un.address, net.path);
    cr_expect_eq(baton_worker_stats(net.server, 0, &w[0]), 0);
    cr_expect_eq(baton_worker_stats(net.server, 1, &w[1]), 0);
    cr_expect_eq(baton_worker_stats(net.server, 2, &w[1]), -EINVAL);
    cr_expect_eq(w[0].handles + w[1].handles, 0);
    cr_expect_eq(w[0].srm + w[1].srm, st.srm_answered);
    testnet_end(&net);
}
