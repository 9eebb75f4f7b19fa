/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/acceptor.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/reclaim.h"
#include "handle/state.h"
#include "net/admit.h"
#include "os/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SWEEP_MS    500  /* how long a stop looks after the last arrivals */
#define BACKSTOP_MS 1000 /* longest wait: a lost wake-up costs this much */

enum verdict {
    GO_ON,
    NO_MORE,
    HOLD
};

void bt_acceptor_set_state(struct bt_acceptor *a, enum baton_server_state to)
{
    unsigned from = atomic_load_explicit(&a->life->state, memory_order_relaxed);

    bt_assert(bt_server_edge(from, to));
    atomic_store(&a->life->state, to);
}

/* ---- One master socket ---- */

static void starve(struct bt_acceptor *a, struct bt_listener *l, int error)
{
    bool log;
    unsigned n = bt_pace_starve(&a->pace, l->fd, bt_now_ns(), &log);

    for (unsigned i = 0; i < n; i++) {
        bt_count(&a->aborted);
    }
    if (atomic_load_explicit(&a->life->state, memory_order_relaxed) ==
        BATON_LISTENING) {
        bt_acceptor_set_state(a, BATON_STARVED);
    }
    if (log) {
        bt_logf(a->log, BT_LOG_WARNING,
                "Out of file descriptors (%s): new clients are turned away "
                "until some are free",
                strerror(error));
    }
}

/* What an error of accept means for the next one. */
static enum verdict after_error(struct bt_acceptor *a, struct bt_listener *l,
                                int error)
{
    switch (error) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return NO_MORE;
    case EINTR:
        return GO_ON;
    case EMFILE:
    case ENFILE:
        starve(a, l, error);
        return HOLD;
    case ENOMEM:
    case ENOBUFS:
        bt_pace_pause(&a->pace, bt_now_ns(), BT_PAUSE_MS);
        return HOLD;
    case ECONNABORTED: /* these took their connection with them */
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ETIMEDOUT:
    case ECONNRESET:
        bt_count(&a->aborted);
        return GO_ON;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
        bt_logf(a->log, BT_LOG_WARNING, "accept on %s: %s", l->address,
                strerror(error));
        bt_pace_pause(&a->pace, bt_now_ns(), 1000);
        return HOLD;
    default: /* who knows whether it comes again at once (EPERM) */
        bt_count(&a->aborted);
        bt_pace_pause(&a->pace, bt_now_ns(), BT_PAUSE_MS);
        return HOLD;
    }
}

static enum verdict accept_some(struct bt_acceptor *a, struct bt_listener *l)
{
    struct sockaddr_storage peer;

    for (unsigned i = 0; i < BT_BUDGET; i++) {
        enum verdict v = GO_ON;
        int fd;

        if (!bt_dispatch_room(a->dispatch)) {
            return HOLD;
        }
        if (bt_admit_full(a) &&
            atomic_load_explicit(&a->life->lingering, memory_order_relaxed) >=
                a->spare_fds) {
            bt_pace_pause(&a->pace, bt_now_ns(), BT_PAUSE_MS);
            return HOLD;
        }
        fd = bt_socket_accept(l->fd, &peer);
        if (fd >= 0) {
            bt_admit(a, l, fd, &peer);
        } else {
            v = after_error(a, l, -fd);
        }
        if (v != GO_ON) {
            return v;
        }
        if (a->pace.until && bt_pace_left(&a->pace, bt_now_ns())) {
            return HOLD;
        }
    }
    return GO_ON;
}

/* ---- The loop ---- */

/* How long the next wait may be; 0 in *armed: leave the masters alone. */
static int plan(struct bt_acceptor *a, bool *armed)
{
    uint64_t now = bt_now_ns();
    int left = bt_pace_left(&a->pace, now);

    *armed = false;
    if (left > 0) {
        return left;
    }
    if (bt_pace_recovered(&a->pace)) {
        bt_acceptor_set_state(a, BATON_LISTENING);
    } else if (a->pace.starved) {
        bt_pace_pause(&a->pace, now, BT_PAUSE_MS * 5);
    }
    if (bt_pace_all_clear(&a->pace, now)) {
        bt_logf(a->log, BT_LOG_NOTICE, "File descriptors are free again");
    }
    if (!bt_dispatch_room(a->dispatch) &&
        bt_dispatch_wait_for_room(a->dispatch)) {
        bt_dispatch_rouse(a->dispatch);
        return 100; /* a lost wake-up then costs a delay only */
    }
    *armed = true;
    return a->pace.starved ? BT_PAUSE_MS * 5 : BACKSTOP_MS;
}

static void wait_and_accept(struct bt_acceptor *a, struct pollfd *fds)
{
    bool armed;
    int timeout = plan(a, &armed);
    unsigned n = armed ? a->n_masters : 0;

    for (unsigned i = 0; i < n; i++) {
        fds[i + 1] = (struct pollfd){.fd = a->masters[i]->fd, .events = POLLIN};
    }
    if (poll(fds, n + 1, timeout) <= 0) {
        return;
    }
    if (fds[0].revents) {
        bt_wake_clear(&a->wake);
    }
    for (unsigned i = 0; i < n; i++) {
        unsigned at = (a->turn + i) % n;

        if (fds[at + 1].revents && accept_some(a, a->masters[at]) == HOLD) {
            break;
        }
    }
    a->turn++;
    if (bt_dispatch_depth(a->dispatch) > BT_TAKE_MAX) {
        bt_dispatch_rouse(a->dispatch);
    }
}

/* A stop: clients that are connected already, as far as the kernel tells, are
 * taken in; their requests may be on the way. */
static void last_sweep(struct bt_acceptor *a)
{
    uint64_t end = bt_now_ms() + SWEEP_MS;

    for (unsigned i = 0; i < a->n_masters; i++) {
        enum verdict v;

        do {
            v = accept_some(a, a->masters[i]);
            if (v == HOLD) {
                bt_dispatch_rouse(a->dispatch);
                poll(NULL, 0, 1);
            }
        } while (v != NO_MORE && bt_now_ms() < end &&
                 atomic_load(&a->life->stop) < 2);
    }
}

void *bt_acceptor_run(void *arg)
{
    struct bt_acceptor *a = arg;
    struct pollfd *fds = calloc(a->n_masters + 1, sizeof *fds);

    bt_assert(fds);
    fds[0] = (struct pollfd){.fd = a->wake.rd, .events = POLLIN};
    bt_pace_init(&a->pace);
    bt_acceptor_set_state(a, BATON_LISTENING);
    while (!atomic_load(&a->life->stop)) {
        wait_and_accept(a, fds);
        bt_record_poll(a->record);
    }
    bt_acceptor_set_state(a, BATON_DRAINING);
    last_sweep(a);
    for (unsigned i = 0; i < a->n_masters; i++) {
        bt_listener_close(a->masters[i]);
    }
    atomic_store(&a->life->finished, 1);
    for (unsigned i = 0; i < a->dispatch->n_seats; i++) {
        bt_dispatch_wake(a->dispatch, i);
    }
    bt_pace_fini(&a->pace);
    free(fds);
    return NULL;
}
