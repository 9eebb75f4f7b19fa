/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kqueue(2) with EV_CLEAR, which is edge style by itself.
 */
#include "os/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#define MAX_EVENTS 256

struct bt_poller {
    int fd;
    int tick_ms; /* the longest wait, 0: any */
    struct kevent events[MAX_EVENTS];
};

struct bt_poller *bt_poller_new(void)
{
    struct bt_poller *p = malloc(sizeof *p);

    if (p) {
        p->tick_ms = 0;
        p->fd = kqueue();
        if (p->fd < 0) {
            free(p);
            return NULL;
        }
        fcntl(p->fd, F_SETFD, FD_CLOEXEC);
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

static int control(struct bt_poller *p, int fd, int filter, int flags,
                   void *ptr)
{
    struct kevent k;

    EV_SET(&k, fd, filter, flags, 0, 0, ptr);
    return kevent(p->fd, &k, 1, NULL, 0, NULL) < 0 ? -errno : 0;
}

int bt_poller_add(struct bt_poller *p, int fd, void *ptr)
{
    return control(p, fd, EVFILT_READ, EV_ADD | EV_CLEAR, ptr);
}

int bt_poller_want_out(struct bt_poller *p, int fd, void *ptr, bool on)
{
    int r =
        control(p, fd, EVFILT_WRITE, on ? EV_ADD | EV_CLEAR : EV_DELETE, ptr);

    return !on && r == -ENOENT ? 0 : r;
}

void bt_poller_drained(struct bt_poller *p, int fd)
{
    (void)p;
    (void)fd;
}

void bt_poller_del(struct bt_poller *p, int fd)
{
    control(p, fd, EVFILT_READ, EV_DELETE, NULL);
    control(p, fd, EVFILT_WRITE, EV_DELETE, NULL);
}

void bt_poller_closing(struct bt_poller *p, int fd)
{
    (void)p;
    (void)fd;
}

void bt_poller_tick(struct bt_poller *p, int ms)
{
    p->tick_ms = ms;
}

int bt_poller_wait(struct bt_poller *p, struct bt_event *events, int max,
                   int timeout_ms)
{
    struct timespec ts;
    int n;

    if (p->tick_ms > 0 && (timeout_ms < 0 || timeout_ms > p->tick_ms)) {
        timeout_ms = p->tick_ms;
    }
    ts.tv_sec = timeout_ms / 1000;
    ts.tv_nsec = (timeout_ms % 1000) * 1000000L;
    n = kevent(p->fd, NULL, 0, p->events, max < MAX_EVENTS ? max : MAX_EVENTS,
               timeout_ms < 0 ? NULL : &ts);
    if (n < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    for (int i = 0; i < n; i++) {
        const struct kevent *k = &p->events[i];

        events[i].ptr = (void *)k->udata;
        events[i].what = k->filter == EVFILT_WRITE ? BT_OUT : BT_IN;
        if (k->flags & (EV_EOF | EV_ERROR)) {
            /* fflags: the socket's error */
            events[i].what |= BT_HUP | BT_IN | (k->fflags ? BT_OUT : 0u);
        }
    }
    return n;
}
