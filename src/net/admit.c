/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From here on it is a client: it has a handle, and a worker will take it.
 */
#include "net/admit.h"

#include "base/check.h"
#include "base/clock.h"
#include "handle/state.h"
#include "handle/table.h"
#include "net/acceptor.h"
#include "os/address.h"

#include <unistd.h>

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
    if (++a->since_rouse >= BT_BUDGET) {
        a->since_rouse = 0;
        bt_dispatch_rouse(a->dispatch);
    }
}

bool bt_admit_full(const struct bt_acceptor *a)
{
    return atomic_load_explicit(&a->life->live, memory_order_relaxed) >=
           atomic_load_explicit(&a->life->max_clients, memory_order_relaxed);
}

/* Over max_clients: a worker gives the last words and lingers. */
static void refuse(struct bt_acceptor *a, struct baton_client *c, uint64_t now)
{
    c->flags |= BT_UNLISTED;
    atomic_fetch_add(&a->life->lingering, 1);
    bt_count(&a->refused);
    push(a, c, now);
}

void bt_admit(struct bt_acceptor *a, struct bt_listener *l, int fd,
              const struct sockaddr_storage *peer)
{
    uint64_t now = bt_now_ns();
    struct baton_client *c = bt_handle_new(&l->origin, a->next_id, &fd);

    if (!c) {
        close(fd);
        bt_count(&a->aborted);
        bt_pace_pause(&a->pace, now, BT_PAUSE_MS);
        return;
    }
    dress(a, c, l, peer, now);
    if (bt_admit_full(a)) {
        refuse(a, c, now);
        return;
    }
    if (bt_table_insert(a->table, a->record, c) < 0) {
        close(c->fd);
        c->fd = -1;
        bt_handle_free(c);
        bt_count(&a->aborted);
        bt_pace_pause(&a->pace, now, BT_PAUSE_MS);
        return;
    }
    a->next_id++;
    atomic_fetch_add_explicit(&a->life->live, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&l->origin.live, 1, memory_order_relaxed);
    bt_count(&a->accepted);
    bt_count(&l->origin.accepted);
    push(a, c, now);
}
