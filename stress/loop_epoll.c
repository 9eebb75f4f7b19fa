/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/loop_epoll.c -- waits for many sockets, by epoll.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "stress/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#include <time.h>
#include <unistd.h>

#define AT_ONCE 256

struct stress_loop {
    int fd;
    bool coarse; /* the kernel does not know epoll_pwait2 */
    struct epoll_event events[AT_ONCE];
};

struct stress_loop *stress_loop_new(void)
{
    struct stress_loop *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        return NULL;
    }
    l->fd = epoll_create1(EPOLL_CLOEXEC);
    if (l->fd < 0) {
        free(l);
        return NULL;
    }
    return l;
}

void stress_loop_destroy(struct stress_loop **loop)
{
    if (*loop != NULL) {
        close((*loop)->fd);
        free(*loop);
        *loop = NULL;
    }
}

static int control(struct stress_loop *l, int op, int fd, struct stress_event e)
{
    struct epoll_event ev = {.data.ptr = e.data};

    if (e.what & STRESS_READ) {
        ev.events |= EPOLLIN;
    }
    if (e.what & STRESS_WRITE) {
        ev.events |= EPOLLOUT;
    }
    return epoll_ctl(l->fd, op, fd, &ev) < 0 ? -errno : 0;
}

int stress_loop_add(struct stress_loop *l, int fd, unsigned what, void *data)
{
    return control(l, EPOLL_CTL_ADD, fd, (struct stress_event){data, what});
}

int stress_loop_change(struct stress_loop *l, int fd, unsigned what, void *data)
{
    return control(l, EPOLL_CTL_MOD, fd, (struct stress_event){data, what});
}

void stress_loop_remove(struct stress_loop *l, int fd)
{
    control(l, EPOLL_CTL_DEL, fd, (struct stress_event){NULL, 0});
}

static int wait_coarse(struct stress_loop *l, int max, uint64_t timeout_ns)
{
    return epoll_wait(l->fd, l->events, max,
                      (int)((timeout_ns + 999999) / 1000000));
}

#ifdef HAVE_EPOLL_PWAIT2
static int wait_fine(struct stress_loop *l, int max, uint64_t timeout_ns)
{
    struct timespec ts = {.tv_sec = (time_t)(timeout_ns / 1000000000),
                          .tv_nsec = (long)(timeout_ns % 1000000000)};
    int n;

    if (l->coarse || timeout_ns == 0) {
        return wait_coarse(l, max, timeout_ns);
    }
    n = epoll_pwait2(l->fd, l->events, max, &ts, NULL);
    if (n < 0 && errno == ENOSYS) {
        l->coarse = true;
        return wait_coarse(l, max, timeout_ns);
    }
    return n;
}
#else
#define wait_fine wait_coarse
#endif

void stress_loop_enter(void)
{
#ifdef PR_SET_TIMERSLACK
    prctl(PR_SET_TIMERSLACK, 1UL);
#endif
}

int stress_loop_wait(struct stress_loop *l, struct stress_event *events,
                     int max, uint64_t timeout_ns)
{
    int n = wait_fine(l, max < AT_ONCE ? max : AT_ONCE, timeout_ns);

    if (n < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    for (int i = 0; i < n; i++) {
        uint32_t e = l->events[i].events;

        events[i].data = l->events[i].data.ptr;
        events[i].what = 0;
        if (e & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
            events[i].what |= STRESS_READ;
        }
        if (e & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
            events[i].what |= STRESS_WRITE;
        }
    }
    return n;
}
