/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/close.h"

#include "base/check.h"
#include "base/reclaim.h"
#include "handle/message.h"
#include "handle/table.h"
#include "os/socket.h"
#include "worker/hand.h"
#include "worker/input.h"
#include "worker/reply.h"

#include <errno.h>
#include <unistd.h>

static struct baton_worker *worker_of(const struct baton_client *c)
{
    return atomic_load_explicit(&c->owner, memory_order_relaxed);
}

void bt_close_note(struct baton_worker *w, struct baton_client *c)
{
    bt_list_remove(&c->link);
    bt_list_append(&w->ends, &c->link);
}

bool baton_is_closing(const struct baton_client *c)
{
    return (c->flags & (BT_ENDING | BT_GONE)) != 0;
}

void baton_close(struct baton_client *c, enum baton_reason reason)
{
    if (!(c->flags & BT_ENDING)) {
        c->flags |= BT_ENDING;
        c->reason = (uint8_t)reason;
        bt_close_note(worker_of(c), c);
    }
}

/* ---- closing -> closed ---- */

static void free_dead(void *p)
{
    struct baton_client *c = p;

    for (struct baton_message *m = bt_msg_take(c), *next; m; m = next) {
        next = m->next;
        bt_msg_release(m);
    }
    if (atomic_load(&c->notified)) {
        c->flags |= BT_DEAD; /* its node is in our inbox: freed from there */
        return;
    }
    bt_handle_free(c);
}

/* Whoever sees the number of the living fall finds everything else of the end
 * done: the handle out of the table, its fd closed, all other counters moved.
 * So this one falls last, by a release that baton_stats() acquires. */
static void count_closed(struct baton_worker *w, struct baton_client *c)
{
    struct bt_seat *seat = &w->dispatch->seats[w->index];

    atomic_store_explicit(
        &seat->handles,
        atomic_load_explicit(&seat->handles, memory_order_relaxed) - 1,
        memory_order_relaxed);
    if (c->flags & BT_UNLISTED) {
        atomic_fetch_sub(&w->life->lingering, 1);
        return;
    }
    bt_tally_move(&w->tally.listed, -1);
    bt_tally_move(&w->tally.closing, -1);
    bt_tally_add(&w->tally.closed[c->reason], 1);
    atomic_fetch_sub_explicit(&c->origin->live, 1, memory_order_relaxed);
    atomic_fetch_sub(&w->life->live, 1);
}

/* Out of the table, the fd closed. In this order: while the fd is open its
 * number cannot live again, so nobody finds a handle with a stranger's fd. */
static void finish(struct baton_worker *w, struct baton_client *c)
{
    bt_timer_cancel(&w->timers, c);
    bt_drop_output(w, c);
    bt_input_drop(c);
    if (!(c->flags & BT_UNLISTED)) {
        bt_table_remove(w->table, w->record, c);
    }
    bt_poller_closing(w->poller, c->fd);
    close(c->fd);
    c->fd = -1;
    bt_list_remove(&c->link);
    count_closed(w, c);
    bt_handle_set_state(c, BATON_CLOSED);
    bt_retire(w->record, c, free_dead);
}

/* ---- lingering ---- */

static void gone(struct baton_client *c)
{
    c->flags |= BT_GONE;
    bt_close_note(worker_of(c), c);
}

static void lingered_enough(struct baton_client *c)
{
    gone(c);
}

/* Throws input away. True when the peer has closed, or had its share. */
static bool thrown_away(struct baton_worker *w, struct baton_client *c)
{
    for (unsigned i = 0; i < 4; i++) {
        ssize_t n = bt_socket_read(c->fd, w->rbuf, BT_READ_SIZE);

        if (n == -EAGAIN) {
            c->flags &= ~(uint32_t)BT_READABLE;
            bt_poller_drained(w->poller, c->fd);
            return false;
        }
        if (n <= 0) {
            return true;
        }
        c->drain_left += (uint32_t)n; /* here: thrown away so far */
        if (c->drain_left > BT_LINGER_MAX) {
            return true;
        }
    }
    c->flags |= BT_READABLE; /* the poller will not tell it again */
    bt_worker_ready(w, c);
    return false;
}

/* How long last words may take: while the peer reads, they may; a stop gives
 * what is unsent all its time. */
static uint64_t linger_until(const struct baton_worker *w,
                             const struct baton_client *c)
{
    uint64_t at = w->now + BT_LINGER_MS * 1000000ull;

    return w->draining && c->out ? w->deadline : at;
}

static void more_time(struct baton_worker *w, struct baton_client *c)
{
    if (bt_timer_set(&w->timers, c, linger_until(w, c), lingered_enough) < 0) {
        c->flags |= BT_GONE;
    }
}

