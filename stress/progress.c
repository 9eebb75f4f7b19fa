/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/progress.c -- one line a second while the load runs.
 *
 * On a terminal the line is rewritten in place; elsewhere lines follow each
 * other, and only if asked for. All of it goes to standard error, so that
 * standard output holds the report alone.
 */
#include "stress/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "stress/clock.h"

struct stress_progress *stress_progress_new(const struct stress_run *run)
{
    struct stress_progress *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        return NULL;
    }
    p->terminal = isatty(STDERR_FILENO);
    p->shown = !run->options.quiet && (p->terminal || run->options.progress);
    p->at = run->begin;
    return p;
}

void stress_progress_end(struct stress_progress **p)
{
    if (*p != NULL && (*p)->shown && (*p)->terminal) {
        fprintf(stderr, "\r%78s\r", "");
    }
    free(*p);
    *p = NULL;
}

static uint64_t trouble(const struct stress_tally *t)
{
    uint64_t n = stress_tally_get(t, STRESS_CONN_ERRORS) +
                 stress_tally_get(t, STRESS_REPLY_ERRORS);

    for (int i = STRESS_RIGHT + 1; i < STRESS_N_FAULTS; i++) {
        n += stress_tally_faults(t, i);
    }
    return n;
}

static void print(struct stress_progress *p, const struct stress_tally *sum,
                  const struct stress_histogram *last, uint64_t elapsed)
{
    uint64_t requests =
        stress_tally_get(sum, STRESS_GETS) + stress_tally_get(sum, STRESS_SETS);
    uint64_t now = stress_now();
    double span = (double)(now - p->at) / 1e9;

    fprintf(stderr,
            "%s%6.0f s %9.0f/s  p50 %8.0f us  p99 %8.0f us  errors %" PRIu64
            "%s",
            p->terminal ? "\r" : "", (double)elapsed / 1e9,
            (double)(requests - p->requests) / span,
            stress_histogram_quantile(last, 0.50) / 1e3,
            stress_histogram_quantile(last, 0.99) / 1e3, trouble(sum),
            p->terminal ? "   " : "\n");
    p->at = now;
    p->requests = requests;
}

void stress_progress_show(struct stress_progress *p,
                          struct stress_worker *const *workers,
                          const struct stress_run *run)
{
    struct stress_tally *sum;
    struct stress_histogram *last;

    if (!p->shown) {
        return;
    }
    sum = calloc(1, sizeof(*sum));
    last = calloc(1, sizeof(*last));
    if (sum != NULL && last != NULL) {
        for (unsigned i = 0; i < run->options.threads; i++) {
            stress_tally_merge(sum, &workers[i]->tally, 0);
        }
        stress_histogram_merge(last, &sum->get);
        stress_histogram_merge(last, &sum->set);
        stress_histogram_subtract(last, &p->before);
        stress_histogram_merge(&p->before, last);
        print(p, sum, last, stress_now() - run->begin);
    }
    free(sum);
    free(last);
}
