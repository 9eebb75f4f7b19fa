/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/schedule.c -- the open loop: sends what is due, whatever is in flight.
 */
#include "stress/schedule.h"

#include "stress/clock.h"
#include "stress/worker.h"

static void next_due(struct stress_worker *w)
{
    uint64_t at = stress_arrivals_next(&w->arrivals);

    w->due = at == UINT64_MAX ? at : w->run->gate.begin + at;
}

void stress_schedule_begin(struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;
    struct stress_plan plan = o->plan;

    w->due = UINT64_MAX;
    if (o->open) {
        /* An arrival is a batch. */
        plan.rate /= o->pipeline;
        plan.from /= o->pipeline;
        plan.seconds = o->duration;
        stress_arrivals_init(&w->arrivals, &plan, w->index, o->threads,
                             o->seed);
        next_due(w);
    }
}

/* The next client in turn that can take a batch; NULL: none. `full`: some
 * could, had they not too much in flight. */
static struct stress_client *pick(struct stress_worker *w, bool *full)
{
    *full = false;
    for (unsigned i = 0; i < w->n_clients; i++) {
        struct stress_client *c = &w->clients[w->turn];

        w->turn = w->turn + 1 == w->n_clients ? 0 : w->turn + 1;
        if (stress_client_takes(c, w)) {
            return c;
        }
        *full = *full || c->state == STRESS_BUSY;
    }
    return NULL;
}

static bool too_late(const struct stress_worker *w)
{
    return (double)(w->now - w->due) >
           w->run->options.timeout * (double)STRESS_NS_PER_S;
}

/* Sends all batches whose time has come. What nobody can take is dropped when
 * all have too much in flight, and waits while no connection stands. */
void stress_schedule_send(struct stress_worker *w)
{
    uint64_t deadline = w->run->gate.deadline;
    uint32_t batch = w->run->options.pipeline;

    while (w->due <= w->now && w->quota > 0 &&
           (deadline == 0 || w->due < deadline)) {
        bool full;
        struct stress_client *c = pick(w, &full);

        if (c != NULL) {
            stress_client_arrival(c, w, w->due);
        } else if (full || too_late(w)) {
            stress_tally_add(&w->tally, STRESS_DROPPED, batch);
            w->quota -= w->quota < batch ? w->quota : batch;
        } else {
            return;
        }
        next_due(w);
    }
}

/* The time is up: what could not be sent never will be. */
void stress_schedule_drop_rest(struct stress_worker *w)
{
    while (w->due < w->run->gate.deadline && w->quota > 0 &&
           !atomic_load(&w->run->stop)) {
        stress_tally_add(&w->tally, STRESS_DROPPED, w->run->options.pipeline);
        next_due(w);
    }
}
