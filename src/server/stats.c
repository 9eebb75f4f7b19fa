/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every total is a sum of running counters, each with one writer: nothing is
 * stopped and nothing is walked.
 */
#include "server/server.h"

#include <errno.h>
#include <string.h>

#define READ(x) atomic_load_explicit(&(x), memory_order_relaxed)

static uint64_t whole(int64_t n)
{
    return n > 0 ? (uint64_t)n : 0;
}

struct sums {
    int64_t taken, listed, serving, blocked, moving, closing;
    uint64_t parked;
};

static void add_worker(const struct baton_worker *w, struct baton_stats *out,
                       struct sums *s)
{
    const struct bt_tally *t = &w->tally;

    s->taken += READ(t->taken);
    s->listed += READ(t->listed);
    s->serving += READ(t->serving);
    s->blocked += READ(t->blocked);
    s->moving += READ(t->moving);
    s->closing += READ(t->closing);
    out->srm_answered += READ(t->srm);
    out->srm_dropped += READ(t->dropped);
    out->bytes_in += READ(t->bytes_in);
    out->bytes_out += READ(t->bytes_out);
    for (unsigned i = 0; i < BATON_N_REASONS; i++) {
        out->closed[i] += READ(t->closed[i]);
        out->handles_closed += READ(t->closed[i]);
    }
}

static void add_waits(struct baton_server *s, struct baton_stats *out)
{
    uint64_t sum[BT_BUCKETS] = {0};

    for (unsigned i = 0; i < s->dispatch.n_seats; i++) {
        bt_histogram_sum(&s->dispatch.seats[i].wait, sum);
    }
    out->dispatch_wait_p50_us = bt_histogram_quantile(sum, 500);
    out->dispatch_wait_p99_us = bt_histogram_quantile(sum, 990);
}

uint64_t baton_buffer_bytes(const struct baton_server *s)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < s->n_workers; i++) {
        sum += atomic_load_explicit(&s->workers[i].tally.buffers,
                                    memory_order_relaxed);
    }
    return whole(sum);
}

void baton_stats(struct baton_server *s, struct baton_stats *out)
{
    struct sums sum = {0};

    memset(out, 0, sizeof *out);
    /* First: what is read behind it is no older. Acquires what count_closed()
     * of the worker released. */
    out->handles_live =
        atomic_load_explicit(&s->life.live, memory_order_acquire);
    out->server_state = (enum baton_server_state)READ(s->life.state);
    out->workers = s->n_workers;
    out->masters = s->n_masters;
    out->max_clients = READ(s->life.max_clients);
    for (unsigned i = 0; i < s->n_workers; i++) {
        add_worker(&s->workers[i], out, &sum);
    }
    out->cir_accepted = READ(s->acceptor.accepted);
    out->cir_refused = READ(s->acceptor.refused);
    out->cir_aborted = READ(s->acceptor.aborted);
    out->dispatch_depth = bt_dispatch_depth(&s->dispatch);
    out->dispatch_full = READ(s->dispatch.times_full);
    add_waits(s, out);
    out->buffer_bytes = baton_buffer_bytes(s);
    /* Parked requests are received and not yet answered. */
    out->srm_received =
        out->srm_answered + out->srm_dropped + whole(sum.blocked);
    out->state[BATON_QUEUED] = whole((int64_t)out->cir_accepted - sum.taken);
    out->state[BATON_SERVING] = whole(sum.serving);
    out->state[BATON_BLOCKED] = whole(sum.blocked);
    out->state[BATON_MOVING] = whole(sum.moving);
    out->state[BATON_CLOSING] = whole(sum.closing);
    out->state[BATON_IDLE] =
        whole(sum.listed - sum.serving - sum.blocked - sum.closing);
}

int baton_master_stats(struct baton_server *s, unsigned i,
                       struct baton_master_stats *out)
{
    const struct bt_listener *l;

    if (i >= s->n_masters) {
        return -EINVAL;
    }
    l = s->masters[i];
    out->address = l->address;
    out->service = l->origin.service->name;
    out->cir_accepted = READ(l->origin.accepted);
    out->handles = READ(l->origin.live);
    return 0;
}

int baton_worker_stats(struct baton_server *s, unsigned i,
                       struct baton_worker_stats *out)
{
    const struct baton_worker *w;

    if (i >= s->n_workers) {
        return -EINVAL;
    }
    w = &s->workers[i];
    out->handles = whole(READ(w->tally.listed));
    out->srm = READ(w->tally.srm);
    out->busy_us = READ(w->tally.busy_ns) / 1000;
    out->passes = READ(w->tally.passes);
    return 0;
}
