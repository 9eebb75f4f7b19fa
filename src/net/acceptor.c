/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/acceptor.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/reclaim.h"
#include "handle/state.h"
#include "handle/table.h"
#include "os/address.h"
#include "os/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUDGET      64   /* accepts from one master before the next's turn */
#define SWEEP_MS    500  /* how long a stop looks after the last arrivals */
#define PAUSE_MS    10   /* when memory, or room for the refused, is short */
#define BACKSTOP_MS 1000 /* longest wait: a lost wake-up costs this much */

enum verdict {
    GO_ON,
    NO_MORE,
    HOLD
};

static void count(_Atomic uint64_t *counter)
{
    atomic_store_explicit(
        counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
        memory_order_relaxed);
}

void bt_acceptor_set_state(struct bt_acceptor *a, enum baton_server_state to)
{
    unsigned from = atomic_load_explicit(&a->life->state, memory_order_relaxed);

    bt_assert(bt_server_edge(from, to));
    atomic_store(&a->life->state, to);
}

/* ---- One client ---- */

static void dress(struct bt_acceptor *a, struct baton_client *c,
                  struct bt_listener *l, const struct sockaddr_storage *peer,
                  uint64_t now)
{
    uint32_t ds = (uint32_t)((now - a->life->start_ns) / 100000000u);
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;

    c->peer = bt_addr_of(peer);
    c->local = l->origin.addr;
    if (l->path[0]) {
        c->peer.family = BT_UNIX; /* an unnamed peer has no address at all */
    } else if (bt_addr_wildcard(&c->local) &&
               getsockname(c->fd, (struct sockaddr *)&ss, &len) == 0) {
        c->local = bt_addr_of(&ss);
    }
    atomic_store_explicit(&c->since_ds, ds, memory_order_relaxed);
    atomic_store_explicit(&c->active_ds, ds, memory_order_relaxed);
    atomic_store_explicit(&c->queued_us, BT_SINCE | (uint32_t)(now / 1000),
                          memory_order_relaxed);
}

static void push(struct bt_acceptor *a, struct baton_client *c, uint64_t now)
{
    bt_handle_set_state(c, BATON_QUEUED);
    bt_assert(bt_dispatch_push(a->dispatch, &c, now) == 0); /* room was seen */
    if (++a->since_rouse >= BUDGET) {
        a->since_rouse = 0;
        bt_dispatch_rouse(a->dispatch);
    }
}

static bool is_full(const struct bt_acceptor *a)
{
    return atomic_load_explicit(&a->life->live, memory_order_relaxed) >=
           atomic_load_explicit(&a->life->max_clients, memory_order_relaxed);
}

/* Over max_clients: a worker gives the last words and lingers. */
static void refuse(struct bt_acceptor *a, struct baton_client *c, uint64_t now)
{
    c->flags |= BT_UNLISTED;
    atomic_fetch_add(&a->life->lingering, 1);
    count(&a->refused);
    push(a, c, now);
}

static void admit(struct bt_acceptor *a, struct bt_listener *l, int fd,
                  const struct sockaddr_storage *peer)
{
    uint64_t now = bt_now_ns();
    struct baton_client *c = bt_handle_new(&l->origin, a->next_id, &fd);

    if (!c) {
        close(fd);
        count(&a->aborted);
        bt_pace_pause(&a->pace, now, PAUSE_MS);
        return;
    }
    dress(a, c, l, peer, now);
    if (is_full(a)) {
        refuse(a, c, now);
        return;
    }
    if (bt_table_insert(a->table, a->record, c) < 0) {
        close(c->fd);
        c->fd = -1;
        bt_handle_free(c);
        count(&a->aborted);
        bt_pace_pause(&a->pace, now, PAUSE_MS);
        return;
    }
    a->next_id++;
    atomic_fetch_add_explicit(&a->life->live, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&l->origin.live, 1, memory_order_relaxed);
    count(&a->accepted);
    count(&l->origin.accepted);
    push(a, c, now);
}

/* ---- One master socket ---- */

static void starve(struct bt_acceptor *a, struct bt_listener *l, int error)
{
    bool log;
    unsigned n = bt_pace_starve(&a->pace, l->fd, bt_now_ns(), &log);

    for (unsigned i = 0; i < n; i++) {
        count(&a->aborted);
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
        bt_pace_pause(&a->pace, bt_now_ns(), PAUSE_MS);
        return HOLD;
    case ECONNABORTED: /* these took their connection with them */
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ETIMEDOUT:
    case ECONNRESET:
        count(&a->aborted);
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
        count(&a->aborted);
        bt_pace_pause(&a->pace, bt_now_ns(), PAUSE_MS);
        return HOLD;
    }
}

static enum verdict accept_some(struct bt_acceptor *a, struct bt_listener *l)
{
    struct sockaddr_storage peer;

    for (unsigned i = 0; i < BUDGET; i++) {
        enum verdict v = GO_ON;
        int fd;

        if (!bt_dispatch_room(a->dispatch)) {
            return HOLD;
        }
        if (is_full(a) &&
            atomic_load_explicit(&a->life->lingering, memory_order_relaxed) >=
                a->spare_fds) {
            bt_pace_pause(&a->pace, bt_now_ns(), PAUSE_MS);
            return HOLD;
        }
        fd = bt_socket_accept(l->fd, &peer);
        if (fd >= 0) {
            admit(a, l, fd, &peer);
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
        bt_pace_pause(&a->pace, now, PAUSE_MS * 5);
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
    return a->pace.starved ? PAUSE_MS * 5 : BACKSTOP_MS;
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
