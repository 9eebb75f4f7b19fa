/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/timing.h"

#include "base/clock.h"
#include "command/batch.h"
#include "command/service.h"
#include "command/table.h"
#include "command/worker.h"

#define MANY_ARGS   32
#define LARGE_BYTES 16384
#define TURN_NS     2000000

/* Relaxed: options stand for themselves, any recent value will do. */
#define SETTING(s, member)                                                     \
    atomic_load_explicit(&(s)->settings->member, memory_order_relaxed)

/* The times from which on a call is worth a note, in ns; UINT64_MAX: none. */
static uint64_t slowlog_ns(const struct service *s)
{
    int64_t us = SETTING(s, slowlog_us);

    return us < 0 || us > INT64_MAX / 1000 ? UINT64_MAX : (uint64_t)us * 1000;
}

static uint64_t latency_ns(const struct service *s)
{
    uint64_t ms = SETTING(s, latency_ms);

    return ms == 0 || ms > INT64_MAX / 1000000 ? UINT64_MAX : ms * 1000000;
}

void timing_options(struct worker *w)
{
    struct timing *t = &w->timing;
    struct service *s = w->service;
    uint64_t slow = slowlog_ns(s), latency = latency_ns(s);

    t->slow_ns = slow < latency ? slow : latency;
    t->exact = t->slow_ns < s->tick_ns;
    t->tracking = SETTING(s, latency_tracking);
    /* Relaxed: one reset more or less. */
    t->histogram_epoch =
        atomic_load_explicit(&s->histogram_epoch, memory_order_relaxed);
}

void timing_begin(struct worker *w)
{
    struct timing *t = &w->timing;

    t->tick = bt_coarse_ns();
    t->timed_ns = 0;
    t->suspect = NULL;
    timing_options(w);
}

unsigned timing_weight(const struct call *call, const struct cmd_count *count)
{
    struct timing *t = &call->worker->timing;
    /* Relaxed: our own counter. */
    uint64_t calls = atomic_load_explicit(&count->calls, memory_order_relaxed);

    if (!(call->command->flags & (CMD_FAST | CMD_BRIEF)) ||
        calls < STATS_SAMPLE || t->exact || call->argc > MANY_ARGS ||
        call->ahead->request.consumed > LARGE_BYTES) {
        return 1;
    }
    return ++t->calls % STATS_SAMPLE == 0 ? STATS_SAMPLE : 0;
}

/* The client's turn lasts, since `since` at least, and it is `now`. */
static void turn_lasts(struct call *call, uint64_t since, uint64_t now)
{
    struct timing *t = &call->worker->timing;

    if (t->turn == 0) {
        t->turn = since;
    }
    if (now - t->turn >= TURN_NS) {
        baton_enough(call->client);
    }
}

/* This call took so long: who wants to know? */
static void note(struct call *call, uint64_t ns)
{
    struct service *s = call->worker->service;

    if (ns >= slowlog_ns(s) && !(call->command->flags & CMD_SKIP_SLOWLOG)) {
        slowlog_add(&s->slowlog, call, ns / 1000);
    }
    if (ns >= latency_ns(s)) {
        latency_add(&s->latency,
                    call->command->flags & CMD_FAST ? LATENCY_FAST_COMMAND
                                                    : LATENCY_COMMAND,
                    ns / 1000000);
    }
}

void timing_took(struct call *call, struct cmd_count *count, uint64_t start,
                 uint64_t end, unsigned weight)
{
    struct worker *w = call->worker;
    uint64_t ns = end - start;

    cmd_count_add(&count->ns, ns * weight);
    w->timing.timed_ns += ns;
    if (w->timing.tracking) {
        histogram_add(&w->histograms, w->timing.histogram_epoch,
                      cmd_index(call->command), ns, weight);
    }
    if (bt_unlikely(ns >= w->timing.slow_ns)) {
        note(call, ns);
    }
    turn_lasts(call, start, end);
    stats_tick(w->service, end);
}

void timing_passed(struct call *call, size_t replied)
{
    struct timing *t = &call->worker->timing;

    /* Only requests of the batch are still there when it is over. */
    if (call->ahead->request.argv == call->argv) {
        t->suspect = call->ahead;
        t->suspect_row = call->command;
        if (bt_unlikely(replied > LARGE_BYTES)) {
            timing_look(call);
        }
    }
}

/* The tick moved: is that on account of the calls that were not timed? */
static void charge(struct call *call, uint64_t since, uint64_t timed)
{
    struct timing *t = &call->worker->timing;
    struct call slow = *call;
    uint64_t now = bt_now_ns(), ns = now - since;

    turn_lasts(call, since, now);
    ns = ns > timed ? ns - timed : 0;
    if (t->suspect && ns >= t->slow_ns) {
        slow.argv = t->suspect->request.argv;
        slow.argc = t->suspect->request.argc;
        slow.command = t->suspect_row;
        note(&slow, ns);
    }
}

void timing_look(struct call *call)
{
    struct timing *t = &call->worker->timing;
    uint64_t before = t->tick, timed = t->timed_ns;

    t->tick = bt_coarse_ns();
    if (bt_unlikely(t->tick != before)) {
        t->timed_ns = 0;
        charge(call, before, timed);
    }
    t->suspect = NULL;
}
