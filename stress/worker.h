/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/worker.h -- one thread, one loop, a share of the connections.
 *
 * Threads    start, join: main. Everything else: the worker's own thread, but
 *            for the tally (tally.h) and struct stress_run (below).
 * Ownership  The worker owns its clients, its loop and its buffers.
 */
#ifndef STRESS_WORKER_H
#define STRESS_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "stress/arrivals.h"
#include "stress/client.h"
#include "stress/loop.h"
#include "stress/run.h"
#include "stress/tally.h"

enum stress_phase {
    STRESS_FILL,
    STRESS_RUN,
    STRESS_DRAIN, /* no new requests; replies are waited for */
    STRESS_LISTEN /* all are answered; messages are waited for */
};

#define STRESS_CONNECTING_MAX 128
#define STRESS_INPUT_BYTES    65536

struct stress_worker {
    struct stress_run *run;
    unsigned index;
    pthread_t thread;
    enum stress_phase phase;
    struct stress_loop *loop;
    struct stress_client *clients;
    unsigned n_clients;
    unsigned n_filling;    /* clients not yet ready for the measured time */
    unsigned n_busy;       /* clients with requests in flight */
    unsigned n_waiting;    /* consumers with a request in flight */
    unsigned n_gone;       /* clients that were given up */
    unsigned n_connecting; /* clients between connect and the first reply */
    struct stress_client *wait_first, *wait_last; /* queued to connect */
    uint64_t quota;                  /* requests that may still be sent */
    uint64_t now;                    /* the clock, as it was read last */
    struct stress_arrivals arrivals; /* open loop */
    uint64_t due;                    /* when the next batch is to go out */
    unsigned turn;                   /* the client that it goes to */
    double cpu_share; /* of the measured time, this thread's CPU time */
    uint64_t listening_since;
    uint64_t replied_at; /* the last reply to a measured request */
    uint64_t ended;      /* when the last reply was in */
    uint64_t connect_at; /* --connect-rate: when the next one may */
    uint32_t connects;   /* deals out source addresses */
    char *input;         /* one read, shared by all clients */
    char *output;        /* one batch, shared by all clients */
    struct stress_tally tally;
};

/* NULL: out of memory or files. */
struct stress_worker *stress_worker_new(struct stress_run *run, unsigned index);
int stress_worker_start(struct stress_worker *w);
void stress_worker_join(struct stress_worker *w);
void stress_worker_destroy(struct stress_worker **w);

#endif
