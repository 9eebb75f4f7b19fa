/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/receive.c -- what comes in over a connection (client.h).
 *
 * One read and one write per event. Bytes are read into the worker's buffer
 * and judged in place; only a reply that is not whole yet is kept, and only
 * the rest of a batch that the socket did not take.
 */
#include "stress/client.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/judge.h"
#include "stress/life.h"
#include "stress/transfer.h"
#include "stress/worker.h"

/* All that was asked for has been answered. */
static void batch_done(struct stress_client *c, struct stress_worker *w,
                       uint64_t now)
{
    if (c->state == STRESS_GREETING) {
        w->n_connecting--;
        stress_tally_add(&w->tally, STRESS_OPENED, 1);
        stress_histogram_add(&w->tally.connect, now - c->opened_at);
        stress_life_begin(c, w);
        c->state = STRESS_READY;
    } else {
        stress_client_set_busy(c, w, false);
        c->failures = 0;
    }
    if (stress_life_over(c, w)) {
        stress_life_leave(c, w);
        return;
    }
    stress_client_next(c, w);
}

static void consume(struct stress_client *c, struct stress_worker *w,
                    const char *buf, size_t len)
{
    bool had_some = c->head != c->tail;
    uint64_t now = stress_now();
    struct stress_reply r;
    ssize_t n = 0;

    w->now = now;
    while (len > 0) {
        n = stress_parse(&c->parser, buf, len, &r);
        if (n <= 0) {
            break;
        }
        if (c->role == STRESS_SUBSCRIBER && c->head == c->tail) {
            stress_listener_message(c, w, &r, now);
        } else if (!stress_judge(c, w, &r, now)) {
            stress_client_fail(c, w, "connection refused by the server");
            return;
        }
        buf += n;
        len -= (size_t)n;
    }
    if (n < 0) {
        stress_tally_fault(&w->tally, STRESS_UNEXPECTED, 1);
        stress_client_fail(c, w, "what came is not the Redis protocol");
        return;
    }
    if (stress_transfer_keep(c, buf, len) < 0) {
        stress_client_fail(c, w, "out of memory");
    } else if (had_some && c->head == c->tail) {
        batch_done(c, w, now);
    }
}

static void receive(struct stress_client *c, struct stress_worker *w)
{
    char *buf = w->input;
    size_t room = STRESS_INPUT_BYTES;
    ssize_t n;

    if (c->rest_len > 0) {
        if (stress_transfer_room(c, c->rest_len + STRESS_INPUT_BYTES / 2) < 0) {
            stress_client_fail(c, w, "out of memory");
            return;
        }
        buf = c->rest;
        room = c->rest_room - c->rest_len;
    }
    n = read(c->fd, buf + c->rest_len, room);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return;
    }
    if (c->state == STRESS_LEAVING) {
        if (n > 0) {
            stress_tally_fault(&w->tally, STRESS_UNEXPECTED, 1);
        }
        stress_life_again(c, w);
        return;
    }
    if (n <= 0) {
        stress_client_fail(c, w,
                           n == 0 ? "closed by the server" : strerror(errno));
        return;
    }
    stress_tally_add(&w->tally, STRESS_BYTES_IN, (uint64_t)n);
    consume(c, w, buf, c->rest_len + (size_t)n);
}

void stress_client_event(struct stress_client *c, struct stress_worker *w,
                         unsigned what)
{
    if (c->state == STRESS_CONNECTING) {
        stress_life_greet(c, w);
        return;
    }
    if ((what & STRESS_WRITE) && c->unsent_len > 0) {
        stress_transfer_flush(c, w);
    }
    if ((what & STRESS_READ) && c->fd >= 0) {
        receive(c, w);
    }
}
