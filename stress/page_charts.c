/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/page_charts.c -- which charts a page has, and what their lines are.
 */
#include "stress/page.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stress/chart.h"

#define NAME_SIZE 160

/* A chart whose lines have memory of their own. */
struct made {
    struct stress_chart chart;
    char names[STRESS_CHART_LINES][NAME_SIZE];
    int rc;
};

static struct stress_line *add_line(struct made *m, size_t room,
                                    const char *run, const char *what)
{
    struct stress_line *l;

    if (m->chart.n_lines == STRESS_CHART_LINES || room == 0) {
        return NULL;
    }
    l = &m->chart.lines[m->chart.n_lines];
    l->points = malloc(room * sizeof l->points[0]);
    if (!l->points) {
        m->rc = -ENOMEM;
        return NULL;
    }
    snprintf(m->names[m->chart.n_lines], NAME_SIZE, "%s%s%s", run,
             *what ? ", " : "", what);
    l->name = m->names[m->chart.n_lines++];
    return l;
}

static int finish(FILE *f, struct made *m)
{
    if (m->rc == 0) {
        stress_chart_write(f, &m->chart);
    }
    for (size_t i = 0; i < m->chart.n_lines; i++) {
        free(m->chart.lines[i].points);
    }
    return m->rc;
}

static void add_point(struct stress_line *l, double x, double y)
{
    l->points[l->n][0] = x;
    l->points[l->n][1] = y;
    l->n++;
}

/* ---- Over time ---- */

static void over_time(struct made *m, const struct stress_page_run *run,
                      unsigned colour, const char *path, const char *what)
{
    const struct stress_node *points =
        stress_node_at(run->result, "series.points");
    struct stress_line *l =
        add_line(m, points ? points->n : 0, run->name, what);
    double interval = stress_node_number(run->result, "series.interval", 0);

    if (!l) {
        return;
    }
    l->colour = colour;
    for (const struct stress_node *p = points->first; p; p = p->next) {
        double y = stress_node_number(p, path, NAN);

        /* What is left of an interval when the run ends says little. */
        if (!isnan(y) &&
            (l->n == 0 || stress_node_number(p, "seconds", 0) > interval / 2)) {
            add_point(l, stress_node_number(p, "t", 0), y);
        }
    }
}

static int throughput(FILE *f, const struct stress_page *page)
{
    struct made m = {
        .chart = {.title = "Throughput over time",
                  .note = "Requests answered in each interval.",
                  .x = {"time since the beginning", STRESS_UNIT_SECONDS, false},
                  .y = {"requests per second", STRESS_UNIT_COUNT, false}}};

    for (size_t i = 0; i < page->n; i++) {
        over_time(&m, &page->runs[i], (unsigned)i, "rate", "");
    }
    return finish(f, &m);
}

/* Response times where the loop was open, else service times. */
static bool is_open(const struct stress_page_run *run)
{
    return stress_node_at(run->result, "latency.response_us.p50") != NULL;
}

static int latency_over_time(FILE *f, const struct stress_page *page)
{
    struct made m = {
        .chart = {.title = "Latency over time",
                  .note = "Response time where requests had a time at which "
                          "they were due (open loop), else service time.",
                  .x = {"time since the beginning", STRESS_UNIT_SECONDS, false},
                  .y = {"latency (logarithmic)", STRESS_UNIT_US, true}}};
    static const char *const names[] = {"p50", "p99", "p999"};
    char path[64];

    for (size_t i = 0; i < page->n; i++) {
        for (size_t k = 0; k < (page->n > 1 ? 2 : 3); k++) {
            const char *kind =
                is_open(&page->runs[i]) ? "response_us" : "service_us";
            size_t lines = m.chart.n_lines;

            snprintf(path, sizeof path, "%s.%s", kind, names[k]);
            over_time(&m, &page->runs[i], (unsigned)(page->n > 1 ? i : k), path,
                      k == 2 ? "p99.9" : names[k]);
            if (m.chart.n_lines > lines) {
                m.chart.lines[lines].dashed = page->n > 1 && k > 0;
            }
        }
    }
    return finish(f, &m);
}

static int server_cpu(FILE *f, const struct stress_page *page)
{
    struct made m = {
        .chart = {.title = "CPU of the server and of the generator",
                  .note = "Processors kept busy in each interval; a generator "
                          "at its limit measures itself.",
                  .x = {"time since the beginning", STRESS_UNIT_SECONDS, false},
                  .y = {"processors", STRESS_UNIT_PART, false}}};

    for (size_t i = 0; i < page->n; i++) {
        size_t lines;

        over_time(&m, &page->runs[i], (unsigned)i, "server_cpu", "server");
        lines = m.chart.n_lines;
        over_time(&m, &page->runs[i], (unsigned)i, "generator_cpu",
                  "generator");
        if (m.chart.n_lines > lines) {
            m.chart.lines[lines].dashed = true;
        }
    }
    return finish(f, &m);
}

/* ---- Distributions ---- */

