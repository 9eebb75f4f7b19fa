/* SPDX-License-Identifier: BSD-2-Clause */
#include "batond/signals.h"

#include <baton/baton.h>

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* A handler has nothing but globals; lock-free atomics are safe in it. */
static struct baton_server *_Atomic g_server;
static atomic_int g_count, g_last;

static void too_late(int number)
{
    _exit(1);
}

/* From now on the process has 0.2 s. */
static void arm(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 200000}};

    signal(SIGALRM, too_late);
    setitimer(ITIMER_REAL, &soon, NULL);
}

static void stop(int number)
{
    struct baton_server *s = atomic_load(&g_server);
    int saved = errno;

    atomic_store(&g_last, number);
    if (atomic_fetch_add(&g_count, 1) > 0) {
        arm();
    }
    if (s) {
        baton_stop(s);
    }
    errno = saved;
}

static void install(int number, void (*handler)(int))
{
    struct sigaction a;

    memset(&a, 0, sizeof a);
    a.sa_handler = handler;
    a.sa_flags = SA_RESTART;
    sigemptyset(&a.sa_mask);
    /* One at a time: the count decides what is done. */
    sigaddset(&a.sa_mask, SIGTERM);
    sigaddset(&a.sa_mask, SIGINT);
    sigaddset(&a.sa_mask, SIGHUP);
    sigaction(number, &a, NULL);
}

void signals_start(struct baton_server *s, bool background)
{
    struct sigaction hangup;

    atomic_store(&g_server, s);
    install(SIGPIPE, SIG_IGN);
    install(SIGTERM, stop);
    install(SIGINT, stop);
    if (background) {
        install(SIGHUP, SIG_IGN);
    } else if (sigaction(SIGHUP, NULL, &hangup) == 0 &&
               hangup.sa_handler != SIG_IGN) {
        install(SIGHUP, stop);
    }
}

void signals_end(void)
{
    atomic_store(&g_server, NULL);
}

int signals_count(void)
{
    return atomic_load(&g_count);
}

const char *signals_name(void)
{
    switch (atomic_load(&g_last)) {
    case SIGTERM:
        return "SIGTERM";
    case SIGINT:
        return "SIGINT";
    default:
        return "SIGHUP";
    }
}
