/* SPDX-License-Identifier: BSD-2-Clause
 *
 * System calls that fail: accept, and the write that wakes somebody up. They are
 * replaced here, in front of the C library's, and fail when they are told to.
 */
#include "config.h" /* for accept4 */

#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int accept_error;  /* what accept fails with, */
static atomic_int accept_fails;  /* so many times; below 0: for ever */
static atomic_uint accept_calls; /* that failed */
static atomic_bool deaf;         /* no wake-up is written */
static atomic_uint unwritten;

static int failing_accept(void)
{
    if (atomic_load(&accept_fails) == 0) {
        return 0;
    }
    if (atomic_load(&accept_fails) > 0) {
        atomic_fetch_sub(&accept_fails, 1);
    }
    atomic_fetch_add(&accept_calls, 1);
    return atomic_load(&accept_error);
}

static int really_accept(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
    int error = failing_accept();

    if (error) {
        errno = error;
        return -1;
    }
    return (int)syscall(SYS_accept4, fd, sa, len, flags);
}

int accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
    return really_accept(fd, sa, len, flags);
}

int accept(int fd, struct sockaddr *sa, socklen_t *len)
{
    return really_accept(fd, sa, len, 0);
}

/* A wake-up writes 8 bytes to an eventfd or 1 to a pipe. */
ssize_t write(int fd, const void *p, size_t n)
{
    if (atomic_load(&deaf) && (n == 8 || n == 1)) {
        atomic_fetch_add(&unwritten, 1);
        errno = EAGAIN;
        return -1;
    }
    return syscall(SYS_write, fd, p, n);
}

static struct testnet net;

static void start(void)
{
    testnet_start(&net, NULL, &testservice);
}

static void end(void)
{
    atomic_store(&deaf, false);
    atomic_store(&accept_fails, 0);
    testnet_end(&net);
}

/* What does not come at all is told by testnet's waits and by this. */
TestSuite(faults, .init = start, .fini = end, .timeout = 120);

static void fail(int error, int times)
{
    atomic_store(&accept_calls, 0);
    atomic_store(&accept_error, error);
    atomic_store(&accept_fails, times);
}

/* The client that waits meanwhile is served when it is over. */
static void survives(int error)
{
    int fd;

    fail(error, 3);
    fd = testnet_tcp(&net);
    cr_expect(testnet_ask(fd, "echo served\n", "served\n"), "%s",
              strerror(error));
    cr_expect_eq(atomic_load(&accept_fails), 0, "%s", strerror(error));
    cr_expect_eq(testnet_stats(&net).server_state, BATON_LISTENING);
    close(fd);
}

Test(faults, accept_fails_for_a_while)
{
    static const int errors[] = {EINTR,    ECONNABORTED, EPROTO,
                                 ENOMEM,   ENOBUFS,      EPERM,
                                 ENETDOWN, ETIMEDOUT,    EHOSTUNREACH};

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        survives(errors[i]);
    }
}

Test(faults, aborted_connections_are_counted)
{
    uint64_t before = testnet_stats(&net).cir_aborted;

    survives(ECONNABORTED);
    cr_expect_eq(testnet_stats(&net).cir_aborted, before + 3);
    survives(EINTR);
    cr_expect_eq(testnet_stats(&net).cir_aborted, before + 3);
}

/* An error that stays is not answered by a spin. */
static void were_few(uint64_t began, int error, unsigned most)
{
    unsigned calls = atomic_load(&accept_calls);
    /* Of a second that have begun. */
    unsigned halves = (unsigned)(testnet_now_ms() - began) / 500 + 1;

    cr_expect_leq(calls, most * halves, "%s: %u calls", strerror(error), calls);
}

static void does_not_spin(int error, unsigned most)
{
    uint64_t began = testnet_now_ms();
    int fd;

    fail(error, -1);
    fd = testnet_tcp(&net);
    cr_expect(TESTNET_UNTIL(atomic_load(&accept_calls) > 0), "%s",
              strerror(error));
    testnet_sleep_ms(500);
    were_few(began, error, most);
    atomic_store(&accept_fails, 0);
    cr_expect(testnet_ask(fd, "echo served\n", "served\n"));
    close(fd);
}

Test(faults, accept_fails_for_long)
{
    does_not_spin(ENOMEM, 60);
    does_not_spin(EPERM, 60);
    does_not_spin(EINVAL, 2);
}

Test(faults, accept_finds_no_fds_for_long)
{
    uint64_t began = testnet_now_ms();
    int fd;

    fail(EMFILE, -1);
    fd = testnet_tcp(&net);
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).server_state == BATON_STARVED));
    testnet_sleep_ms(500);
    were_few(began, EMFILE, 60);
    atomic_store(&accept_fails, 0);
    cr_expect(
        TESTNET_UNTIL(testnet_stats(&net).server_state == BATON_LISTENING));
    cr_expect(testnet_ask(fd, "echo served\n", "served\n"));
    close(fd);
}

/* ---- Wake-ups that fail ----
 *
 * Criterion writes to eventfds itself: nothing is judged meanwhile. */

Test(faults, a_lost_wakeup_costs_a_delay)
{
    bool all_served = true;

    atomic_store(&deaf, true);
    /* Until somebody slept who had to be woken: at once, or a little later. */
    for (uint64_t id = 1; id <= 200 && atomic_load(&unwritten) == 0; id++) {
        int fd;

        testnet_sleep_ms(50); /* all sleep, most likely */
        fd = testnet_tcp(&net);
        all_served &= testnet_ask(fd, "echo late\n", "late\n") &&
                      baton_kill(net.server, id, BATON_KILLED) == 0 &&
                      testnet_ending(fd) == 0;
        close(fd);
    }
    atomic_store(&deaf, false);
    cr_expect(all_served);
    cr_expect_gt(atomic_load(&unwritten), 0);
}

Test(faults, a_stop_that_wakes_nobody)
{
    int r;

    testnet_sleep_ms(50);
    atomic_store(&deaf, true);
    r = testnet_stop(&net);
    atomic_store(&deaf, false);
    cr_expect_eq(r, 0);
    cr_expect_gt(atomic_load(&unwritten), 0);
}
