/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/load.c -- one run: from the first connection to the end check.
 */
#include "stress/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress/audit.h"
#include "stress/bait.h"
#include "stress/clock.h"
#include "stress/herd.h"
#include "stress/progress.h"
#include "stress/usage.h"

/* A point of the series for each interval, until all threads have ended. */
static void watch(struct stress_run *run, struct stress_worker **workers,
                  struct stress_progress *p, struct stress_series *s)
{
    uint64_t interval =
        (uint64_t)(run->options.interval * (double)STRESS_NS_PER_S);
    uint64_t until = run->gate.begin + interval;

    while (!stress_gate_ended(&run->gate, stress_progress_wake(p, until))) {
        uint64_t now = stress_now();

        if (now >= until) {
            stress_series_take(s, run, workers);
            /* Intervals that went by while we were held up are one. */
            until += (now - until) / interval * interval + interval;
        }
        stress_progress_show(p, s);
    }
    stress_series_take(s, run, workers);
}

/* From the open gate to the last reply. */
static void measure(struct stress_run *run, struct stress_worker **workers,
                    struct stress_herd *herd, struct stress_result *r)
{
    struct stress_progress *p = stress_progress_new(run);
    double cpu;

    stress_progress_note(p, run->options.no_fill ? "connecting"
                                                 : "connecting, setting keys");
    stress_gate_arm(&run->gate);
    if (run->options.misdeeds.total > 0) {
        run->fault_at =
            stress_now() + (uint64_t)(run->options.fault_after * 1e9);
    }
    stress_gate_open(&run->gate, run->options.duration);
    if (herd != NULL) {
        stress_herd_storm(herd);
    }
    cpu = stress_own_cpu();
    r->server_cpu = stress_cpu_of(run->options.server_pid);
    stress_series_begin(&r->series, run);
    watch(run, workers, p, &r->series);
    r->cpu_seconds = stress_own_cpu() - cpu;
    if (r->server_cpu >= 0) {
        r->server_cpu = stress_cpu_of(run->options.server_pid) - r->server_cpu;
        r->server_memory = stress_memory_of(run->options.server_pid);
    }
    stress_progress_end(&p);
}

static int workers_new(struct stress_run *run, struct stress_worker **workers)
{
    for (unsigned i = 0; i < run->options.threads; i++) {
        workers[i] = stress_worker_new(run, i);
        if (workers[i] == NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

/* All threads or none: a thread that cannot be had ends the program, since
 * those that run wait for it at the gate. */
static void workers_start(struct stress_run *run,
                          struct stress_worker **workers)
{
    for (unsigned i = 0; i < run->options.threads; i++) {
        int rc = stress_worker_start(workers[i]);

        if (rc < 0) {
            fprintf(stderr, "baton-stress: thread %u: %s\n", i + 1,
                    strerror(-rc));
            _exit(1);
        }
    }
}

static void fairness(struct stress_run *run, struct stress_worker **workers,
                     struct stress_result *r)
{
    uint64_t *requests = calloc(run->n_load + 1, sizeof(*requests));
    size_t n = 0;

    for (unsigned i = 0; i < run->options.threads && requests != NULL; i++) {
        for (unsigned k = 0; k < workers[i]->n_clients; k++) {
            if (workers[i]->clients[k].role == STRESS_LOAD) {
                requests[n++] = workers[i]->clients[k].total;
            }
        }
    }
    stress_fairness(&r->fairness, requests, n);
    free(requests);
}

static void collect(struct stress_run *run, struct stress_worker **workers,
                    struct stress_result *r)
{
    uint64_t end = run->gate.begin;

    for (unsigned i = 0; i < run->options.threads; i++) {
        struct stress_worker *w = workers[i];

        stress_worker_join(w);
        stress_tally_merge(&r->total, &w->tally, 1);
        end = w->replied_at > end ? w->replied_at : end;
        if (w->cpu_share > r->busiest) {
            r->busiest = w->cpu_share;
        }
    }
    fairness(run, workers, r);
    r->seconds = (double)(end - run->gate.begin) / 1e9;
    r->interrupted = atomic_load(&run->stop);
}

/* The herd stands before the load begins to fill keys. */
static int herd_new(struct stress_run *run, struct stress_herd **herd)
{
    const struct stress_options *o = &run->options;

    if (o->misdeeds.total > 0 && stress_bait(run) < 0) {
        return -EIO;
    }
    if (o->idle + o->storm + o->misdeeds.total == 0) {
        return 0;
    }
    *herd = stress_herd_new(run);
    if (*herd == NULL) {
        return -ENOMEM;
    }
    stress_herd_start(*herd);
    return 0;
}

int stress_load(struct stress_run *run, struct stress_result **result)
{
    struct stress_worker **workers =
        calloc(run->options.threads, sizeof(*workers));
    struct stress_result *r = calloc(1, sizeof(*r));
    struct stress_herd *herd = NULL;
    struct stress_shares begin = {.n = 0};
    int rc = herd_new(run, &herd);

    *result = r;
    if (rc < 0) {
        /* It was told already. */
    } else if (workers == NULL || r == NULL ||
               stress_series_init(&r->series) < 0 ||
               workers_new(run, workers) < 0) {
        fprintf(stderr, "baton-stress: out of memory or open files\n");
        rc = -ENOMEM;
    } else {
        r->run = run;
        r->began = time(NULL);
        if (!run->options.memcached) {
            stress_inquire(run, &begin);
        }
        workers_start(run, workers);
        measure(run, workers, herd, r);
        collect(run, workers, r);
        if (begin.n > 0) {
            stress_inquire(run, &r->shares);
            stress_shares_subtract(&r->shares, &begin);
        }
        if (herd != NULL) {
            r->herd = *stress_herd_stop(herd);
        }
        r->end_checked = run->options.memcached || run->options.clients == 0
                             ? 0
                             : stress_audit(run, &r->total);
    }
    for (unsigned i = 0; workers != NULL && i < run->options.threads; i++) {
        stress_worker_destroy(&workers[i]);
    }
    free(workers);
    stress_herd_destroy(&herd);
    return rc;
}

void stress_result_free(struct stress_result **result)
{
    if (*result != NULL) {
        stress_series_fini(&(*result)->series);
        free(*result);
        *result = NULL;
    }
}
