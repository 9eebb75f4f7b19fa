/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/drain.h"

#include "base/check.h"
#include "os/socket.h"
#include "worker/close.h"
#include "worker/inbox.h"

#define QUIET_DS 10 /* tenths of a second */

/* Silent for a while and with nothing on the way either way that we know of:
 * no last words to linger for. */
static bool is_quiet(const struct baton_worker *w, const struct baton_client *c,
                     size_t waiting)
{
    uint32_t active = atomic_load_explicit(&c->active_ds, memory_order_relaxed);

    return waiting == 0 && !c->out && !c->in && w->now_ds >= active + QUIET_DS;
}

void bt_drain_client(struct baton_worker *w, struct baton_client *c)
{
    size_t waiting;

    if (c->flags & (BT_ENDING | BT_DRAIN)) {
        return;
    }
    if (c->flags & BT_PARKED) { /* its answer will not come any more */
        baton_close(c, BATON_SHUTDOWN);
        return;
    }
    waiting = bt_socket_waiting(c->fd);
    if (is_quiet(w, c, waiting)) {
        baton_close(c, BATON_SHUTDOWN);
        c->flags |= BT_GONE;
        return;
    }
    c->flags |= BT_DRAIN;
    c->drain_left = waiting > UINT32_MAX ? UINT32_MAX : (uint32_t)waiting;
    if (waiting > 0) {
        c->flags |= BT_READABLE;
    } else {
        c->flags &= ~(uint32_t)BT_READABLE;
    }
    bt_worker_ready(w, c);
}

size_t bt_drain_room(const struct baton_client *c, size_t room)
{
    return (c->flags & BT_DRAIN) && c->drain_left < room ? c->drain_left : room;
}

void bt_drain_read(struct baton_client *c, ssize_t n)
{
    if (!(c->flags & BT_DRAIN)) {
        return;
    }
    if (n > 0 && (size_t)n < c->drain_left) {
        c->drain_left -= (uint32_t)n;
        c->flags |= BT_READABLE;
    } else {
        c->drain_left = 0;
        c->flags &= ~(uint32_t)BT_READABLE;
    }
}

void bt_drain_decide(struct baton_worker *w, struct baton_client *c)
{
    (void)w;
    if ((c->flags & BT_DRAIN) && c->drain_left == 0 &&
        !(c->flags & BT_STOPPED)) {
        baton_close(c, BATON_SHUTDOWN);
    }
}

static void begin(struct baton_worker *w)
{
    unsigned ms = atomic_load(&w->settings->shutdown_ms);

    w->draining = true;
    w->deadline = w->now + ms * 1000000ull;
    /* Those that were to be moved stay: nobody is left out between lists. */
    for (struct bt_list *l = w->ends.next, *next; l != &w->ends; l = next) {
        struct baton_client *c = bt_container(l, struct baton_client, link);

        next = l->next;
        if (!(c->flags & BT_ENDING)) {
            c->flags &= ~(uint32_t)BT_MOVE;
            bt_list_remove(l);
            bt_list_append(&w->clients, l);
        }
    }
    for (struct bt_list *l = w->clients.next, *next; l != &w->clients;
         l = next) {
        next = l->next; /* baton_close() moves the link to another list */
        bt_drain_client(w, bt_container(l, struct baton_client, link));
    }
}

/* Is there a client that has not had all its words? One that lingers has. */
static bool unserved(const struct baton_worker *w)
{
    for (struct bt_list *l = w->clients.next; l != &w->clients; l = l->next) {
        struct baton_client *c = bt_container(l, struct baton_client, link);

        if (!(c->flags & (BT_LINGERING | BT_GONE))) {
            return true;
        }
    }
    return false;
}

void bt_drain_watch(struct baton_worker *w)
{
    unsigned stop = atomic_load_explicit(&w->life->stop, memory_order_relaxed);

    if (!stop) {
        return;
    }
    if (!w->draining) {
        begin(w);
    }
    if (stop > 1 || w->now >= w->deadline) {
        if (stop == 1 && unserved(w)) {
            atomic_store(&w->timed_out, 1);
        }
        bt_close_all(w, BATON_SHUTDOWN);
    }
}

/* Jobs may lie in the inbox still, or come without end: the last pass runs
 * those that were taken. */
bool bt_drain_done(struct baton_worker *w)
{
    const struct bt_life *life = w->life;

    return w->draining && atomic_load(&life->finished) &&
           bt_dispatch_depth(w->dispatch) == 0 &&
           atomic_load(&life->live) == 0 &&
           atomic_load(&life->lingering) == 0 && !bt_inbox_handles(&w->inbox);
}
