/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/series.c -- what happened in each interval of a run.
 */
#include "stress/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"
#include "stress/usage.h"
#include "stress/worker.h"

int stress_series_init(struct stress_series *s)
{
    *s = (struct stress_series){.n = 0};
    s->before = calloc(1, sizeof(*s->before));
    s->sum = calloc(1, sizeof(*s->sum));
    return s->before != NULL && s->sum != NULL ? 0 : -ENOMEM;
}

void stress_series_fini(struct stress_series *s)
{
    free(s->points);
    free(s->before);
    free(s->sum);
    *s = (struct stress_series){0};
}

void stress_series_begin(struct stress_series *s, const struct stress_run *run)
{
    s->generator_cpu = stress_own_cpu();
    s->server_cpu = stress_cpu_of(run->options.server_pid);
}

static struct stress_point_latency latency(const struct stress_histogram *h)
{
    return (struct stress_point_latency){
        .p50 = stress_histogram_quantile(h, 0.50) / 1e3,
        .p90 = stress_histogram_quantile(h, 0.90) / 1e3,
        .p99 = stress_histogram_quantile(h, 0.99) / 1e3,
        .p999 = stress_histogram_quantile(h, 0.999) / 1e3,
        .max = stress_histogram_top(h) / 1e3};
}

static uint64_t between(const struct stress_series *s, enum stress_count c)
{
    return stress_tally_get(s->sum, c) - stress_tally_get(s->before, c);
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

/* What came in between, in the place of what was before. */
static struct stress_point_latency interval(struct stress_histogram *before,
                                            const struct stress_histogram *sum,
                                            uint64_t *count)
{
    static struct stress_histogram last;
    struct stress_point_latency l;

    memset(&last, 0, sizeof(last));
    stress_histogram_merge(&last, sum);
    stress_histogram_subtract(&last, before);
    /* The extremes of the whole would bound what is read off it. */
    atomic_store(&last.min, UINT64_MAX);
    atomic_store(&last.max, UINT64_MAX);
    *count = stress_histogram_count(&last);
    l = latency(&last);
    return l;
}

static void fill(struct stress_series *s, const struct stress_run *run,
                 struct stress_point *p)
{
    double own = stress_own_cpu();
    double server = stress_cpu_of(run->options.server_pid);
    uint64_t n;

    p->at = (double)(stress_now() - run->gate.begin) / 1e9;
    /* A clock may stand still; nothing is divided by zero. */
    p->seconds = p->at > s->at ? p->at - s->at : 1e-9;
    p->late = between(s, STRESS_LATE);
    p->dropped = between(s, STRESS_DROPPED);
    p->errors = trouble(s->sum) - trouble(s->before);
    p->connections = stress_tally_get(s->sum, STRESS_OPENED) -
                     stress_tally_get(s->sum, STRESS_CLOSED);
    p->service = interval(&s->before->service, &s->sum->service, &p->requests);
    p->response = interval(&s->before->response, &s->sum->response, &n);
    p->generator_cpu = own - s->generator_cpu;
    p->server_cpu =
        server < 0 || s->server_cpu < 0 ? -1 : server - s->server_cpu;
    s->generator_cpu = own;
    s->server_cpu = server;
    s->at = p->at;
}

void stress_series_take(struct stress_series *s, const struct stress_run *run,
                        struct stress_worker *const *workers)
{
    struct stress_tally *t;

    if (s->n == s->room) {
        size_t room = s->room * 2 + 64;
        struct stress_point *p = realloc(s->points, room * sizeof(*p));

        if (p == NULL) {
            return;
        }
        s->points = p;
        s->room = room;
    }
    memset(s->sum, 0, sizeof(*s->sum));
    for (unsigned i = 0; i < run->options.threads; i++) {
        stress_tally_merge(s->sum, &workers[i]->tally, 0);
    }
    fill(s, run, &s->points[s->n++]);
    t = s->before;
    s->before = s->sum;
    s->sum = t;
}
