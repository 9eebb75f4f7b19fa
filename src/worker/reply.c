/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/reply.h"

#include "base/check.h"
#include "os/socket.h"
#include "worker/limit.h"

#include <errno.h>
#include <string.h>

#define PIECES   64 /* in one writev */
#define ROUNDS   4  /* writes for one client before the next one's turn */
#define MAX_NEED 4096

static struct baton_worker *worker_of(const struct baton_client *c)
{
    return atomic_load_explicit(&c->owner, memory_order_relaxed);
}

static void publish(struct baton_client *c)
{
    size_t n = c->out ? c->out->bytes : 0;
    uint32_t now = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
    uint32_t was = atomic_load_explicit(&c->out_bytes, memory_order_relaxed);

    if (now != was) {
        atomic_store_explicit(&c->out_bytes, now, memory_order_relaxed);
        bt_tally_move(&worker_of(c)->tally.buffers,
                      (int64_t)now - (int64_t)was);
    }
}

/* ---- Making replies ---- */

/* Replies to a client that is closing go nowhere. Those made in the callback
 * that asked for the close still count. */
static bool deaf(const struct baton_client *c)
{
    return (c->flags & BT_GONE) || bt_state(c) == BATON_CLOSING;
}

static int out_of_memory(struct baton_client *c)
{
    baton_close(c, BATON_LIMIT);
    c->flags |= BT_GONE;
    return -ENOMEM;
}

static int need_queue(struct baton_client *c)
{
    if (!c->out) {
        c->out = bt_outq_new();
    }
    return c->out ? 0 : out_of_memory(c);
}

/* Moves the output buffer's bytes into the queue. */
static int spill(struct baton_worker *w, struct baton_client *c)
{
    int r = 0;

    if (w->current == c && w->o_n > 0) {
        r = need_queue(c);
        if (r == 0 && bt_outq_copy(c->out, w->obuf, w->o_n) < 0) {
            r = out_of_memory(c);
        }
        w->o_n = 0;
    }
    return r;
}

/* Output made outside c's own callbacks is sent when its turn comes. */
static void note_foreign(struct baton_worker *w, struct baton_client *c)
{
    if (w->current != c && !(c->flags & BT_OUT_ASKED)) {
        c->flags |= BT_WRITABLE;
        bt_worker_ready(w, c);
    }
    publish(c);
}

int baton_reply(struct baton_client *c, const void *p, size_t n)
{
    struct baton_worker *w = worker_of(c);
    int r = 0;

    if (deaf(c)) {
        return 0;
    }
    if (w->current == c && n <= BT_OUT_SIZE - w->o_n) {
        memcpy(w->obuf + w->o_n, p, n);
        w->o_n += n;
    } else {
        r = spill(w, c);
        r = r < 0 ? r : need_queue(c);
        if (r == 0 && bt_outq_copy(c->out, p, n) < 0) {
            r = out_of_memory(c);
        }
        note_foreign(w, c);
    }
    return r == 0 && c->limits ? bt_over_limit(w, c) : r;
}

int baton_reply_ref(struct baton_client *c, const void *p, size_t n,
                    void (*release)(void *arg), void *arg)
{
    struct baton_worker *w = worker_of(c);
    int r;

    if (deaf(c)) {
        release(arg);
        return 0;
    }
    r = spill(w, c);
    r = r < 0 ? r : need_queue(c);
    if (r == 0 && bt_outq_ref(c->out, p, n, release, arg) < 0) {
        r = out_of_memory(c);
    }
    if (r < 0) {
        release(arg);
        return r;
    }
    note_foreign(w, c);
    return c->limits ? bt_over_limit(w, c) : 0;
}

char *baton_room(struct baton_client *c, size_t need, size_t *room)
{
    struct baton_worker *w = worker_of(c);

    bt_assert(need <= MAX_NEED);
    if (deaf(c) || w->current != c) {
        *room = MAX_NEED;
        return w->sink;
    }
    if (BT_OUT_SIZE - w->o_n < need && spill(w, c) < 0) {
        *room = MAX_NEED;
        return w->sink;
    }
    *room = BT_OUT_SIZE - w->o_n;
    return w->obuf + w->o_n;
}

