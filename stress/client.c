/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/client.c -- one connection: its window, its batches, how it ends.
 */
#include "stress/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress/clock.h"
#include "stress/judge.h"
#include "stress/life.h"
#include "stress/request.h"
#include "stress/transfer.h"
#include "stress/worker.h"

#define FAILURES_MAX   8
#define PAUSE_FIRST_NS (100 * STRESS_NS_PER_MS)
#define PAUSE_MAX_NS   STRESS_NS_PER_S

int stress_client_init(struct stress_client *c, struct stress_worker *w,
                       uint32_t id)
{
    const struct stress_run *run = w->run;
    const struct stress_options *o = &run->options;

    *c = (struct stress_client){.fd = -1, .id = id};
    c->role = id < run->n_load                      ? STRESS_LOAD
              : id < run->n_load + run->n_consumers ? STRESS_CONSUMER
                                                    : STRESS_SUBSCRIBER;
    c->random = stress_mix(o->seed ^ ((uint64_t)id << 40));
    if (id < o->keys && c->role == STRESS_LOAD) {
        c->own_keys = (o->keys - id - 1) / run->n_load + 1;
    }
    c->next_fill = o->no_fill ? c->own_keys * 3 : 0;
    stress_parser_init(&c->parser);
    return 0;
}

int stress_client_reserve(struct stress_client *c, uint32_t n)
{
    uint32_t in_flight = stress_client_in_flight(c);
    uint32_t room = c->room == 0 ? 2 : c->room;
    struct stress_slot *window;

    while (room - in_flight < n) {
        room *= 2;
    }
    if (room == c->room) {
        return 0;
    }
    window = calloc(room, sizeof(*window));
    if (window == NULL) {
        return -ENOMEM;
    }
    for (uint32_t i = c->head; i != c->tail; i++) {
        window[i & (room - 1)] = *stress_slot(c, i);
    }
    free(c->window);
    c->window = window;
    c->room = room;
    return 0;
}

/* ---- how a connection ends ---- */

void stress_client_fini(struct stress_client *c)
{
    if (c->fd >= 0) {
        close(c->fd);
        c->fd = -1;
    }
    stress_transfer_drop(c);
    free(c->window);
    free(c->listener);
    c->window = NULL;
    c->listener = NULL;
}

void stress_client_set_busy(struct stress_client *c, struct stress_worker *w,
                            bool on)
{
    /* Consumers are counted apart: they may wait for ever. */
    unsigned *n = c->role == STRESS_CONSUMER ? &w->n_waiting : &w->n_busy;

    if (on && c->state == STRESS_READY) {
        c->state = STRESS_BUSY;
        ++*n;
    } else if (!on && c->state == STRESS_BUSY) {
        c->state = STRESS_READY;
        --*n;
    }
}

/* Closes, and gives up what was in flight: so many requests. */
unsigned stress_client_shut(struct stress_client *c, struct stress_worker *w)
{
    unsigned unanswered = stress_judge_abandon(c, w);

    if (c->state == STRESS_BUSY || c->state == STRESS_READY) {
        stress_tally_add(&w->tally, STRESS_CLOSED, 1);
    }
    stress_client_set_busy(c, w, false);
    stress_listener_reset(c, w);
    w->n_connecting -=
        c->state == STRESS_CONNECTING || c->state == STRESS_GREETING;
    if (c->fd >= 0) {
        stress_loop_remove(w->loop, c->fd);
        close(c->fd);
        c->fd = -1;
    }
    stress_transfer_drop(c);
    c->state = STRESS_DOWN;
    c->served = 0;
    c->opened_at = 0;
    return unanswered;
}

static void set_filled(struct stress_client *c, struct stress_worker *w)
{
    if (!c->filled) {
        c->filled = true;
        w->n_filling--;
    }
}

/* After a failure: opens again in a while, or never. */
static void again(struct stress_client *c, struct stress_worker *w)
{
    uint64_t pause = PAUSE_FIRST_NS << c->failures;

    if (++c->failures >= FAILURES_MAX || w->phase >= STRESS_DRAIN) {
        c->state = STRESS_GONE;
        w->n_gone++;
        set_filled(c, w);
        return;
    }
    c->retry_at = stress_now() + (pause < PAUSE_MAX_NS ? pause : PAUSE_MAX_NS);
}

void stress_client_fail(struct stress_client *c, struct stress_worker *w,
                        const char *why)
{
    stress_tally_add(&w->tally, STRESS_CONN_ERRORS, 1);
    stress_tally_text(&w->tally, why, strlen(why), 1);
    stress_tally_add(&w->tally, STRESS_UNANSWERED, stress_client_shut(c, w));
    again(c, w);
}

/* ---- sending ---- */

void stress_client_next(struct stress_client *c, struct stress_worker *w)
{
    uint32_t before = c->tail;
    size_t n;

    if (c->state != STRESS_READY) {
        return;
    }
    if (w->phase == STRESS_RUN && w->run->options.open &&
        c->role == STRESS_LOAD) {
        return;
    }
    n = stress_request_batch(c, w, 0);
    if (n > 0) {
        stress_client_set_busy(c, w, true);
        stress_transfer_send(c, w, n, c->tail - before);
    } else if (w->phase == STRESS_FILL) {
        set_filled(c, w);
    }
}

bool stress_client_takes(const struct stress_client *c,
                         const struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;
    uint32_t in_flight = stress_client_in_flight(c);

    return c->role == STRESS_LOAD &&
           (c->state == STRESS_READY || c->state == STRESS_BUSY) &&
           in_flight < o->max_in_flight &&
           (c->expires_at == 0 || w->now < c->expires_at) &&
           (o->reconnect == 0 || c->served + in_flight < o->reconnect);
}

void stress_client_arrival(struct stress_client *c, struct stress_worker *w,
                           uint64_t intended_at)
{
    uint32_t before = c->tail;
    size_t n = stress_request_batch(c, w, intended_at);

    if (n > 0) {
        stress_client_set_busy(c, w, true);
        stress_transfer_send(c, w, n, c->tail - before);
    }
}

/* ---- time ---- */

static bool overdue(const struct stress_worker *w, uint64_t since, uint64_t now)
{
    return now > since && (double)(now - since) >
                              w->run->options.timeout * (double)STRESS_NS_PER_S;
}

void stress_client_tick(struct stress_client *c, struct stress_worker *w,
                        uint64_t now)
{
    switch (c->state) {
    case STRESS_DOWN:
        if (!c->queued && c->retry_at <= now && w->phase < STRESS_DRAIN) {
            stress_client_open(c, w);
        }
        break;
    case STRESS_CONNECTING:
    case STRESS_GREETING:
        if (overdue(w, c->opened_at, now)) {
            stress_client_fail(c, w, "no answer to a new connection in time");
        }
        break;
    case STRESS_BUSY:
        if (overdue(w, stress_slot(c, c->head)->sent_at, now)) {
            stress_tally_fault(&w->tally, STRESS_MISSING,
                               stress_client_shut(c, w));
            again(c, w);
        }
        break;
    case STRESS_READY:
        if (stress_life_over(c, w)) {
            stress_life_leave(c, w);
        }
        break;
    case STRESS_LEAVING:
        if (overdue(w, c->opened_at, now)) {
            stress_client_fail(
                c, w, "a half-closed connection was not closed in time");
        }
        break;
    case STRESS_GONE:
        break;
    }
}

void stress_client_begin(struct stress_client *c, struct stress_worker *w)
{
    if (c->state == STRESS_READY) {
        stress_life_begin(c, w);
    }
    stress_client_next(c, w);
}
