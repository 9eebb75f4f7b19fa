/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/main.c -- baton-stress from beginning to end.
 */
#include "stress/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "stress/audit.h"
#include "stress/clock.h"
#include "stress/report.h"

/* For the signal handler alone; set before it is installed. */
static struct stress_run *g_run;

static void on_signal(int sig)
{
    (void)sig;
    atomic_store(&g_run->stop, true);
}

/* The first signal ends the run with a report, the second one at once. */
static void signals(struct stress_run *run)
{
    struct sigaction sa = {.sa_handler = on_signal,
                           .sa_flags = (int)SA_RESETHAND};

    g_run = run;
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sa.sa_handler = SIG_IGN;
    sa.sa_flags = 0;
    sigaction(SIGPIPE, &sa, NULL);
}

static double cpu_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int run_init(struct stress_run *run)
{
    struct stress_options *o = &run->options;
    struct timespec ts;
    uint64_t once;

    /* Different for each run, whatever the seed. */
    clock_gettime(CLOCK_REALTIME, &ts);
    once = stress_mix((uint64_t)ts.tv_sec * STRESS_NS_PER_S +
                      (uint64_t)ts.tv_nsec) ^
           stress_mix((uint64_t)getpid());
    if (!o->has_seed) {
        o->seed = once >> 32;
    }
    run->ledger = (struct stress_ledger){.keys = o->keys,
                                         .writers = o->clients,
                                         .value_bytes = (size_t)o->value_bytes,
                                         .run = (uint32_t)once};
    atomic_init(&run->stop, false);
    pthread_mutex_init(&run->gate, NULL);
    pthread_cond_init(&run->gate_moved, NULL);
    if (stress_ledger_init(&run->ledger) < 0 ||
        stress_wire_init(&run->wire, o) < 0) {
        return -ENOMEM;
    }
    return 0;
}

static void run_fini(struct stress_run *run)
{
    stress_wire_fini(&run->wire);
    stress_ledger_fini(&run->ledger);
    pthread_cond_destroy(&run->gate_moved);
    pthread_mutex_destroy(&run->gate);
}

/* From the open gate to the last reply. */
static void measure(struct stress_run *run, struct stress_worker **workers,
                    struct stress_result *r)
{
    struct stress_progress *p;
    double cpu;

    stress_gate_open(run);
    cpu = cpu_seconds();
    p = stress_progress_new(run);
    while (!stress_gate_ended(run, 1000)) {
        if (p != NULL) {
            stress_progress_show(p, workers, run);
        }
    }
    r->cpu_seconds = cpu_seconds() - cpu;
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
    uint64_t end = run->begin;

    for (unsigned i = 0; i < run->options.threads; i++) {
        stress_worker_join(workers[i]);
        stress_tally_merge(&r->total, &workers[i]->tally, 1);
        end = workers[i]->ended > end ? workers[i]->ended : end;
    }
    stress_histogram_merge(&r->all, &r->total.get);
    stress_histogram_merge(&r->all, &r->total.set);
    r->seconds = (double)(end - run->begin) / 1e9;
    r->interrupted = atomic_load(&run->stop);
}

static int report(const struct stress_result *r)
{
    const char *path = r->run->options.json_path;
    bool to_stdout = path != NULL && strcmp(path, "-") == 0;
    FILE *f = stdout;
    int rc = 0;

    stress_report_text(r, to_stdout ? stderr : stdout);
    if (path != NULL && !to_stdout) {
        f = fopen(path, "w");
    }
    if (path != NULL && f != NULL) {
        stress_report_json(r, f);
        rc = ferror(f) ? -EIO : 0;
        rc = f != stdout && fclose(f) != 0 ? -errno : rc;
    } else if (path != NULL) {
        rc = -errno;
    }
    if (rc < 0) {
        fprintf(stderr, "baton-stress: %s: %s\n", path, strerror(-rc));
    }
    return rc == 0 && stress_result_ok(r) ? 0 : 1;
}

/* The load itself, when everything is ready for it. */
static int load(struct stress_run *run)
{
    struct stress_worker **workers =
        calloc(run->options.threads, sizeof(*workers));
    struct stress_result *r = calloc(1, sizeof(*r));
    int status = 1;

    if (workers == NULL || r == NULL || workers_new(run, workers) < 0) {
        fprintf(stderr, "baton-stress: out of memory or open files\n");
    } else {
        r->run = run;
        workers_start(run, workers);
        measure(run, workers, r);
        collect(run, workers, r);
        r->end_checked = stress_audit(run, &r->total);
        status = report(r);
    }
    for (unsigned i = 0; workers != NULL && i < run->options.threads; i++) {
        stress_worker_destroy(&workers[i]);
    }
    free(workers);
    free(r);
    return status;
}

int main(int argc, char **argv)
{
    static struct stress_run run;
    enum stress_go go = stress_options_parse(&run.options, argc, argv);
    int status = 1;

    if (go != STRESS_GO) {
        return go == STRESS_STOP_OK ? 0 : 2;
    }
    signals(&run);
    if (stress_target_resolve(&run.target, &run.options) < 0 ||
        stress_fd_limit((uint64_t)run.options.clients + 32) < 0) {
        return 1;
    }
    if (run_init(&run) < 0) {
        fprintf(stderr, "baton-stress: out of memory for %" PRIu32 " keys\n",
                run.options.keys);
    } else if (stress_probe(&run) == 0) {
        status = load(&run);
    }
    run_fini(&run);
    return status;
}
