/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/main.c -- baton-stress from beginning to end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "stress/page.h"
#include "stress/progress.h"
#include "stress/report.h"
#include "stress/sweep.h"
#include "stress/trial.h"
#include "stress/versus.h"

static int report(const struct stress_result *r, const struct stress_sweep *s)
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
        stress_report_json(r, s, f);
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

static int run_once(const struct stress_options *o)
{
    struct stress_trial t;
    int status;

    stress_trial_run(&t, o);
    status = t.result != NULL ? report(t.result, NULL) : t.status;
    stress_trial_free(&t);
    return status;
}

/* All rates; in full the last one, or the one at the knee. */
static int run_rates(struct stress_options *o)
{
    static struct stress_sweep s;
    struct stress_trial t;
    bool to_stdout = o->json_path != NULL && strcmp(o->json_path, "-") == 0;
    int status;

    stress_progress_of_many(o);
    stress_sweep_run(&s, o, &t);
    status = t.result != NULL ? report(t.result, &s) : t.status;
    for (size_t i = 0; i < s.n; i++) {
        status = s.point[i].right ? status : 1;
    }
    if (o->slo_limit > 0 && t.result != NULL) {
        fprintf(to_stdout ? stderr : stdout,
                "slo: %s holds up to %.0f requests per second\n", o->slo,
                s.knee);
        status = s.knee > 0 ? status : 1;
    }
    stress_trial_free(&t);
    return status;
}

int main(int argc, char **argv)
{
    struct stress_options o;
    enum stress_go go;

    if (argc > 1 && strcmp(argv[1], "report") == 0) {
        return stress_page_main(argc - 2, argv + 2);
    }
    if (argc > 1 && strcmp(argv[1], "compare") == 0) {
        return stress_versus_main(argc - 2, argv + 2);
    }
    go = stress_options_parse(&o, argc, argv);
    if (go != STRESS_GO) {
        return go == STRESS_STOP_OK ? 0 : 2;
    }
    o.words = argv + 1;
    o.n_words = argc - 1;
    stress_trial_signals();
    return o.sweep != NULL || o.slo_limit > 0 ? run_rates(&o) : run_once(&o);
}
