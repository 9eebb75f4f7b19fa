/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/transfer.c -- a client's bytes: what is on its way out, and in.
 */
#include "stress/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/worker.h"

#define KEEP_ROOM STRESS_INPUT_BYTES

void stress_transfer_drop(struct stress_client *c)
{
    free(c->rest);
    free(c->unsent);
    c->rest = c->unsent = NULL;
    c->rest_len = c->rest_room = 0;
    c->unsent_at = c->unsent_len = c->unsent_room = 0;
    stress_parser_init(&c->parser);
}

/* Keeps what the socket has not taken, behind what is kept already. */
static int keep_unsent(struct stress_client *c, const char *from, size_t len)
{
    size_t end = c->unsent_at + c->unsent_len;

    if (c->unsent_len > 0 && end + len > c->unsent_room && c->unsent_at > 0) {
        memmove(c->unsent, c->unsent + c->unsent_at, c->unsent_len);
        c->unsent_at = 0;
        end = c->unsent_len;
    }
    if (end + len > c->unsent_room) {
        size_t room = (end + len) * 2;
        char *unsent = realloc(c->unsent, room);

        if (unsent == NULL) {
            return -ENOMEM;
        }
        c->unsent = unsent;
        c->unsent_room = room;
    }
    memcpy(c->unsent + end, from, len);
    c->unsent_len += len;
    return 0;
}

static void note_delay(struct stress_worker *w, uint64_t ns)
{
    stress_histogram_add(&w->tally.delay, ns);
    if (ns > STRESS_LATE_NS) {
        stress_tally_add(&w->tally, STRESS_LATE, 1);
    }
}

/* Sends w->output, whose requests are the last n of the window. A write that
 * fails is left to the next read, which may still find last words of the server
 * before it finds the same error. */
void stress_transfer_send(struct stress_client *c, struct stress_worker *w,
                          size_t len, uint32_t n_requests)
{
    uint64_t now = stress_now();
    ssize_t n = 0;

    for (uint32_t i = c->tail - n_requests; i != c->tail; i++) {
        struct stress_slot *s = stress_slot(c, i);

        s->sent_at = now;
        if (w->run->options.open && w->phase == STRESS_RUN &&
            c->role == STRESS_LOAD && s->act < STRESS_HELLO) {
            note_delay(w, now - s->intended_at);
        }
    }
    stress_tally_add(&w->tally, STRESS_BYTES_OUT, len);
    if (c->unsent_len == 0) {
        n = write(c->fd, w->output, len);
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK &&
            errno != EINTR) {
            return;
        }
        n = n < 0 ? 0 : n;
        if ((size_t)n < len) {
            stress_loop_change(w->loop, c->fd, STRESS_READ | STRESS_WRITE, c);
        }
    }
    if ((size_t)n < len && keep_unsent(c, w->output + n, len - (size_t)n) < 0) {
        stress_client_fail(c, w, "out of memory");
    }
}

void stress_transfer_flush(struct stress_client *c, struct stress_worker *w)
{
    ssize_t n = write(c->fd, c->unsent + c->unsent_at, c->unsent_len);

    if (n < 0) {
        return;
    }
    c->unsent_at += (size_t)n;
    c->unsent_len -= (size_t)n;
    if (c->unsent_len == 0) {
        free(c->unsent);
        c->unsent = NULL;
        c->unsent_at = c->unsent_room = 0;
        stress_loop_change(w->loop, c->fd, STRESS_READ, c);
    }
}

int stress_transfer_room(struct stress_client *c, size_t wanted)
{
    size_t room = c->rest_room == 0 ? 4096 : c->rest_room;
    char *rest;

    while (room < wanted) {
        room *= 2;
    }
    if (room == c->rest_room) {
        return 0;
    }
    rest = realloc(c->rest, room);
    if (rest == NULL) {
        return -ENOMEM;
    }
    c->rest = rest;
    c->rest_room = room;
    return 0;
}

/* Keeps the last bytes of what was read: the beginning of a reply. */
int stress_transfer_keep(struct stress_client *c, const char *from, size_t len)
{
    if (len > 0 && from == c->rest) {
        c->rest_len = len;
        return 0;
    }
    if (len > 0 && c->rest_len == 0 && stress_transfer_room(c, len) < 0) {
        return -ENOMEM;
    }
    if (len > 0) {
        memmove(c->rest, from, len);
    } else if (c->rest_room > KEEP_ROOM) {
        free(c->rest);
        c->rest = NULL;
        c->rest_room = 0;
    }
    c->rest_len = len;
    return 0;
}
