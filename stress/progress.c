/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/progress.c -- one line per interval while the load runs.
 *
 * On a terminal the line is rewritten in place; elsewhere lines follow each
 * other, and only if asked for. All of it goes to standard error, so that
 * standard output holds the report alone.
 */
#include "stress/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

struct stress_progress {
    bool shown, terminal, open;
    uint64_t errors;
};

struct stress_progress *stress_progress_new(const struct stress_run *run)
{
    struct stress_progress *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        return NULL;
    }
    p->terminal = isatty(STDERR_FILENO);
    p->shown = !run->options.quiet && (p->terminal || run->options.progress);
    p->open = run->options.open;
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

void stress_progress_show(struct stress_progress *p,
                          const struct stress_point *point)
{
    const struct stress_point_latency *l;

    if (p == NULL || point == NULL || !p->shown) {
        return;
    }
    l = p->open ? &point->response : &point->service;
    p->errors += point->errors;
    fprintf(stderr,
            "%s%6.0f s %9.0f/s  p50 %8.0f us  p99 %8.0f us  errors %" PRIu64
            "%s",
            p->terminal ? "\r" : "", point->at,
            (double)point->requests / point->seconds, l->p50, l->p99, p->errors,
            p->terminal ? "   " : "\n");
}
