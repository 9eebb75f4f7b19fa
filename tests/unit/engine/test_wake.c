/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "os/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static struct bt_wake w;

static bool is_awake(int ms)
{
    struct pollfd f = {.fd = w.rd, .events = POLLIN};

    return poll(&f, 1, ms) == 1;
}

static void start(void)
{
    cr_assert_eq(bt_wake_open(&w), 0);
}

static void end(void)
{
    bt_wake_close(&w);
}

TestSuite(wake, .init = start, .fini = end, .timeout = 120);

Test(wake, once_for_many_sends)
{
    cr_expect_not(is_awake(0));
    for (int i = 0; i < 1000; i++) {
        bt_wake_send(&w);
    }
    cr_expect(is_awake(0));
    bt_wake_clear(&w);
    cr_expect_not(is_awake(0));
    bt_wake_clear(&w); /* nothing there: does not wait */
}

/* More than a pipe holds. */
Test(wake, never_blocks)
{
    for (int i = 0; i < 100000; i++) {
        bt_wake_send(&w);
    }
    cr_expect(is_awake(0));
    bt_wake_clear(&w);
    cr_expect_not(is_awake(0));
}

static void *send_later(void *arg)
{
    (void)arg;
    poll(NULL, 0, 20);
    bt_wake_send(&w);
    return NULL;
}

Test(wake, ends_a_wait)
{
    pthread_t t;

    pthread_create(&t, NULL, send_later, NULL);
    cr_expect(is_awake(10000));
    pthread_join(t, NULL);
}

/* Signal handlers call it. */
Test(wake, keeps_errno)
{
    errno = ERANGE;
    bt_wake_send(&w);
    cr_expect_eq(errno, ERANGE);
}

Test(wake, closed_on_exec)
{
    cr_expect(fcntl(w.rd, F_GETFD) & FD_CLOEXEC);
    cr_expect(fcntl(w.wr, F_GETFD) & FD_CLOEXEC);
}
