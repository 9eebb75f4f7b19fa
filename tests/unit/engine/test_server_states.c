/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every state of a client and of the server, seen from another thread.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
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

TestSuite(client_states, .init = start, .fini = end, .timeout = 120);

static struct baton_client_info info_of(uint64_t id)
{
    struct baton_client_info info;

    cr_assert_eq(baton_info(net.server, id, &info), 0);
    return info;
}

/* A counter moves a moment before or after what it counts is seen in a handle:
 * it is waited for like everything else of another thread. */
static bool counted(enum baton_state state, uint64_t n)
{
    return TESTNET_UNTIL(testnet_stats(&net).state[state] == n);
}

/* Keeps every worker in a callback; the fds that do it are in out. */
static void hold_all(int *out, unsigned n)
{
    atomic_store(&testservice_latch, true);
    for (unsigned i = 0; i < n; i++) {
        out[i] = testnet_tcp(&net);
        testnet_send(out[i], "hold\n");
        cr_assert(
            TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == i + 1));
    }
}

Test(client_states, idle)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);
    struct baton_client_info info;

    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_IDLE)));
    info = info_of(id);
    cr_expect_eq(info.id, id);
    cr_expect_eq(info.master, 0);
    cr_expect(info.worker == 0 || info.worker == 1);
    cr_expect(info.local);
    cr_expect_not(info.output_pending);
    cr_expect_eq(info.srm, 1);
    cr_expect_eq(info.input_bytes, 0);
    cr_expect_eq(strncmp(info.addr, "127.0.0.1:", 10), 0);
    cr_expect_str_eq(info.laddr, baton_master_address(net.server, 0));
    close(fd);
}

Test(client_states, serving)
{
    int fd = testnet_unix(&net);
    uint64_t id = testservice_ask_id(fd);

    atomic_store(&testservice_latch, true);
    testnet_send(fd, "hold\n");
    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_SERVING)));
    cr_expect_eq(info_of(id).master, 1);
    cr_expect(counted(BATON_SERVING, 1));
    atomic_store(&testservice_latch, false);
    cr_expect(testnet_expect(fd, "held\n"));
    cr_expect(TESTNET_UNTIL(testnet_is(&net, id, BATON_IDLE)));
    close(fd);
}

Test(client_states, queued)
{
    int held[2], fd[10];
    struct baton_stats st;

    hold_all(held, 2);
    for (int i = 0; i < 10; i++) {
        fd[i] = i % 2 ? testnet_tcp(&net) : testnet_unix(&net);
        testnet_send(fd[i], "echo early\n");
    }
    cr_expect(TESTNET_UNTIL(testnet_in_state(&net, BATON_QUEUED) == 10 &&
                            testnet_stats(&net).dispatch_depth == 10));
    st = testnet_stats(&net);
    cr_expect_eq(st.state[BATON_QUEUED], 10);
    cr_expect_eq(st.handles_live, 12);
    testnet_sleep_ms(20);
    atomic_store(&testservice_latch, false);
    for (int i = 0; i < 10; i++) {
        uint64_t id;

        cr_expect(testnet_expect(fd[i], "early\n"));
        id = testservice_ask_id(fd[i]);
        cr_expect_geq(info_of(id).queued_us, 20000);
        cr_expect_lt(info_of(id).queued_us, TESTNET_MS * 1000);
        close(fd[i]);
    }
    close(held[0]);
    close(held[1]);
}

/* A handle that waits on the ring shows how long it waits, and no worker. */
static bool see_queued(const struct baton_client_info *info, void *data,
                       void *arg)
{
    (void)data;
    if (info->state == BATON_QUEUED) {
        *(struct baton_client_info *)arg = *info;
    }
    return true;
}

Test(client_states, queued_shows_its_wait)
{
    struct baton_client_info info = {.state = BATON_CLOSED};
    struct baton_cursor cursor = {0};
    int held[2], fd;

    hold_all(held, 2);
    fd = testnet_tcp(&net);
    cr_assert(TESTNET_UNTIL(testnet_in_state(&net, BATON_QUEUED) == 1));
    testnet_sleep_ms(30);
    while (!cursor.done) {
        baton_each(net.server, &cursor, 10, see_queued, &info);
    }
    cr_assert_eq(info.state, BATON_QUEUED);
    cr_expect_eq(info.worker, -1);
    cr_expect_geq(info.queued_us, 30000);
    cr_expect_lt(info.queued_us, TESTNET_MS * 1000);
    close(fd);
    close(held[0]);
    close(held[1]);
}

