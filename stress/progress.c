/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/progress.c -- tells how it goes while the load runs.
 *
 * On a terminal that is the live view; elsewhere, or if asked for, one line
 * for each interval. All of it goes to standard error, so that standard output
 * holds the report alone.
 */
#include "stress/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stress/clock.h"
#include "stress/live.h"
#include "stress/run.h"
#include "stress/screen.h"

/* How often the live view looks for a new second or another size. */
#define LOOK_NS (200 * STRESS_NS_PER_MS)

enum manner {
    SILENT,
    LINES,
    LIVE
};

struct stress_progress {
    const struct stress_run *run;
    enum manner manner;
    size_t n;         /* points that were told */
    uint64_t seconds; /* that were shown */
    struct stress_view view;
    struct stress_screen screen;
    struct stress_frame frame;
};

void stress_progress_of_many(struct stress_options *o)
{
    o->quiet = o->quiet || (!o->progress && !stress_screen_there());
}

struct stress_progress *stress_progress_new(const struct stress_run *run)
{
    const struct stress_options *o = &run->options;
    struct stress_progress *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        return NULL;
    }
    p->run = run;
    p->manner = o->quiet                                ? SILENT
                : !o->progress && stress_screen_there() ? LIVE
                                                        : LINES;
    p->view = (struct stress_view){.target = run->target.name,
                                   .workload = run->workload.name,
                                   .open = o->open,
                                   .rate = o->rate,
                                   .duration = o->duration,
                                   .requests = o->requests,
                                   .clients = o->clients,
                                   .connections = o->clients,
                                   .idle = o->idle};
    if (p->manner == LIVE) {
        stress_screen_open(&p->screen);
    }
    return p;
}

void stress_progress_end(struct stress_progress **p)
{
    if (*p != NULL && (*p)->manner == LIVE) {
        stress_screen_clear(&(*p)->screen);
    }
    free(*p);
    *p = NULL;
}

void stress_progress_note(struct stress_progress *p, const char *text)
{
    if (p != NULL && p->manner == LIVE) {
        stress_live_note(&p->frame, &p->screen.look, text);
        stress_screen_show(&p->screen, &p->frame);
    }
}

uint64_t stress_progress_wake(const struct stress_progress *p, uint64_t until)
{
    uint64_t look = stress_now() + LOOK_NS;

    return p != NULL && p->manner == LIVE && look < until ? look : until;
}

static void line(const struct stress_progress *p,
                 const struct stress_point *point)
{
    const struct stress_point_latency *l =
        p->view.open ? &point->response : &point->service;

    fprintf(stderr,
            "%6.0f s %9.0f/s  p50 %8.0f us  p99 %8.0f us  p99.9 %8.0f us  "
            "errors %" PRIu64 "  connections %" PRIu64 "\n",
            point->at,
            point->seconds > 0 ? (double)point->requests / point->seconds : 0,
            l->p50, l->p99, l->p999, p->view.errors, point->connections);
}

/* Takes in the points that are new; whether there were any. */
static bool news(struct stress_progress *p, const struct stress_series *s)
{
    bool any = p->n < s->n;

    for (; p->n < s->n; p->n++) {
        const struct stress_point *point = &s->points[p->n];

        p->view.done += point->requests;
        p->view.errors += point->errors;
        p->view.late += point->late;
        p->view.dropped += point->dropped;
        p->view.connections = point->connections;
        if (p->manner == LINES) {
            line(p, point);
        }
    }
    p->view.points = s->points;
    p->view.n = s->n;
    return any;
}

void stress_progress_show(struct stress_progress *p,
                          const struct stress_series *s)
{
    uint64_t now = stress_now();
    bool stale;

    if (p == NULL) {
        return;
    }
    stale = news(p, s);
    if (p->manner != LIVE) {
        return;
    }
    p->view.at = (double)(now - p->run->gate.begin) / 1e9;
    stale = stress_screen_measure(&p->screen) || stale;
    if (stale || (uint64_t)p->view.at != p->seconds || p->screen.n_lines == 1) {
        p->seconds = (uint64_t)p->view.at;
        stress_live_draw(&p->frame, &p->screen.look, &p->view);
        stress_screen_show(&p->screen, &p->frame);
    }
}
