/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/loop_epoll.c -- waits for many sockets, by epoll.
 */
#include "stress/loop.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AT_ONCE 256

struct stress_loop {
    int fd;
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

int stress_loop_wait(struct stress_loop *l, struct stress_event *events,
                     int max, int timeout_ms)
{
    int n =
        epoll_wait(l->fd, l->events, max < AT_ONCE ? max : AT_ONCE, timeout_ms);

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