static double total_of(const struct stress_node *buckets)
{
    double sum = 0;

    for (const struct stress_node *b = buckets->first; b; b = b->next) {
        sum += b->first && b->first->next ? b->first->next->number : 0;
    }
    return sum;
}

/* Latency by how many requests are faster, counted in nines. */
static void by_nines(struct made *m, const struct stress_page_run *run,
                     unsigned colour, const char *kind, bool dashed)
{
    char path[64];
    const struct stress_node *buckets;
    struct stress_line *l;
    double total, seen = 0;

    snprintf(path, sizeof path, "histograms.%s_us", kind);
    buckets = stress_node_at(run->result, path);
    l = buckets ? add_line(m, buckets->n, run->name, kind) : NULL;
    if (!l) {
        return;
    }
    l->colour = colour;
    l->dashed = dashed;
    total = total_of(buckets);
    for (const struct stress_node *b = buckets->first; b; b = b->next) {
        double below = seen / total;

        if (!b->first || !b->first->next) {
            continue;
        }
        if (b->first->number > 0) {
            add_point(l, below > 0 ? -log10(1 - below) : 0, b->first->number);
        }
        seen += b->first->next->number;
    }
}

static int distribution(FILE *f, const struct stress_page *page)
{
    struct made m = {
        .chart = {.title = "Latency distribution",
                  .note = "So many percent of the requests were faster. "
                          "Service: from sent to answered; response: from due "
                          "to answered.",
                  .x = {"percentile", STRESS_UNIT_NINES, false},
                  .y = {"latency (logarithmic)", STRESS_UNIT_US, true}}};

    for (size_t i = 0; i < page->n; i++) {
        by_nines(&m, &page->runs[i], (unsigned)i, "response", false);
        by_nines(&m, &page->runs[i], (unsigned)i, "service",
                 is_open(&page->runs[i]));
    }
    return finish(f, &m);
}

#define STEPS 12 /* for each power of ten */

/* A bar from step to the next, and the gap in front of it. */
static void add_step(struct stress_line *l, double step, double sum)
{
    double from = pow(10, step / STEPS), to = pow(10, (step + 1) / STEPS);
    double end = l->n > 0 ? l->points[l->n - 1][0] : 0;

    if (from > end * 1.001) {
        if (l->n > 0) {
            add_point(l, end, 0);
        }
        add_point(l, from, 0);
    }
    add_point(l, from, sum);
    add_point(l, to, sum);
}

/* Connections by time from connect to the first reply. */
static int connects(FILE *f, const struct stress_page *page)
{
    struct made m = {
        .chart = {.title = "Connections",
                  .note = "From connect to the first reply.",
                  .x = {"time (logarithmic)", STRESS_UNIT_US, true},
                  .y = {"connections", STRESS_UNIT_COUNT, false}}};

    for (size_t i = 0; i < page->n; i++) {
        const struct stress_node *buckets =
            stress_node_at(page->runs[i].result, "histograms.connect_us");
        struct stress_line *l =
            buckets ? add_line(&m, 4 * buckets->n + 1, page->runs[i].name, "")
                    : NULL;
        double sum = 0, step = NAN;

        if (!l) {
            continue;
        }
        l->colour = (unsigned)i;
        l->area = true;
        for (const struct stress_node *b = buckets->first; b; b = b->next) {
            double at = floor(log10(b->first->number + 1e-3) * STEPS);

            if (!isnan(step) && at > step) {
                add_step(l, step, sum);
                sum = 0;
            }
            step = at;
            sum += b->first->next->number;
        }
        if (sum > 0) {
            add_step(l, step, sum);
            add_point(l, pow(10, (step + 1) / STEPS), 0);
        }
    }
    return finish(f, &m);
}

/* ---- The sweep ---- */

static int sweep(FILE *f, const struct stress_page *page)
{
    struct made m = {
        .chart = {
            .title = "Latency against rate",
            .note = "Each point is a run at that rate: where the line "
                    "turns up is the knee.",
            .x = {"rate asked for, requests per second", STRESS_UNIT_COUNT,
                  false},
            .y = {"p99 response time (logarithmic)", STRESS_UNIT_US, true}}};

    for (size_t i = 0; i < page->n; i++) {
        const struct stress_node *points =
            stress_node_at(page->runs[i].result, "sweep.points");
        struct stress_line *l =
            points ? add_line(&m, points->n, page->runs[i].name, "") : NULL;

        if (!l) {
            continue;
        }
        l->colour = (unsigned)i;
        for (const struct stress_node *p = points->first; p; p = p->next) {
            double y = stress_node_number(p, "response_us.p99", NAN);

            if (!isnan(y)) {
                add_point(l, stress_node_number(p, "rate", 0), y);
            }
        }
    }
    return finish(f, &m);
}

int stress_page_charts(FILE *f, const struct stress_page *page)
{
    int (*const all[])(FILE *, const struct stress_page *) = {
        throughput, latency_over_time, distribution,
        sweep,      connects,          server_cpu};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof all / sizeof all[0]; i++) {
        rc = all[i](f, page);
    }
    return rc;
}
