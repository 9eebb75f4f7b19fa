/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/main.c -- baton-stress from beginning to end.
 */
#include "stress/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "stress/audit.h"
#include "stress/load.h"
#include "stress/page.h"
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

static int run_once(struct stress_run *run)
{
    struct stress_result *r = NULL;
    int status = 1;

    if (stress_run_init(run) < 0) {
        status = 2;
    } else if (stress_target_resolve(&run->target, &run->options) == 0 &&
               (run->options.memcached || stress_probe(run) == 0)) {
        status = stress_load(run, &r) == 0 ? report(r) : 1;
    }
    stress_result_free(&r);
    stress_run_fini(run);
    return status;
}

int main(int argc, char **argv)
{
    static struct stress_run run;
    enum stress_go go;

    if (argc > 1 && strcmp(argv[1], "report") == 0) {
        return stress_page_main(argc - 2, argv + 2);
    }
    go = stress_options_parse(&run.options, argc, argv);
    if (go != STRESS_GO) {
        return go == STRESS_STOP_OK ? 0 : 2;
    }
    run.options.words = argv + 1;
    run.options.n_words = argc - 1;
    signals(&run);
    if (stress_fd_limit((uint64_t)run.options.clients + run.options.idle +
                        run.options.storm + run.options.misdeeds.total + 64) <
        0) {
        return 1;
    }
    return run_once(&run);
}