/* `accepted` lasts from the table to the ring, some hundred nanoseconds: many
 * connections arrive while two threads look without pause. */
static atomic_bool seen, enough;

static bool see_accepted(const struct baton_client_info *info, void *data,
                         void *arg)
{
    (void)data;
    (void)arg;
    if (info->state == BATON_ACCEPTED) {
        atomic_store(&seen, true);
    }
    return true;
}

static void *look_for_accepted(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough)) {
        struct baton_cursor cursor = {0};

        while (!cursor.done) {
            baton_each(net.server, &cursor, 1000, see_accepted, NULL);
        }
    }
    return NULL;
}

Test(client_states, accepted)
{
    pthread_t looker[2];

    for (int i = 0; i < 2; i++) {
        pthread_create(&looker[i], NULL, look_for_accepted, NULL);
    }
    for (int i = 0; i < 200000 && !atomic_load(&seen); i++) {
        close(testnet_unix(&net));
    }
    atomic_store(&enough, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(looker[i], NULL);
    }
    cr_expect(atomic_load(&seen));
}

Test(client_states, blocked)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);

    testnet_send(fd, "park\n");
    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_BLOCKED)));
    cr_expect(counted(BATON_BLOCKED, 1));
    cr_expect_eq(testnet_stats(&net).srm_received, 2);
    cr_expect_eq(baton_post(net.server, id, testservice_wake, NULL, NULL), 0);
    cr_expect(testnet_expect(fd, "awake\n"));
    cr_expect(TESTNET_UNTIL(testnet_is(&net, id, BATON_IDLE)));
    close(fd);
}

Test(client_states, moving)
{
    int fd = testnet_tcp(&net), held;
    uint64_t id = testservice_ask_id(fd);
    int from = info_of(id).worker;
    char line[64];

    /* The other worker is kept: what is moved there stays on the way. */
    atomic_store(&testservice_latch, true);
    for (;;) {
        held = testnet_tcp(&net);
        if (info_of(testservice_ask_id(held)).worker != from) {
            break;
        }
    }
    testnet_send(held, "hold\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    snprintf(line, sizeof line, "move %d\n", 1 - from);
    cr_expect(testnet_ask(fd, line, "moved\n"));
    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_MOVING)));
    cr_expect(counted(BATON_MOVING, 1));
    cr_expect(TESTNET_UNTIL(info_of(id).worker == 1 - from));
    testnet_send(fd, "where\n"); /* waits for the new worker */
    atomic_store(&testservice_latch, false);
    snprintf(line, sizeof line, "%d\n", 1 - from);
    cr_expect(testnet_expect(fd, line));
    cr_expect(TESTNET_UNTIL(testnet_is(&net, id, BATON_IDLE)));
    cr_expect_eq(atomic_load(&testservice_counts.moved_out), 1);
    cr_expect_eq(atomic_load(&testservice_counts.moved_in), 1);
    close(fd);
}

/* A blocked client moves as well, and stays blocked. */
Test(client_states, moving_while_blocked)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);
    int from = info_of(id).worker;
    char line[64];

    snprintf(line, sizeof line, "move %d\npark\n", 1 - from);
    cr_expect(testnet_ask(fd, line, "moved\n"));
    cr_assert(TESTNET_UNTIL(info_of(id).worker == 1 - from &&
                            testnet_is(&net, id, BATON_BLOCKED)));
    cr_expect_eq(baton_post(net.server, id, testservice_wake, NULL, NULL), 0);
    cr_expect(testnet_expect(fd, "awake\n"));
    snprintf(line, sizeof line, "%d\n", 1 - from);
    cr_expect(testnet_ask(fd, "where\n", line));
    close(fd);
}

