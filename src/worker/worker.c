/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The loop. One turn is a pass: its phases are called in pass() below, and the
 * order matters: messages before service, so that a kill precedes what it
 * should prevent; closes and moves last, when nobody holds a handle any more.
 * A reclaim section, if the pass needs one, ends with it: it never spans a
 * wait.
 */
#include "worker/worker.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/reclaim.h"
#include "os/thread.h"
#include "worker/close.h"
#include "worker/drain.h"
#include "worker/hand.h"
#include "worker/inbox.h"
#include "worker/reply.h"
#include "worker/serve.h"
#include "worker/sweep.h"

#include <stdio.h>

#define FAR_MS     60000 /* a timer further off than this is looked at again */
#define DRAIN_MS   5     /* while the server stops */
#define RECLAIM_MS 10    /* while memory waits for its readers to leave */
#define MAX_EVENTS 128 /* so that passes are short, and what they retire hot */

static _Thread_local struct baton_worker *self;

struct baton_worker *bt_worker_self(void)
{
    return self;
}

/* ---- Shared by the phases ---- */

void bt_worker_ready(struct baton_worker *w, struct baton_client *c)
{
    if (!(c->flags & BT_READY)) {
        c->flags |= BT_READY;
        c->next_ready = NULL;
        *w->ready_tail = c;
        w->ready_tail = &c->next_ready;
        w->n_ready++;
    }
}

void bt_worker_set_state(struct baton_worker *w, struct baton_client *c,
                         enum baton_state to)
{
    enum baton_state from = bt_state(c);

    bt_handle_set_state(c, to);
    if (from == BATON_SERVING) {
        atomic_store_explicit(&w->tally.serving, 0, memory_order_relaxed);
    } else if (from == BATON_BLOCKED) {
        bt_tally_move(&w->tally.blocked, -1);
    }
    if (to == BATON_SERVING) { /* one at a time */
        atomic_store_explicit(&w->tally.serving, 1, memory_order_relaxed);
    } else if (to == BATON_BLOCKED) {
        bt_tally_move(&w->tally.blocked, 1);
    }
}

/* ---- The phases that are short ---- */

static void begin_pass(struct baton_worker *w)
{
    w->now = bt_now_ns();
    w->began = bt_coarse_ns();
    w->now_ds = (uint32_t)((w->now - w->life->start_ns) / 100000000u);
    w->pause = atomic_load_explicit(&w->settings->pause, memory_order_relaxed);
    bt_dispatch_pass_begins(w->dispatch, w->index, w->now);
    w->in_pass = true;
    for (unsigned i = 0; i < w->n_services; i++) {
        if (w->services[i]->pass_begin) {
            w->services[i]->pass_begin(w, w->services[i]);
        }
    }
}

static void end_pass(struct baton_worker *w)
{
    for (unsigned i = 0; i < w->n_services; i++) {
        if (w->services[i]->pass_end) {
            w->services[i]->pass_end(w, w->services[i]);
        }
    }
    w->in_pass = false;
    if (bt_record_inside(w->record)) {
        bt_record_leave(w->record);
    }
    bt_record_tend(w->record);
    bt_tally_add(&w->tally.passes, 1);
    /* Most passes are shorter than the coarse clock's step and count nothing,
     * the others a whole step: right on the average, and a long one exactly. */
    bt_tally_add(&w->tally.busy_ns, bt_coarse_ns() - w->began);
}

bool bt_worker_section(struct baton_worker *w)
{
    if (w->in_pass && !bt_record_inside(w->record)) {
        bt_record_enter(w->record);
    }
    return w->in_pass;
}

static void run_timers(struct baton_worker *w)
{
    struct baton_client *c;
    bt_timer_fn *fn;

    while ((c = bt_timers_pop(&w->timers, w->now, &fn)) != NULL) {
        if (bt_state(c) == BATON_CLOSING) {
            fn(c);
        } else if (!(c->flags & BT_ENDING)) {
            bt_reply_begin(w, c);
            fn(c);
            bt_serve_resumed(w, c);
            bt_reply_end(w);
        }
    }
}

/* ---- Sleeping ---- */

/* Negative: never. */
static int earlier(int a, int b)
{
    return b >= 0 && (a < 0 || b < a) ? b : a;
}

