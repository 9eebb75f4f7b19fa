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
#include "stress/clock.h"
#include "stress/usage.h"

/* From the open gate to the last reply. */
static void measure(struct stress_run *run, struct stress_worker **workers,
                    struct stress_result *r)
{
    uint64_t interval =
        (uint64_t)(run->options.interval * (double)STRESS_NS_PER_S);
    struct stress_progress *p;
    uint64_t until;
    double cpu;

    stress_gate_open(&run->gate, run->options.duration);
    cpu = stress_own_cpu();
    r->server_cpu = stress_cpu_of(run->options.server_pid);
    if (stress_series_init(&r->series, run) < 0) {
        fprintf(stderr, "baton-stress: out of memory for a time series\n");
    }
    p = stress_progress_new(run);
    until = run->gate.begin + interval;
    while (!stress_gate_ended(&run->gate, until)) {
        if (stress_now() < until || r->series.before == NULL) {
            continue;
        }
        until += interval;
        stress_progress_show(p, stress_series_take(&r->series, run, workers));
    }
    if (r->series.before != NULL) {
        stress_series_take(&r->series, run, workers);
    }
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
    r->seconds = (double)(end - run->gate.begin) / 1e9;
    r->interrupted = atomic_load(&run->stop);
}

int stress_load(struct stress_run *run, struct stress_result **result)
{
    struct stress_worker **workers =
        calloc(run->options.threads, sizeof(*workers));
    struct stress_result *r = calloc(1, sizeof(*r));
    int rc = 0;

    *result = r;
    if (workers == NULL || r == NULL || workers_new(run, workers) < 0) {
        fprintf(stderr, "baton-stress: out of memory or open files\n");
        rc = -ENOMEM;
    } else {
        r->run = run;
        r->began = time(NULL);
        workers_start(run, workers);
        measure(run, workers, r);
        collect(run, workers, r);
        r->end_checked = stress_audit(run, &r->total);
    }
    for (unsigned i = 0; workers != NULL && i < run->options.threads; i++) {
        stress_worker_destroy(&workers[i]);
    }
    free(workers);
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
