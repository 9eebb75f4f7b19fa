/* SPDX-License-Identifier: BSD-2-Clause
 *
 * epoll(7), edge triggered. EPOLLOUT is asked for only while output waits: a
 * Unix domain socket would otherwise tell it each time the peer has read.
 */
#include "os/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 256

struct bt_poller {
    int fd;
    struct epoll_event events[MAX_EVENTS];
};

struct bt_poller *bt_poller_new(void)
{
    struct bt_poller *p = malloc(sizeof *p);

    if (p) {
        p->fd = epoll_create1(EPOLL_CLOEXEC);
        if (p->fd < 0) {
            free(p);
            p = NULL;
        }
    }
    return p;
}

void bt_poller_free(struct bt_poller **p)
{
    if (*p) {
        close((*p)->fd);
        free(*p);
        *p = NULL;
    }
}

static int control(struct bt_poller *p, int op, int fd, void *ptr, bool out)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET};

    if (out) {
        e.events |= EPOLLOUT;
    }
    e.data.ptr = ptr;
    return epoll_ctl(p->fd, op, fd, &e) < 0 ? -errno : 0;
}

int bt_poller_add(struct bt_poller *p, int fd, void *ptr)
{
    return control(p, EPOLL_CTL_ADD, fd, ptr, false);
}

int bt_poller_want_out(struct bt_poller *p, int fd, void *ptr, bool on)
{
    return control(p, EPOLL_CTL_MOD, fd, ptr, on);
}

void bt_poller_drained(struct bt_poller *p, int fd)
{
    (void)p;
    (void)fd;
}

void bt_poller_del(struct bt_poller *p, int fd)
{
    control(p, EPOLL_CTL_DEL, fd, NULL, false);
}

void bt_poller_closing(struct bt_poller *p, int fd)
{
    (void)p;
    (void)fd;
}

int bt_poller_wait(struct bt_poller *p, struct bt_event *events, int max,
                   int timeout_ms)
{
    int n = epoll_wait(p->fd, p->events, max < MAX_EVENTS ? max : MAX_EVENTS,
                       timeout_ms);

    if (n < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    for (int i = 0; i < n; i++) {
        unsigned e = p->events[i].events;

        events[i].ptr = p->events[i].data.ptr;
        events[i].what =
            (e & EPOLLIN ? BT_IN : 0u) | (e & EPOLLOUT ? BT_OUT : 0u) |
            (e & EPOLLRDHUP ? BT_HUP | BT_IN : 0u) |
            (e & (EPOLLHUP | EPOLLERR) ? BT_HUP | BT_IN | BT_OUT : 0u);
    }
    return n;
}
