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
#include "stress/screen.h"

/* For the signal handler: what it stops, and that it did. */
static _Atomic(struct stress_run *) g_run;
static atomic_bool g_stopped;

static void end_at_once(int sig)
{
    stress_screen_restore();
    signal(sig, SIG_DFL);
    raise(sig);
}

static void on_signal(int sig)
{
    struct stress_run *run = atomic_load(&g_run);

    if (atomic_exchange(&g_stopped, true)) {
        end_at_once(sig);
    } else if (run != NULL) {
        atomic_store(&run->stop, true);
    }
}

/* nohup(1) has its reasons. */
static void unless_ignored(int sig, const struct sigaction *sa)
{
    struct sigaction before;

    if (sigaction(sig, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(sig, sa, NULL);
    }
}

void stress_trial_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};

    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sa.sa_handler = end_at_once;
    unless_ignored(SIGQUIT, &sa);
    unless_ignored(SIGHUP, &sa);
    sa.sa_handler = SIG_IGN;
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
