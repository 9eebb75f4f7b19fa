/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A turn is: send what waits, if the socket takes it; serve input that is left
 * over, or read once and serve that; send the replies with one write. What is
 * left to do decides where the client goes next: back to the ready list
 * (quantum used up, more to read), or to wait for the poller (input, output) or
 * for its service (parked).
 */
#include "worker/serve.h"

#include "base/check.h"
#include "os/socket.h"
#include "worker/close.h"
#include "worker/drain.h"
#include "worker/input.h"
#include "worker/reply.h"

#include <errno.h>

/* ---- What services ask and tell ---- */

/* Outside bytes() there is no input that could be left. */
static bool stop_here(struct baton_client *c, uint32_t why)
{
    if (bt_state(c) == BATON_SERVING) {
        c->flags |= why;
    }
    return false;
}

bool baton_more(struct baton_client *c)
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    if (bt_unlikely(c->flags & (BT_ENDING | BT_PARKED))) {
        return stop_here(c, BT_STOPPED);
    }
    if (bt_unlikely(w->quota == 0)) {
        return stop_here(c, BT_STOPPED);
    }
    if (bt_unlikely(baton_pending(c) > w->pause)) {
        return stop_here(c, BT_STOPPED | BT_PAUSED);
    }
    w->quota--;
    return true;
}

/* There is one client that is being served, whose quantum it is. */
void baton_enough(struct baton_client *c)
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    if (bt_state(c) == BATON_SERVING) {
        w->quota = 0;
    }
}

void baton_answered(struct baton_client *c)
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    bt_tally_add(&c->srm, 1);
    bt_tally_add(&w->tally.srm, 1);
    c->open_srm = 0;
}

void baton_park(struct baton_client *c)
{
    bt_assert(bt_state(c) == BATON_SERVING);
    c->flags |= BT_PARKED;
    c->open_srm = 1;
}

void baton_hold(struct baton_client *c)
{
    bt_assert(bt_state(c) == BATON_SERVING);
    c->flags |= BT_PARKED | BT_HELD;
}

void baton_keep(struct baton_client *c, bool on)
{
    c->flags = on ? c->flags | BT_KEEP : c->flags & ~(uint32_t)BT_KEEP;
}

void baton_resume(struct baton_client *c)
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    if (!(c->flags & BT_PARKED)) {
        return;
    }
    c->flags &= ~(uint32_t)(BT_PARKED | BT_HELD);
    bt_worker_ready(w, c);
}

/* ---- Reading ---- */

static void all_read(struct baton_worker *w, struct baton_client *c)
{
    c->flags &= ~(uint32_t)BT_READABLE;
    bt_poller_drained(w->poller, c->fd);
}

/* One read behind what is kept. Bytes in front of *p and from it; 0: none. */
static size_t read_once(struct baton_worker *w, struct baton_client *c,
                        char **p)
{
    size_t room, have;
    ssize_t n;

    if (bt_input_place(w, c, p, &room, &have) < 0) {
        baton_close(c, BATON_LIMIT);
        return 0;
    }
    room = bt_drain_room(c, room);
    n = bt_socket_read(c->fd, *p, room);
    if (n > 0) {
        bt_tally_add(&w->tally.bytes_in, (uint64_t)n);
        atomic_store_explicit(&c->active_ds, w->now_ds, memory_order_relaxed);
        if ((size_t)n < room && !(c->flags & BT_HUNGUP)) {
            all_read(w, c); /* less than asked for: the socket is empty */
        }
    } else if (n == 0) {
        c->flags |= BT_EOF_SEEN; /* nothing comes any more: not watched */
        c->flags &= ~(uint32_t)BT_READABLE;
    } else if (n == -EAGAIN) {
        c->flags &= ~(uint32_t)BT_HUNGUP;
        all_read(w, c);
    } else {
        baton_close(c, BATON_ERROR);
        c->flags |= BT_GONE;
    }
    bt_drain_read(c, n);
    *p -= have;
    if (n <= 0) { /* put back what was kept, if it was moved */
        if (have > 0 && !c->in && bt_input_keep(c, *p, have) < 0) {
            baton_close(c, BATON_LIMIT);
        }
        return 0;
    }
    return have + (size_t)n;
}

/* ---- Serving ---- */

static void feed(struct baton_worker *w, struct baton_client *c, const char *p,
                 size_t n)
{
    const struct baton_service *s = c->origin->service;
    ssize_t used;

    c->flags &= ~(uint32_t)(BT_STOPPED | BT_PAUSED);
    w->expect = 0;
    used = s->bytes(c, p, n);
    if (used < 0) {
        baton_close(c, BATON_PROTOCOL);
        used = (ssize_t)n;
    }
    bt_assert((size_t)used <= n);
    if (bt_input_keep(c, p + used, n - (size_t)used) < 0 ||
        (c->in && c->in->n - c->in->off > w->settings->input_limit)) {
        baton_close(c, BATON_LIMIT);
    }
    bt_input_expect(c, w->expect);
    if ((size_t)used == n) { /* stopped, but with nothing left to serve */
        c->flags &= ~(uint32_t)(BT_STOPPED | BT_PAUSED);
    } else if (c->flags & BT_PARKED) { /* the rest waits for the resume */
        c->flags |= BT_STOPPED;
    }
}

