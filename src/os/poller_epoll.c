/* SPDX-License-Identifier: BSD-2-Clause
 *
 * epoll(7), edge triggered. EPOLLOUT is asked for only while output waits: a
 * Unix domain socket would otherwise tell it each time the peer has read.
 */
#include "os/poller.h"

#include "base/check.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MAX_EVENTS 256

struct bt_poller {
    int fd;
    int timer;   /* gives the ticks, -1: none */
    int tick_ms; /* without a timer: the longest wait, 0: any */
    struct epoll_event events[MAX_EVENTS];
};

struct bt_poller *bt_poller_new(void)
{
    struct bt_poller *p = malloc(sizeof *p);

    if (p) {
        p->fd = epoll_create1(EPOLL_CLOEXEC);
        if (p->fd < 0) {
            free(p);
            return NULL;
        }
        p->timer = -1;
        p->tick_ms = 0;
    }
    return p;
}

void bt_poller_free(struct bt_poller **p)
{
    if (*p) {
        close((*p)->fd);
        if ((*p)->timer >= 0) {
            close((*p)->timer);
        }
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

static int timer_new(int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    struct itimerspec every = {t, t};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

    if (fd >= 0 && timerfd_settime(fd, 0, &every, NULL) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

void bt_poller_tick(struct bt_poller *p, int ms)
{
    p->timer = timer_new(ms);
    if (p->timer < 0 || control(p, EPOLL_CTL_ADD, p->timer, p, false) < 0) {
        p->tick_ms = ms;
    }
}

/* It gives the next tick only after it was read. */
static void ticked(struct bt_poller *p)
{
    uint64_t n;

    if (read(p->timer, &n, sizeof n) < 0 && errno != EAGAIN) {
        p->tick_ms = 1000;
    }
}

int bt_poller_wait(struct bt_poller *p, struct bt_event *events, int max,
                   int timeout_ms)
{
    int n, k = 0;

    if (p->tick_ms > 0 && (timeout_ms < 0 || timeout_ms > p->tick_ms)) {
        timeout_ms = p->tick_ms;
    }
    n = epoll_wait(p->fd, p->events, max < MAX_EVENTS ? max : MAX_EVENTS,
                   timeout_ms);
    if (n < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    for (int i = 0; i < n; i++) {
        unsigned e = p->events[i].events;

        if (bt_unlikely(p->events[i].data.ptr == p)) {
            ticked(p);
            continue;
        }
        events[k].ptr = p->events[i].data.ptr;
        events[k++].what =
            (e & EPOLLIN ? BT_IN : 0u) | (e & EPOLLOUT ? BT_OUT : 0u) |
            (e & EPOLLRDHUP ? BT_HUP | BT_IN : 0u) |
            (e & (EPOLLHUP | EPOLLERR) ? BT_HUP | BT_IN | BT_OUT : 0u);
    }
    return k;
}
