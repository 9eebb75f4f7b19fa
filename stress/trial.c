/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/trial.c -- one run by its options, with all that belongs to it.
 */
#include "stress/trial.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "stress/audit.h"

/* For the signal handler: what it stops, and that it did. */
static _Atomic(struct stress_run *) g_run;
static atomic_bool g_stopped;

static void on_signal(int sig)
{
    struct stress_run *run = atomic_load(&g_run);

    (void)sig;
    atomic_store(&g_stopped, true);
    if (run != NULL) {
        atomic_store(&run->stop, true);
    }
}

void stress_trial_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal,
                           .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sa.sa_handler = SIG_IGN;
    sa.sa_flags = 0;
    sigaction(SIGPIPE, &sa, NULL);
}

bool stress_trial_stopped(void)
{
    return atomic_load(&g_stopped);
}

void stress_trial_run(struct stress_trial *t,
                      const struct stress_options *options)
{
    struct stress_run *run = calloc(1, sizeof(*run));

    *t = (struct stress_trial){.run = run, .status = 1};
    if (run == NULL) {
        fprintf(stderr, "baton-stress: out of memory\n");
        return;
    }
    run->options = *options;
    atomic_store(&g_run, run);
    if (stress_fd_limit((uint64_t)options->clients + options->idle +
                        options->storm + options->misdeeds.total + 64) < 0) {
        /* It was told already. */
    } else if (stress_run_init(run) < 0) {
        t->status = 2;
    } else if (stress_target_resolve(&run->target, &run->options) == 0 &&
               (run->options.memcached || stress_probe(run) == 0) &&
               stress_load(run, &t->result) < 0) {
        stress_result_free(&t->result);
    }
    atomic_store(&g_run, NULL);
}

void stress_trial_free(struct stress_trial *t)
{
    stress_result_free(&t->result);
    if (t->run != NULL) {
        stress_run_fini(t->run);
        free(t->run);
        t->run = NULL;
    }
}