void baton_wrote(struct baton_client *c, size_t n)
{
    struct baton_worker *w = worker_of(c);

    if (deaf(c)) {
        return;
    }
    if (w->current != c) { /* it was written to the sink: pass it on */
        baton_reply(c, w->sink, n);
        return;
    }
    w->o_n += n;
    if (c->limits) {
        bt_over_limit(w, c);
    }
}

size_t baton_pending(const struct baton_client *c)
{
    return bt_pending(worker_of(c), c);
}

/* ---- Sending ---- */

static void ask_poller(struct baton_worker *w, struct baton_client *c, bool on)
{
    if (on != !!(c->flags & BT_OUT_ASKED)) {
        c->flags ^= BT_OUT_ASKED;
        if (bt_poller_want_out(w->poller, c->fd, c, on) < 0) {
            baton_close(c, BATON_ERROR);
        }
    } else if (on) { /* told once only, by back ends without edges */
        bt_poller_want_out(w->poller, c->fd, c, true);
    }
}

static void broken(struct baton_worker *w, struct baton_client *c)
{
    bt_drop_output(w, c);
    baton_close(c, BATON_ERROR);
    c->flags |= BT_GONE;
}

void bt_drop_output(struct baton_worker *w, struct baton_client *c)
{
    bt_leave_soft(w, c);
    bt_outq_free(&c->out);
    if (w->current == c) {
        w->o_n = 0;
    }
    publish(c);
}

/* The common case: nothing was queued and the socket takes it all. */
static void send_buffer(struct baton_worker *w, struct baton_client *c)
{
    ssize_t n = bt_socket_write(c->fd, w->obuf, w->o_n);

    if (n < 0 && n != -EAGAIN) {
        broken(w, c);
        return;
    }
    n = n < 0 ? 0 : n;
    bt_tally_add(&w->tally.bytes_out, (uint64_t)n);
    if ((size_t)n == w->o_n) {
        w->o_n = 0;
        return;
    }
    memmove(w->obuf, w->obuf + n, w->o_n - (size_t)n);
    w->o_n -= (size_t)n;
    spill(w, c);
    publish(c);
    ask_poller(w, c, true);
}

/* One writev of what is queued; true when it went whole and there is more. */
static bool send_queue(struct baton_worker *w, struct baton_client *c)
{
    struct iovec iov[PIECES];
    unsigned n = bt_outq_gather(c->out, iov, PIECES);
    size_t want = 0;
    ssize_t r;

    for (unsigned i = 0; i < n; i++) {
        want += iov[i].iov_len;
    }
    r = bt_socket_writev(c->fd, iov, n);
    if (r < 0 && r != -EAGAIN) {
        broken(w, c);
        return false;
    }
    r = r < 0 ? 0 : r;
    bt_tally_add(&w->tally.bytes_out, (uint64_t)r);
    bt_outq_sent(c->out, (size_t)r);
    if ((size_t)r < want) {
        publish(c);
        ask_poller(w, c, true);
        return false;
    }
    return c->out->bytes > 0;
}

static void emptied(struct baton_worker *w, struct baton_client *c)
{
    bt_drop_output(w, c);
    if (c->flags & BT_OUT_ASKED) {
        ask_poller(w, c, false);
    }
}

void bt_flush(struct baton_worker *w, struct baton_client *c)
{
    bool more = true;

    c->flags &= ~(uint32_t)BT_WRITABLE;
    if (!c->out) {
        if (w->current == c && w->o_n > 0) {
            send_buffer(w, c);
        }
        return;
    }
    if (spill(w, c) < 0) {
        return;
    }
    for (unsigned i = 0; more && i < ROUNDS; i++) {
        more = send_queue(w, c);
    }
    if (more) { /* others first */
        publish(c);
        c->flags |= BT_WRITABLE;
        bt_worker_ready(w, c);
    } else if (c->out && c->out->bytes == 0) {
        emptied(w, c);
    }
}

void bt_reply_begin(struct baton_worker *w, struct baton_client *c)
{
    bt_assert(!w->current && w->o_n == 0);
    w->current = c;
}

void bt_reply_end(struct baton_worker *w)
{
    struct baton_client *c = w->current;

    if (c->flags & BT_GONE) {
        bt_drop_output(w, c);
    } else if (c->flags & BT_OUT_ASKED) {
        spill(w, c); /* the socket is full: the poller will tell */
        publish(c);
    } else if (w->o_n > 0 || c->out) {
        bt_flush(w, c);
    }
    w->current = NULL;
    w->o_n = 0;
}
