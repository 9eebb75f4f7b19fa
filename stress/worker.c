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
    w->output = malloc(run->wire.batch_bytes);
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

/* ---- the gate ---- */

static void gate_wait(struct stress_run *run)
{
    pthread_mutex_lock(&run->gate);
    run->arrived++;
    pthread_cond_broadcast(&run->gate_moved);
    while (!run->open) {
        pthread_cond_wait(&run->gate_moved, &run->gate);
    }
    pthread_mutex_unlock(&run->gate);
}

void stress_gate_open(struct stress_run *run)
{
    pthread_mutex_lock(&run->gate);
    while (run->arrived < run->options.threads) {
        pthread_cond_wait(&run->gate_moved, &run->gate);
    }
    run->begin = stress_now();
    if (run->options.duration > 0) {
        run->deadline = run->begin + (uint64_t)(run->options.duration *
                                                (double)STRESS_NS_PER_S);
    }
    run->open = true;
    pthread_cond_broadcast(&run->gate_moved);
    pthread_mutex_unlock(&run->gate);
}

static void gate_leave(struct stress_run *run)
{
    pthread_mutex_lock(&run->gate);
    run->ended++;
    pthread_cond_broadcast(&run->gate_moved);
    pthread_mutex_unlock(&run->gate);
}

bool stress_gate_ended(struct stress_run *run, unsigned ms)
{
    struct timespec until;
    bool ended;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&run->gate);
    while (run->ended < run->options.threads && rc == 0) {
        rc = pthread_cond_timedwait(&run->gate_moved, &run->gate, &until);
    }
    ended = run->ended == run->options.threads;
    pthread_mutex_unlock(&run->gate);
    return ended;
}

/* ---- the loop ---- */

static void connect_waiting(struct stress_worker *w)
{
    while (w->wait_first != NULL && w->n_connecting < STRESS_CONNECTING_MAX) {
        struct stress_client *c = w->wait_first;

        w->wait_first = c->wait_next;
        c->queued = false;
        if (w->phase != STRESS_DRAIN) {
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

/* Until the next tick, or less when the time will be up sooner. */
static int wait_ms(const struct stress_worker *w, uint64_t now, uint64_t next)
{
    uint64_t until = next;

    if (w->phase == STRESS_RUN && w->run->deadline > 0 &&
        w->run->deadline < until) {
        until = w->run->deadline;
    }
    return until <= now ? 0 : (int)((until - now) / STRESS_NS_PER_MS) + 1;
}

static bool phase_over(const struct stress_worker *w, uint64_t now)
{
    if (w->n_gone == w->n_clients) {
        return true;
    }
    if (w->phase != STRESS_DRAIN && atomic_load(&w->run->stop)) {
        return true;
    }
    switch (w->phase) {
    case STRESS_FILL:
        return w->n_filling == 0;
    case STRESS_RUN:
        return (w->quota == 0 && w->n_busy == 0) ||
               (w->run->deadline > 0 && now >= w->run->deadline);
    default:
        return w->n_busy == 0;
    }
}

static void phase(struct stress_worker *w, enum stress_phase p)
{
    struct stress_event events[EVENTS_AT_ONCE];
    uint64_t now = stress_now(), next_tick = now + TICK_NS;

    w->phase = p;
    if (p == STRESS_RUN && !phase_over(w, now)) {
        for (unsigned i = 0; i < w->n_clients; i++) {
            stress_client_next(&w->clients[i], w);
        }
    }
    while (!phase_over(w, now)) {
        int n;

        connect_waiting(w);
        n = stress_loop_wait(w->loop, events, EVENTS_AT_ONCE,
                             wait_ms(w, now, next_tick));
        for (int i = 0; i < n; i++) {
            stress_client_event(events[i].data, w, events[i].what);
        }
        now = stress_now();
        tick(w, now, &next_tick);
    }
}

static void *worker_main(void *arg)
{
    struct stress_worker *w = arg;

    for (unsigned i = 0; i < w->n_clients; i++) {
        stress_client_open(&w->clients[i], w);
    }
    phase(w, STRESS_FILL);
    gate_wait(w->run);
    phase(w, STRESS_RUN);
    phase(w, STRESS_DRAIN);
    w->ended = stress_now();
    for (unsigned i = 0; i < w->n_clients; i++) {
        stress_client_fini(&w->clients[i]);
    }
    gate_leave(w->run);
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