/* One that has more to do than a pass allows is moved when it has done it. */
Test(client_states, moving_of_a_busy_client)
{
    enum {
        REQUESTS = 3000
    };
    static char text[32 + REQUESTS * 7 + 1];
    int fd = testnet_tcp(&net), to = 1 - info_of(testservice_ask_id(fd)).worker;
    char line[16];

    snprintf(text, sizeof text, "move %d\n", to);
    for (int i = 0; i < REQUESTS; i++) {
        strcat(text, "echo x\n");
    }
    testnet_send(fd, text);
    cr_expect(testnet_expect(fd, "moved\n"));
    for (int i = 0; i < REQUESTS; i++) {
        cr_assert(testnet_expect(fd, "x\n"));
    }
    snprintf(line, sizeof line, "%d\n", to);
    cr_expect(TESTNET_UNTIL(atomic_load(&testservice_counts.moved_in) == 1));
    cr_expect(testnet_ask(fd, "where\n", line));
    close(fd);
}

Test(client_states, closing_and_closed)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);
    struct baton_client_info info;

    cr_expect(testnet_ask(fd, "quit\n", "bye\n"));
    /* It lingers until we close too. */
    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_CLOSING)));
    cr_expect(counted(BATON_CLOSING, 1));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    /* The number of those that live falls last. */
    cr_assert(TESTNET_UNTIL(testnet_stats(&net).handles_live == 0));
    cr_expect_eq(baton_info(net.server, id, &info), -ENOENT);
    cr_expect_eq(testnet_stats(&net).state[BATON_CLOSING], 0);
    cr_expect_eq(testnet_stats(&net).closed[BATON_QUIT], 1);
    cr_expect_eq(atomic_load(&testservice_counts.reasons[BATON_QUIT]), 1);
}

/* ---- The server's states ---- */

TestSuite(server_states, .timeout = 120);

Test(server_states, all_but_starved)
{
    struct testnet n;
    int fd;

    testnet_make(&n, NULL, &testservice);
    cr_expect_eq(testnet_stats(&n).server_state, BATON_STARTING);
    testnet_run(&n);
    cr_expect(TESTNET_UNTIL(testnet_stats(&n).server_state == BATON_LISTENING));
    fd = testnet_tcp(&n);
    atomic_store(&testservice_latch, true);
    testnet_send(fd, "hold\n");
    cr_assert(TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == 1));
    baton_stop(n.server);
    cr_expect(TESTNET_UNTIL(testnet_stats(&n).server_state == BATON_DRAINING));
    atomic_store(&testservice_latch, false);
    cr_expect(testnet_expect(fd, "held\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    cr_expect_eq(testnet_join(&n), 0);
    cr_expect_eq(testnet_stats(&n).server_state, BATON_STOPPED);
    cr_expect_eq(baton_run(n.server), -EINVAL, "it runs once");
    testnet_end(&n);
}

static void fd_limit(rlim_t n)
{
    struct rlimit r;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &r), 0);
    r.rlim_cur = n;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static int lowest_free_fd(void)
{
    int fd = open("/dev/null", O_RDONLY);

    close(fd);
    return fd;
}

/* The limit is lowered below what is open: nothing can be opened any more. */
Test(server_states, starved)
{
    struct rlimit before;
    struct testnet n;
    int fd[2];

    testnet_start(&n, NULL, &testservice);
    for (int i = 0; i < 2; i++) { /* our ends, while there are fds */
        fd[i] = socket(AF_INET, SOCK_STREAM, 0);
    }
    getrlimit(RLIMIT_NOFILE, &before);
    /* One fd is left when the server gives its reserve up. */
    fd_limit((rlim_t)lowest_free_fd());
    cr_assert_eq(testnet_connect(&n, fd[0]), 0);
    cr_expect(TESTNET_UNTIL(testnet_stats(&n).server_state == BATON_STARVED));
    cr_expect_eq(testnet_ending(fd[0]), 0, "accepted and closed");
    cr_expect_geq(testnet_stats(&n).cir_aborted, 1);
    fd_limit(before.rlim_cur);
    cr_expect(TESTNET_UNTIL(testnet_stats(&n).server_state == BATON_LISTENING));
    cr_assert_eq(testnet_connect(&n, fd[1]), 0);
    cr_expect(testnet_ask(fd[1], "echo again\n", "again\n"));
    close(fd[0]);
    close(fd[1]);
    testnet_end(&n);
}