/* Serves what is there: input left over first, for it came first. */
static void serve_input(struct baton_worker *w, struct baton_client *c)
{
    char *p;
    size_t n;

    if (c->flags & BT_STOPPED) {
        feed(w, c, c->in->p + c->in->off, c->in->n - c->in->off);
        return;
    }
    n = read_once(w, c, &p);
    if (n > 0) {
        feed(w, c, p, n);
    }
}

static bool has_work(const struct baton_client *c)
{
    return (c->flags & BT_STOPPED) ||
           ((c->flags & BT_READABLE) && bt_drain_room(c, 1) > 0);
}

static bool over_pause(struct baton_worker *w, const struct baton_client *c)
{
    return baton_pending(c) > w->pause;
}

/* Where does the client go from here? */
static void decide(struct baton_worker *w, struct baton_client *c)
{
    if (c->flags & BT_ENDING) {
        return;
    }
    if (c->flags & BT_PARKED) {
        if (w->draining) { /* its answer will not come any more */
            baton_close(c, BATON_SHUTDOWN);
        } else if ((c->flags & BT_HUNGUP) &&
                   !(c->flags & BT_HELD)) { /* told before it was parked */
            bt_worker_ready(w, c);
        }
        return;
    }
    if ((c->flags & BT_EOF_SEEN) && !(c->flags & BT_STOPPED)) {
        if (!c->out) { /* all said: what is kept will never be whole */
            baton_close(c, BATON_EOF);
        }
        return;
    }
    if (has_work(c) && !over_pause(w, c)) {
        bt_worker_ready(w, c);
    }
    bt_drain_decide(w, c);
}

static void serve(struct baton_worker *w, struct baton_client *c)
{
    bt_worker_set_state(w, c, BATON_SERVING);
    w->quota = BT_REQUESTS;
    bt_reply_begin(w, c);
    serve_input(w, c);
    bt_reply_end(w);
    bt_worker_set_state(w, c,
                        c->flags & BT_PARKED ? BATON_BLOCKED : BATON_IDLE);
    decide(w, c);
}

/* A parked client that hangs up is gone: nobody will read its answer. */
static void look_after_parked(struct baton_client *c)
{
    if ((c->flags & BT_HUNGUP) && !(c->flags & BT_HELD)) {
        baton_close(c, BATON_EOF);
        c->flags |= BT_GONE;
    }
}

void bt_serve_resumed(struct baton_worker *w, struct baton_client *c)
{
    if (bt_state(c) == BATON_BLOCKED && !(c->flags & BT_PARKED)) {
        bt_worker_set_state(w, c, BATON_SERVING);
        bt_worker_set_state(w, c, BATON_IDLE);
    }
}

static void turn(struct baton_worker *w, struct baton_client *c)
{
    if (bt_state(c) == BATON_CLOSING) {
        bt_close_turn(w, c);
        return;
    }
    if (c->flags & BT_MOVE) { /* it was busy at the end of its last pass */
        bt_close_note(w, c);
    }
    if (c->flags & BT_WRITABLE) {
        bt_flush(w, c);
    }
    if (c->flags & BT_ENDING) {
        return;
    }
    if (c->flags & BT_PARKED) {
        look_after_parked(c);
        return;
    }
    bt_serve_resumed(w, c); /* from elsewhere */
    if (has_work(c) && !over_pause(w, c)) {
        serve(w, c);
    } else {
        decide(w, c);
    }
}

/* Those who had a turn and are not done go behind those who came since, or a
 * request that takes long would be waited for twice: when it runs, and when its
 * client's next one does. */
static void newcomers_first(struct baton_worker *w)
{
    struct baton_client **at = w->newcomers;
    struct baton_client *again = w->ready;

    if (at && *at) {
        w->ready = *at;
        *at = NULL;
        *w->ready_tail = again;
        w->ready_tail = at;
    }
}

void bt_serve_ready(struct baton_worker *w)
{
    newcomers_first(w);
    for (unsigned n = w->n_ready; n > 0; n--) {
        struct baton_client *c = w->ready;

        w->ready = c->next_ready;
        if (!w->ready) {
            w->ready_tail = &w->ready;
        }
        w->n_ready--;
        c->flags &= ~(uint32_t)BT_READY;
        turn(w, c);
    }
    /* A client leaves the list by its turn only: the place stays good. */
    w->newcomers = w->n_ready > 0 ? w->ready_tail : NULL;
}

void bt_serve_event(struct baton_worker *w, struct baton_client *c,
                    unsigned what)
{
    /* An event may be left over from before a move or a close. */
    if (atomic_load_explicit(&c->owner, memory_order_relaxed) != w ||
        bt_state(c) == BATON_CLOSED) {
        return;
    }
    c->flags |= (what & BT_IN ? BT_READABLE : 0u) |
                (what & BT_OUT ? BT_WRITABLE : 0u) |
                (what & BT_HUP ? BT_HUNGUP : 0u);
    bt_worker_ready(w, c);
}
