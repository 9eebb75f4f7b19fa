/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/worker.c -- one thread, one loop, a share of the connections.
 *
 * A worker fills its clients' keys, waits at the gate for the others, runs
 * until the time or the requests are used up, and then waits for the replies
 * that are still due. The end check by main comes after all have ended.
 */
#include "stress/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"
#include "stress/schedule.h"
#include "stress/usage.h"

#define EVENTS_AT_ONCE 256
#define TICK_NS        (100 * STRESS_NS_PER_MS)

/* Evenly: thread i of n serves the connections i, i+n, i+2n ... */
static int clients_new(struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;
    uint32_t n = (o->clients - w->index - 1) / o->threads + 1;

    w->clients = calloc(n, sizeof(*w->clients));
    if (w->clients == NULL) {
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < n; i++) {
        w->n_clients++;
        if (stress_client_init(&w->clients[i], w, w->index + i * o->threads) <
            0) {
            return -ENOMEM;
        }
    }
    w->n_filling = n;
    return 0;
}

struct stress_worker *stress_worker_new(struct stress_run *run, unsigned index)
{
    const struct stress_options *o = &run->options;
    struct stress_worker *w = calloc(1, sizeof(*w));

    if (w == NULL) {
        return NULL;
    }
    w->run = run;
    w->index = index;
    w->quota = UINT64_MAX;
    if (o->requests > 0) {
        w->quota = o->requests / o->threads +
                   (index < o->requests % o->threads ? 1 : 0);
    }
    w->connects = index * (o->sources / o->threads);
    w->loop = stress_loop_new();
    w->input = malloc(STRESS_INPUT_BYTES);
    w->output = malloc(run->batch_bytes);
    if (w->loop == NULL || w->input == NULL || w->output == NULL ||
        clients_new(w) < 0) {
        stress_worker_destroy(&w);
    }
    return w;
}

void stress_worker_destroy(struct stress_worker **worker)
{
    struct stress_worker *w = *worker;

    if (w == NULL) {
        return;
    }
    for (unsigned i = 0; i < w->n_clients; i++) {
        stress_client_fini(&w->clients[i]);
    }
    stress_loop_destroy(&w->loop);
    free(w->clients);
    free(w->input);
    free(w->output);
    free(w);
    *worker = NULL;
}

/* ---- the loop ---- */

static void connect_waiting(struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;

    while (w->wait_first != NULL && w->n_connecting < STRESS_CONNECTING_MAX) {
        struct stress_client *c = w->wait_first;

        if (o->connect_rate > 0 && w->phase == STRESS_RUN) {
            if (w->now < w->connect_at) {
                break;
            }
            /* What was not used within a tenth of a second is lost. */
            if (w->connect_at + TICK_NS < w->now) {
                w->connect_at = w->now - TICK_NS;
            }
            w->connect_at += (uint64_t)(1e9 * o->threads / o->connect_rate);
        }

        w->wait_first = c->wait_next;
        c->queued = false;
        if (w->phase < STRESS_DRAIN) {
            stress_client_connect(c, w);
        }
    }
}

static void tick(struct stress_worker *w, uint64_t now, uint64_t *next)
{
    if (now < *next) {
        return;
    }
    *next = now + TICK_NS;
    for (unsigned i = 0; i < w->n_clients; i++) {
        stress_client_tick(&w->clients[i], w, now);
    }
}

/* Until the next tick, or less when the time will be up or a batch due
 * sooner. */
static uint64_t wait_ns(const struct stress_worker *w, uint64_t next)
{
    uint64_t until = next;

    if (w->phase == STRESS_RUN && w->run->gate.deadline > 0 &&
        w->run->gate.deadline < until) {
        until = w->run->gate.deadline;
    }
    if (w->wait_first != NULL && w->connect_at > w->now &&
        w->connect_at < until) {
        until = w->connect_at;
    }
    if (w->phase == STRESS_RUN && w->due < until && w->quota > 0) {
        until = w->due;
    }
    return until <= w->now ? 0 : until - w->now;
}

/* Whether no message is due any more; those that did not come in time are
 * counted. */