/* ms until the next timer, rounded up so that it is due then. */
static int timer_wait(const struct baton_worker *w)
{
    uint64_t at = bt_timers_next(&w->timers), now;

    if (at == UINT64_MAX) {
        return -1;
    }
    now = bt_now_ns(); /* a pass may have been long */
    if (at <= now) {
        return 0;
    }
    at = (at - now) / 1000000u + 1;
    return at > FAR_MS ? FAR_MS : (int)at;
}

/* -1: until something comes, or the poller's tick. */
static int longest_sleep(struct baton_worker *w)
{
    int ms = -1;

    if (w->n_ready > 0 || !bt_list_empty(&w->ends)) {
        return 0;
    }
    ms = earlier(ms, timer_wait(w));
    ms = earlier(ms, bt_sweep_wait(w));
    ms = earlier(ms, w->soon_ms ? (int)w->soon_ms : -1);
    ms = earlier(ms, bt_record_pending(w->record) ? RECLAIM_MS : -1);
    ms = earlier(ms, w->draining ? DRAIN_MS : -1);
    ms = earlier(ms, w->declined || w->inbox.homeless ? 1 : -1);
    w->soon_ms = 0;
    return ms;
}

/* After announcing the sleep: has something come that nobody will wake us for?
 */
static bool must_not_sleep(struct baton_worker *w)
{
    return !bt_inbox_empty(&w->inbox) ||
           (!w->declined && bt_dispatch_depth(w->dispatch) > 0) ||
           (!w->draining && atomic_load(&w->life->stop));
}

static void note_events(struct baton_worker *w, const struct bt_event *events,
                        int n)
{
    struct bt_wake *wake = &w->dispatch->seats[w->index].wake;

    for (int i = 0; i < n; i++) {
        if (events[i].ptr == w) {
            bt_wake_clear(wake);
            bt_poller_drained(w->poller, wake->rd);
        } else {
            bt_serve_event(w, events[i].ptr, events[i].what);
        }
    }
}

/* After the sleep was announced: others see a worker that sleeps. */
static void let_others_run(struct baton_worker *w)
{
    uint64_t begin;

    if (!bt_yield_may(&w->yield, w->now)) {
        return;
    }
    begin = bt_now_ns();
    if (bt_yield_pays(w->now, begin)) {
        bt_thread_yield();
        bt_yield_done(&w->yield, begin, bt_now_ns());
    }
}

static void wait_for_events(struct baton_worker *w)
{
    struct bt_event events[MAX_EVENTS];
    int ms = longest_sleep(w), n;

    if (ms != 0) {
        bt_dispatch_falls_asleep(w->dispatch, w->index);
        ms = must_not_sleep(w) ? 0 : ms;
    }
    if (ms != 0) {
        let_others_run(w);
    }
    n = bt_poller_wait(w->poller, events, MAX_EVENTS, ms);
    bt_dispatch_awake(w->dispatch, w->index);
    bt_yield_found(&w->yield, n > 0 ? (unsigned)n : 0);
    note_events(w, events, n);
}

/* ---- The loop ---- */

static void pass(struct baton_worker *w)
{
    begin_pass(w);
    bt_drain_watch(w);
    bt_hand_arrivals(w);
    bt_inbox_run(w);
    bt_hand_take(w);
    run_timers(w);
    bt_serve_ready(w);
    bt_sweep(w);
    bt_close_ends(w);
    end_pass(w);
}

static void start(struct baton_worker *w)
{
    char name[16];

    self = w;
    bt_thread_never_cancelled();
    snprintf(name, sizeof name, "w%u", w->index);
    bt_thread_name(w->thread_prefix, name);
    for (unsigned i = 0; i < w->n_services; i++) {
        if (w->services[i]->worker_start) {
            w->services[i]->worker_start(w, w->services[i]);
        }
    }
}

static void stop(struct baton_worker *w)
{
    for (unsigned i = 0; i < w->n_services; i++) {
        if (w->services[i]->worker_stop) {
            w->services[i]->worker_stop(w, w->services[i]);
        }
    }
    self = NULL;
}

void *bt_worker_run(void *arg)
{
    struct baton_worker *w = arg;

    start(w);
    while (!bt_drain_done(w)) {
        pass(w);
        wait_for_events(w);
    }
    bt_inbox_close(w);
    pass(w); /* jobs that came meanwhile */
    stop(w);
    return NULL;
}
