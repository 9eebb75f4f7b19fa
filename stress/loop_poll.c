/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/loop_poll.c -- waits for many sockets, by poll(2).
 *
 * The array handed to poll is dense; `place` maps a file descriptor to its
 * entry plus one. When more sockets are ready than the caller takes, the next
 * wait begins behind the last one that was told, so that none starves.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "stress/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct stress_loop {
    struct pollfd *fds;
    void **data;
    size_t n, room;
    size_t *place;
    size_t n_places;
    size_t turn;
};

struct stress_loop *stress_loop_new(void)
{
    return calloc(1, sizeof(struct stress_loop));
}

void stress_loop_destroy(struct stress_loop **loop)
{
    if (*loop != NULL) {
        free((*loop)->fds);
        free((*loop)->data);
        free((*loop)->place);
        free(*loop);
        *loop = NULL;
    }
}

static short poll_bits(unsigned what)
{
    return (short)((what & STRESS_READ ? POLLIN : 0) |
                   (what & STRESS_WRITE ? POLLOUT : 0));
}

static int grow_entries(struct stress_loop *l)
{
    size_t room = l->room == 0 ? 64 : l->room * 2;
    struct pollfd *fds;
    void **data;

    if (l->n < l->room) {
        return 0;
    }
    fds = realloc(l->fds, room * sizeof(*fds));
    if (fds == NULL) {
        return -ENOMEM;
    }
    l->fds = fds;
    data = realloc(l->data, room * sizeof(*data));
    if (data == NULL) {
        return -ENOMEM;
    }
    l->data = data;
    l->room = room;
    return 0;
}

static int grow_places(struct stress_loop *l, size_t fd)
{
    size_t n = l->n_places == 0 ? 64 : l->n_places;
    size_t *place;

    while (n <= fd) {
        n *= 2;
    }
    if (n == l->n_places) {
        return 0;
    }
    place = realloc(l->place, n * sizeof(*place));
    if (place == NULL) {
        return -ENOMEM;
    }
    memset(place + l->n_places, 0, (n - l->n_places) * sizeof(*place));
    l->place = place;
    l->n_places = n;
    return 0;
}

int stress_loop_add(struct stress_loop *l, int fd, unsigned what, void *data)
{
    if (grow_entries(l) < 0 || grow_places(l, (size_t)fd) < 0) {
        return -ENOMEM;
    }
    l->fds[l->n] = (struct pollfd){.fd = fd, .events = poll_bits(what)};
    l->data[l->n] = data;
    l->place[fd] = ++l->n;
    return 0;
}

int stress_loop_change(struct stress_loop *l, int fd, unsigned what, void *data)
{
    size_t i = l->place[fd] - 1;

    l->fds[i].events = poll_bits(what);
    l->data[i] = data;
    return 0;
}

void stress_loop_remove(struct stress_loop *l, int fd)
{
    size_t i = l->place[fd] - 1;

    l->n--;
    l->fds[i] = l->fds[l->n];
    l->data[i] = l->data[l->n];
    l->place[l->fds[i].fd] = i + 1;
    l->place[fd] = 0;
}

static unsigned what_of(short bits)
{
    unsigned what = 0;

    if (bits & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) {
        what |= STRESS_READ;
    }
    if (bits & (POLLOUT | POLLERR | POLLHUP | POLLNVAL)) {
        what |= STRESS_WRITE;
    }
    return what;
}

static int wait_for(struct stress_loop *l, uint64_t timeout_ns)
{
#ifdef HAVE_PPOLL
    struct timespec ts = {.tv_sec = (time_t)(timeout_ns / 1000000000),
                          .tv_nsec = (long)(timeout_ns % 1000000000)};

    return ppoll(l->fds, (nfds_t)l->n, &ts, NULL);
#else
    return poll(l->fds, (nfds_t)l->n, (int)((timeout_ns + 999999) / 1000000));
#endif
}

void stress_loop_enter(void)
{
}

int stress_loop_wait(struct stress_loop *l, struct stress_event *events,
                     int max, uint64_t timeout_ns)
{
    int left = wait_for(l, timeout_ns);
    int n = 0;

    if (left < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    for (size_t seen = 0; seen < l->n && n < left && n < max; seen++) {
        size_t i = l->turn++ % l->n;

        if (l->fds[i].revents != 0) {
            events[n].data = l->data[i];
            events[n++].what = what_of(l->fds[i].revents);
        }
    }
    return n;
}