static bool all_heard(struct stress_worker *w)
{
    struct stress_run *run = w->run;
    uint64_t patience =
        (uint64_t)(run->options.timeout * (double)STRESS_NS_PER_S);
    bool all_quiet = atomic_load(&run->quiet) == run->options.threads;
    bool end = w->now > w->listening_since + patience;
    bool all = true;

    if (!all_quiet && !end) {
        return false;
    }
    for (unsigned i = 0; i < w->n_clients; i++) {
        struct stress_client *c = &w->clients[i];

        if (c->role == STRESS_SUBSCRIBER && c->state == STRESS_READY) {
            all = stress_listener_complete(c, w, end) && all;
        }
    }
    return all || end;
}

static bool phase_over(struct stress_worker *w)
{
    if (w->n_gone == w->n_clients && w->n_clients > 0) {
        return true;
    }
    if (w->phase < STRESS_DRAIN && atomic_load(&w->run->stop)) {
        return true;
    }
    switch (w->phase) {
    case STRESS_FILL:
        return w->n_filling == 0;
    case STRESS_RUN:
        return (w->quota == 0 && w->n_busy == 0) ||
               (w->run->gate.deadline > 0 && w->now >= w->run->gate.deadline);
    case STRESS_DRAIN:
        return w->n_busy + w->n_waiting == 0;
    default:
        return all_heard(w);
    }
}

static void events(struct stress_worker *w, const struct stress_event *list,
                   int n)
{
    for (int i = 0; i < n; i++) {
        stress_client_event(list[i].data, w, list[i].what);
        /* The clock was read with the last reply. */
        if (w->due <= w->now && w->phase == STRESS_RUN) {
            stress_schedule_send(w);
        }
    }
}

static void phase(struct stress_worker *w, enum stress_phase p)
{
    struct stress_event list[EVENTS_AT_ONCE];
    uint64_t next_tick;

    w->now = stress_now();
    next_tick = w->now + (p == STRESS_LISTEN ? TICK_NS / 10 : TICK_NS);
    w->phase = p;
    if (p == STRESS_RUN && !phase_over(w)) {
        for (unsigned i = 0; i < w->n_clients; i++) {
            stress_client_begin(&w->clients[i], w);
        }
    }
    while (!phase_over(w)) {
        int n;

        connect_waiting(w);
        if (p == STRESS_RUN) {
            w->now = stress_now();
            stress_schedule_send(w);
        }
        n = stress_loop_wait(w->loop, list, EVENTS_AT_ONCE,
                             wait_ns(w, next_tick));
        events(w, list, n);
        w->now = stress_now();
        tick(w, w->now, &next_tick);
    }
    if (p == STRESS_RUN) {
        stress_schedule_send(w);
    }
}

static void *worker_main(void *arg)
{
    struct stress_worker *w = arg;
    double cpu;

    for (unsigned i = 0; i < w->n_clients; i++) {
        stress_client_open(&w->clients[i], w);
    }
    stress_loop_enter();
    w->due = UINT64_MAX;
    phase(w, STRESS_FILL);
    stress_gate_wait(&w->run->gate);
    stress_schedule_begin(w);
    cpu = stress_thread_cpu();
    phase(w, STRESS_RUN);
    cpu = stress_thread_cpu() - cpu;
    w->cpu_share = cpu * 1e9 / (double)(stress_now() - w->run->gate.begin + 1);
    stress_schedule_drop_rest(w);
    phase(w, STRESS_DRAIN);
    w->ended = stress_now();
    atomic_fetch_add(&w->run->quiet, 1);
    w->listening_since = w->ended;
    if (w->run->n_subscribers > 0) {
        phase(w, STRESS_LISTEN);
    }
    for (unsigned i = 0; i < w->n_clients; i++) {
        stress_client_fini(&w->clients[i]);
    }
    stress_gate_leave(&w->run->gate);
    return NULL;
}

int stress_worker_start(struct stress_worker *w)
{
    return -pthread_create(&w->thread, NULL, worker_main, w);
}

void stress_worker_join(struct stress_worker *w)
{
    pthread_join(w->thread, NULL);
}
