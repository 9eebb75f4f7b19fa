/* SPDX-License-Identifier: BSD-2-Clause
 *
 * poll(2), for systems with neither epoll nor kqueue. Levels become edges by
 * not asking again for what was told, until bt_poller_drained() or
 * bt_poller_want_out().
 */
#include "config.h" /* for POLLRDHUP */

#include "os/poller.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#ifndef POLLRDHUP
#define POLLRDHUP 0 /* a peer that closed its side then shows as input */
#endif

#define INPUT  (POLLIN | POLLRDHUP)
#define PIECE  8  /* sockets in a call, when many are refused */
#define NAP_MS 10 /* between such rounds */

struct bt_poller {
    struct pollfd *fds; /* n watched sockets */
    void **ptrs;
    int n, cap;
    int *where; /* fd -> place in fds, -1 = none */
    int n_where;
    int tick_ms; /* the longest wait, 0: any */
    int turn;    /* where the next scan begins, so that nobody is starved */
};

struct bt_poller *bt_poller_new(void)
{
    return calloc(1, sizeof(struct bt_poller));
}

void bt_poller_free(struct bt_poller **p)
{
    if (*p) {
        free((*p)->fds);
        free((*p)->ptrs);
        free((*p)->where);
        free(*p);
        *p = NULL;
    }
}

static int grow_where(struct bt_poller *p, int fd)
{
    int n = fd + 64;
    int *w;

    if (fd < p->n_where) {
        return 0;
    }
    n = n < 2 * p->n_where ? 2 * p->n_where : n;
    w = realloc(p->where, (size_t)n * sizeof *w);
    if (!w) {
        return -ENOMEM;
    }
    for (int i = p->n_where; i < n; i++) {
        w[i] = -1;
    }
    p->where = w;
    p->n_where = n;
    return 0;
}

static int grow_fds(struct bt_poller *p)
{
    int cap = p->cap ? 2 * p->cap : 64;
    struct pollfd *fds;
    void **ptrs;

    if (p->n < p->cap) {
        return 0;
    }
    fds = realloc(p->fds, (size_t)cap * sizeof *fds);
    if (!fds) {
        return -ENOMEM;
    }
    p->fds = fds;
    ptrs = realloc(p->ptrs, (size_t)cap * sizeof *ptrs);
    if (!ptrs) {
        return -ENOMEM;
    }
    p->ptrs = ptrs;
    p->cap = cap;
    return 0;
}

int bt_poller_add(struct bt_poller *p, int fd, void *ptr)
{
    if (grow_where(p, fd) < 0 || grow_fds(p) < 0) {
        return -ENOMEM;
    }
    p->where[fd] = p->n;
    p->fds[p->n] = (struct pollfd){.fd = fd, .events = INPUT};
    p->ptrs[p->n] = ptr;
    p->n++;
    return 0;
}

static struct pollfd *find(struct bt_poller *p, int fd)
{
    return fd >= 0 && fd < p->n_where && p->where[fd] >= 0
               ? &p->fds[p->where[fd]]
               : NULL;
}

int bt_poller_want_out(struct bt_poller *p, int fd, void *ptr, bool on)
{
    struct pollfd *f = find(p, fd);

    (void)ptr;
    if (!f) {
        return -ENOENT;
    }
    f->events = (short)(on ? f->events | POLLOUT : f->events & ~POLLOUT);
    f->fd = on ? fd : f->fd; /* an error that was fetched is over */
    return 0;
}

void bt_poller_drained(struct bt_poller *p, int fd)
{
    struct pollfd *f = find(p, fd);

    if (f) {
        f->events |= POLLIN;
        f->fd = fd;
    }
}

void bt_poller_del(struct bt_poller *p, int fd)
{
    int i = find(p, fd) ? p->where[fd] : -1;

    if (i < 0) {
        return;
    }
    p->where[fd] = -1;
    p->n--;
    if (i < p->n) {
        int moved = p->fds[p->n].fd;

        p->fds[i] = p->fds[p->n];
        p->ptrs[i] = p->ptrs[p->n];
        p->where[moved < 0 ? -1 - moved : moved] = i;
    }
}

void bt_poller_closing(struct bt_poller *p, int fd)
{
    bt_poller_del(p, fd);
}

/* Takes note of one socket's answer; a hung-up socket is told once and then
 * left out (poll ignores negative fds), for poll would tell it for ever. Output
 * that waits learns of it as well: the socket may never take any more. */
static unsigned note(struct pollfd *f)
{
    unsigned what = 0;

    if (f->revents & POLLIN) {
        what |= BT_IN;
        f->events &= ~POLLIN;
    }
    if (f->revents & POLLRDHUP) { /* for good, and told once */
        what |= BT_HUP | BT_IN;
        f->events &= ~INPUT;
    }
    if (f->revents & POLLOUT) {
        what |= BT_OUT;
        f->events &= ~POLLOUT;
    }
    if (f->revents & (POLLHUP | POLLERR | POLLNVAL)) {
        what |= BT_HUP | BT_IN | BT_OUT;
        f->fd = -1 - f->fd;
    }
    return what;
}

/* More sockets than the limit of open fds (which was lowered) are refused in
 * one call; few at a time are not. */
static int poll_in_pieces(struct bt_poller *p, int timeout_ms)
{
    int ready = 0;

    for (int i = 0; i < p->n; i += PIECE) {
        int n = p->n - i < PIECE ? p->n - i : PIECE;
        int r = poll(p->fds + i, (nfds_t)n, 0);

        for (int k = 0; r < 0 && k < n; k++) {
            p->fds[i + k].revents = 0;
        }
        ready += r > 0 ? r : 0;
    }
    if (ready == 0 && timeout_ms != 0) {
        poll(NULL, 0,
             timeout_ms < 0 || timeout_ms > NAP_MS ? NAP_MS : timeout_ms);
    }
    return ready;
}

void bt_poller_tick(struct bt_poller *p, int ms)
{
    p->tick_ms = ms;
}

int bt_poller_wait(struct bt_poller *p, struct bt_event *events, int max,
                   int timeout_ms)
{
    int left, k = 0;

    if (p->tick_ms > 0 && (timeout_ms < 0 || timeout_ms > p->tick_ms)) {
        timeout_ms = p->tick_ms;
    }
    left = poll(p->fds, (nfds_t)p->n, timeout_ms);

    if (left < 0 && errno == EINVAL) {
        left = poll_in_pieces(p, timeout_ms);
    } else if (left < 0) {
        return errno == EINTR || errno == EAGAIN ? 0 : -errno;
    }
    for (int i = 0; i < p->n && k < max && left > 0; i++) {
        int at = (p->turn + i) % p->n;

        if (p->fds[at].fd >= 0 && p->fds[at].revents) {
            events[k].ptr = p->ptrs[at];
            events[k].what = note(&p->fds[at]);
            k++;
            left--;
        }
    }
    p->turn = p->n ? (p->turn + 1) % p->n : 0;
    return k;
}