/* Once the last words are out. */
static void begin_lingering(struct baton_worker *w, struct baton_client *c)
{
    more_time(w, c);
    bt_socket_shutdown_write(c->fd);
    c->flags |= BT_LINGERING;
    c->drain_left = 0;
    if (thrown_away(w, c)) {
        c->flags |= BT_GONE;
    }
}

static void send_last_words(struct baton_worker *w, struct baton_client *c)
{
    size_t before = baton_pending(c);

    if (c->flags & BT_WRITABLE) {
        bt_flush(w, c);
    }
    if (c->flags & BT_GONE) {
        return;
    }
    if (!c->out) {
        begin_lingering(w, c);
    } else if (baton_pending(c) < before) {
        more_time(w, c);
    }
}

void bt_close_turn(struct baton_worker *w, struct baton_client *c)
{
    if (c->flags & BT_GONE) {
        return;
    }
    if (!(c->flags & BT_LINGERING)) {
        send_last_words(w, c);
    } else if ((c->flags & BT_READABLE) && thrown_away(w, c)) {
        c->flags |= BT_GONE;
    }
    if (c->flags & BT_GONE) {
        gone(c);
    }
}

/* ---- any -> closing ---- */

static bool lingers(const struct baton_client *c)
{
    switch ((enum baton_reason)c->reason) {
    case BATON_QUIT:
    case BATON_PROTOCOL:
    case BATON_REFUSED:
    case BATON_SERVICE:
    case BATON_SHUTDOWN:
        return true;
    default:
        return false;
    }
}

/* A killed client's words and what it sent meanwhile: no more than the kernel
 * takes and gives at once, so that the close is not a reset if possible. */
static void part(struct baton_worker *w, struct baton_client *c)
{
    if (c->reason == BATON_KILLED) {
        if (c->out) {
            bt_flush(w, c);
        }
        bt_socket_shutdown_write(c->fd);
        c->drain_left = 0;
        thrown_away(w, c);
    }
    c->flags |= BT_GONE;
}

static void leave_state(struct baton_worker *w, struct baton_client *c)
{
    enum baton_state from = bt_state(c);

    bt_handle_set_state(c, BATON_CLOSING);
    if (c->flags & BT_UNLISTED) {
        return;
    }
    bt_tally_move(&w->tally.closing, 1);
    if (from == BATON_BLOCKED) {
        bt_tally_move(&w->tally.blocked, -1);
    }
}

static void begin_closing(struct baton_worker *w, struct baton_client *c)
{
    const struct baton_service *s = c->origin->service;

    leave_state(w, c);
    bt_timer_cancel(&w->timers, c);
    bt_input_drop(c);
    c->flags &= ~(uint32_t)(BT_STOPPED | BT_PARKED | BT_HELD | BT_PAUSED);
    if (c->open_srm) {
        c->open_srm = 0;
        bt_tally_add(&w->tally.dropped, 1);
    }
    if ((c->flags & BT_OPENED) && s->close) {
        s->close(c, (enum baton_reason)c->reason);
    }
    if (c->flags & BT_GONE) {
        return;
    }
    if (!lingers(c)) {
        part(w, c);
        return;
    }
    if (c->out) {
        more_time(w, c);
    } else {
        begin_lingering(w, c);
    }
}

static void end(struct baton_worker *w, struct baton_client *c)
{
    if (bt_state(c) != BATON_CLOSING) {
        begin_closing(w, c);
    }
    if (!(c->flags & BT_GONE)) { /* it lingers */
        bt_list_remove(&c->link);
        bt_list_append(&w->clients, &c->link);
    } else if (c->flags & BT_READY) { /* in the ready list: next pass */
        bt_list_remove(&c->link);
        bt_list_append(&w->ends, &c->link);
    } else {
        finish(w, c);
    }
}

void bt_close_ends(struct baton_worker *w)
{
    struct bt_list *last = w->ends.prev;

    while (!bt_list_empty(&w->ends)) {
        struct bt_list *l = w->ends.next;
        struct baton_client *c = bt_container(l, struct baton_client, link);

        if (c->flags & BT_ENDING) {
            end(w, c);
        } else {
            bt_hand_over(w, c);
        }
        if (l == last) { /* what was noted meanwhile waits for its pass */
            break;
        }
    }
}

void bt_close_all(struct baton_worker *w, enum baton_reason reason)
{
    while (!bt_list_empty(&w->clients)) {
        struct baton_client *c =
            bt_container(w->clients.next, struct baton_client, link);

        baton_close(c, reason);
        c->flags |= BT_GONE;
        bt_close_note(w, c);
    }
}
