/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "os/thread.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

unsigned bt_processors(void)
{
    long n;

#ifdef HAVE_SCHED_GETAFFINITY
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
        return (unsigned)CPU_COUNT(&set);
    }
#endif
    n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

int bt_thread_start(pthread_t *t, void *(*fn)(void *), void *arg)
{
    sigset_t all, before;
    int r;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(t, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -r;
}

void bt_thread_yield(void)
{
    sched_yield();
}

void bt_thread_never_cancelled(void)
{
    int before;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    /* A system call would switch to this type and back, by atomic operations,
     * in case a cancellation comes during it; with the type set it need not. */
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
}

void bt_thread_name(const char *prefix, const char *name)
{
#ifdef HAVE_PTHREAD_SETNAME_NP
    char s[16];

    snprintf(s, sizeof s, "%s-%s", prefix, name);
#ifdef __APPLE__
    pthread_setname_np(s);
#else
    pthread_setname_np(pthread_self(), s);
#endif
#else
    (void)prefix;
    (void)name;
#endif
}

uint64_t bt_raise_fd_limit(uint64_t n)
{
    struct rlimit r;
    rlim_t had;

    if (getrlimit(RLIMIT_NOFILE, &r) < 0) {
        return 1024;
    }
    if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= n) {
        return r.rlim_cur == RLIM_INFINITY ? UINT64_MAX : r.rlim_cur;
    }
    had = r.rlim_cur;
    if (r.rlim_max == RLIM_INFINITY || r.rlim_max >= n) {
        r.rlim_cur = (rlim_t)n;
    } else {
        struct rlimit more = {(rlim_t)n, (rlim_t)n};

        if (setrlimit(RLIMIT_NOFILE, &more) == 0) {
            return n; /* a privileged process may lift the hard limit */
        }
        r.rlim_cur = r.rlim_max;
    }
    return setrlimit(RLIMIT_NOFILE, &r) == 0 ? r.rlim_cur : had;
}
