/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/hand.h"

#include "base/check.h"
#include "os/socket.h"
#include "worker/close.h"
#include "worker/drain.h"
#include "worker/inbox.h"
#include "worker/limit.h"
#include "worker/reply.h"

#include <errno.h>
#include <string.h>

static void welcome(struct baton_worker *w, struct baton_client *c)
{
    const struct baton_service *s = c->origin->service;

    bt_reply_begin(w, c);
    if (c->flags & BT_UNLISTED) {
        if (s->refusal) {
            baton_reply(c, s->refusal, strlen(s->refusal));
        }
        baton_close(c, BATON_REFUSED);
    } else {
        c->flags |= BT_OPENED;
        if (s->open && s->open(c) != 0) {
            baton_close(c, BATON_REFUSED);
        }
    }
    bt_reply_end(w);
}

static void count_taken(struct baton_worker *w, struct baton_client *c)
{
    uint32_t since = atomic_load_explicit(&c->queued_us, memory_order_relaxed);
    uint32_t waited = ((uint32_t)(w->now / 1000) - since) & ~BT_SINCE;

    if (waited > BT_SINCE / 2) { /* pushed after our pass began */
        waited = 0;
    }
    atomic_store_explicit(&c->queued_us, waited, memory_order_relaxed);
    bt_histogram_add(&w->dispatch->seats[w->index].wait, waited);
    if (!(c->flags & BT_UNLISTED)) {
        bt_tally_move(&w->tally.taken, 1);
        bt_tally_move(&w->tally.listed, 1);
    }
}

static void adopt(struct baton_worker *w, struct baton_client *c)
{
    atomic_store(&c->owner, w); /* before the look at its messages */
    bt_list_append(&w->clients, &c->link);
    count_taken(w, c);
    if (c->peer.family != BT_UNIX) {
        bt_socket_tune_tcp(c->fd, w->settings->nodelay,
                           atomic_load_explicit(&w->settings->keepalive_seconds,
                                                memory_order_relaxed));
    }
    bt_handle_set_state(c, BATON_IDLE);
    if (bt_poller_add(w->poller, c->fd, c) < 0) {
        baton_close(c, BATON_ERROR);
        return;
    }
    welcome(w, c);
    bt_inbox_messages(w, c);
    if (w->draining) {
        bt_drain_client(w, c);
    }
}

void bt_hand_take(struct baton_worker *w)
{
    struct baton_client *taken[BT_TAKE_MAX];
    unsigned n =
        bt_dispatch_take(w->dispatch, w->index, w->now, w->draining, taken);

    for (unsigned i = 0; i < n; i++) {
        adopt(w, taken[i]);
    }
    w->declined = n == 0 && bt_dispatch_depth(w->dispatch) > 0;
}

/* ---- Moves ---- */

int baton_move(struct baton_client *c, unsigned index)
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    if (index >= w->n_team) {
        return -EINVAL;
    }
    if (index == w->index) {
        c->flags &= ~(uint32_t)BT_MOVE;
        return -EALREADY;
    }
    if (!(c->flags & BT_ENDING)) {
        c->flags |= BT_MOVE;
        c->target = (uint16_t)index;
        bt_close_note(w, c);
    }
    return 0;
}

/* For now, or for good: a turn of c that finds BT_MOVE tries again. */
static void stay(struct baton_worker *w, struct baton_client *c)
{
    if (w->draining) {
        c->flags &= ~(uint32_t)BT_MOVE;
    }
    bt_list_remove(&c->link);
    bt_list_append(&w->clients, &c->link);
}

static void seat_add(struct baton_worker *w, int n)
{
    _Atomic unsigned *h = &w->dispatch->seats[w->index].handles;

    atomic_store_explicit(
        h, atomic_load_explicit(h, memory_order_relaxed) + (unsigned)n,
        memory_order_relaxed);
}

void bt_hand_over(struct baton_worker *w, struct baton_client *c)
{
    struct baton_worker *to = &w->team[c->target];
    const struct baton_service *s = c->origin->service;
    enum baton_state from = bt_state(c);

    /* Busy, or with a timer (a time-out of its service): not now. */
    if (w->draining || !(c->flags & BT_MOVE) || (c->flags & BT_READY) ||
        c->timer != BT_NO_TIMER || c->out ||
        (from != BATON_IDLE && from != BATON_BLOCKED)) {
        stay(w, c);
        return;
    }
    bt_check_soft_limit(w, c); /* it has no output: w counts it no longer */
    if (s->moved_out) {
        s->moved_out(c);
    }
    bt_poller_del(w->poller, c->fd);
    bt_list_remove(&c->link);
    c->flags &= ~(uint32_t)(BT_MOVE | BT_OUT_ASKED);
    c->was = (uint8_t)from;
    bt_handle_set_state(c, BATON_MOVING);
    if (from == BATON_BLOCKED) {
        bt_tally_move(&w->tally.blocked, -1);
    }
    bt_tally_move(&w->tally.moving, 1);
    bt_tally_move(&w->tally.listed, -1);
    seat_add(w, -1);
    atomic_store(&c->owner, to); /* messages go there from now on */
    bt_inbox_send(to, c);
}

static void arrive(struct baton_worker *w, struct baton_client *c)
{
    const struct baton_service *s = c->origin->service;

    bt_list_append(&w->clients, &c->link);
    bt_tally_move(&w->tally.moving, -1);
    bt_tally_move(&w->tally.listed, 1);
    seat_add(w, 1);
    bt_handle_set_state(c, (enum baton_state)c->was);
    if (c->was == BATON_BLOCKED) {
        bt_tally_move(&w->tally.blocked, 1);
    }
    if (s->moved_in) {
        s->moved_in(c);
    }
    /* Adding tells what is readable, whatever was told to the old worker. */
    if (bt_poller_add(w->poller, c->fd, c) < 0) {
        baton_close(c, BATON_ERROR);
        return;
    }
    bt_inbox_messages(w, c);
    if (c->flags & (BT_READABLE | BT_STOPPED)) {
        bt_worker_ready(w, c);
    }
    if (w->draining) {
        bt_drain_client(w, c);
    }
}

void bt_hand_arrivals(struct baton_worker *w)
{
    bt_inbox_arrivals(w, arrive);
}
