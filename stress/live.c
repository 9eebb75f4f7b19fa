/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/live.c -- what a run looks like while it lasts, as lines of text.
 */
#include "stress/live.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define LABEL_WIDTH  13
#define LABEL_NARROW 8
#define FIGURE_WIDTH 12
#define PEAK_WIDTH   20 /* of "most 1,234,567/s" and the gap before it */
#define SPARK_LEAST  4
#define LEVELS       8

/* ---- figures ---- */

/* Three digits and a unit: "850 us", "1.25 ms", "12.5 s". */
static void time_text(char *to, size_t room, double us)
{
    const char *unit = us < 999.5 ? "us" : us < 999.5e3 ? "ms" : "s";
    double v = us < 999.5 ? us : us < 999.5e3 ? us / 1e3 : us / 1e6;
    int digits = us < 999.5 ? 0 : v < 9.995 ? 2 : v < 99.95 ? 1 : 0;

    snprintf(to, room, "%.*f %s", digits, v, unit);
}

static void rate_text(char *to, size_t room, double v)
{
    uint64_t n = (uint64_t)(v + 0.5);

    if (v < 10) {
        snprintf(to, room, "%.1f/s", v);
    } else if (n < 1000) {
        snprintf(to, room, "%" PRIu64 "/s", n);
    } else if (n < 1000000) {
        snprintf(to, room, "%" PRIu64 ",%03" PRIu64 "/s", n / 1000, n % 1000);
    } else {
        snprintf(to, room, "%" PRIu64 ",%03" PRIu64 ",%03" PRIu64 "/s",
                 n / 1000000, n / 1000 % 1000, n % 1000);
    }
}

enum figure {
    RATE,
    P50,
    P99,
    P999,
    N_FIGURES
};

static const char *const labels[] = {"rate", "p50", "p99", "p99.9"};

/* NAN: there is none, since nothing was answered in that interval. */
static double figure_of(const struct stress_view *v, size_t i, enum figure what)
{
    const struct stress_point *p = &v->points[i];
    const struct stress_point_latency *l = v->open ? &p->response : &p->service;

    if (what == RATE) {
        return p->seconds > 0 ? (double)p->requests / p->seconds : NAN;
    }
    if (p->requests == 0) {
        return NAN;
    }
    return what == P50 ? l->p50 : what == P99 ? l->p99 : l->p999;
}

static void figure_text(char *to, size_t room, enum figure what, double value)
{
    if (isnan(value)) {
        snprintf(to, room, "-");
    } else if (what == RATE) {
        rate_text(to, room, value);
    } else {
        time_text(to, room, value);
    }
}

/* A name and its figure, which end in the same column on all lines; narrow
 * screens take short names. */
static void figure(struct stress_frame *f, const char *label, const char *style,
                   const char *text)
{
    unsigned label_width =
        stress_frame_edge(f) < 40 ? LABEL_NARROW : LABEL_WIDTH;
    unsigned room = stress_frame_edge(f) > label_width
                        ? stress_frame_edge(f) - label_width
                        : 1;

    stress_frame_put(f, STRESS_STYLE_DIM, "%-*s", (int)label_width, label);
    stress_frame_put(f, style, "%*s",
                     (int)(room < FIGURE_WIDTH ? room : FIGURE_WIDTH), text);
}

static void count(struct stress_frame *f, const char *label, const char *style,
                  uint64_t n)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRIu64, n);
    figure(f, label, style, text);
}

/* ---- sparklines ---- */

struct scale {
    double from, to;
    bool log;
};

/* Rates stand over zero; times on a log scale, of a factor of ten at least so
 * that small changes look small. */
static struct scale scale_of(const struct stress_view *v, size_t from,
                             enum figure what)
{
    struct scale s = {.from = INFINITY, .to = 0, .log = what != RATE};

    for (size_t i = from; i < v->n; i++) {
        double value = figure_of(v, i, what);

        s.from = value < s.from ? value : s.from;
        s.to = value > s.to ? value : s.to;
    }
    if (!s.log || s.from < 0.001) {
        s.from = s.log ? 0.001 : 0;
    }
    s.to = s.log && s.to < s.from * 10 ? s.from * 10 : s.to;
    return s;
}

/* 0: nothing to show; else 1 to LEVELS. */
static int level(const struct scale *s, double value)
{
    double share;

    if (isnan(value)) {
        return 0;
    }
    if (s->to <= s->from || value <= s->from) {
        return 1;
    }
    share = s->log ? log(value / s->from) / log(s->to / s->from)
                   : (value - s->from) / (s->to - s->from);
    return share >= 1 ? LEVELS : 1 + (int)(share * LEVELS);
}

/* The latest intervals, one column each, the last one at the right. */
static void spark(struct stress_frame *f, const struct stress_view *v,
                  enum figure what, unsigned columns)
{
    static const char ascii[] = " _.:-=+*#";
    size_t n = v->n < columns ? v->n : columns;
    struct scale s = scale_of(v, v->n - n, what);

    stress_frame_pad(f, f->column + columns - (unsigned)n);
    stress_frame_style(f,
                       what == RATE ? STRESS_STYLE_GREEN : STRESS_STYLE_YELLOW);
    for (size_t i = v->n - n; i < v->n; i++) {
        int l = level(&s, figure_of(v, i, what));

        if (f->look.utf8 && l > 0) {
            /* U+2581 is the lowest of eight blocks. */
            char block[3] = {'\xe2', '\x96', (char)(0x80 + l)};

            stress_frame_raw(f, block, 3);
        } else {
            stress_frame_raw(f, &ascii[l], 1);
        }
        f->column++;
    }
    stress_frame_style(f, STRESS_STYLE_PLAIN);
}

static double most_of(const struct stress_view *v, size_t from,
                      enum figure what)
{
    double most = NAN;

    for (size_t i = from; i < v->n; i++) {
        most = fmax(most, figure_of(v, i, what)); /* NAN counts for nothing */
    }
    return most;
}

static void figure_line(struct stress_frame *f, const struct stress_view *v,
                        enum figure what)
{
    unsigned left, columns;
    char text[32];
    bool peak;

    figure_text(text, sizeof(text), what,
                v->n > 0 ? figure_of(v, v->n - 1, what) : NAN);
    figure(f, labels[what], STRESS_STYLE_BOLD, text);
    left = f->column + 2;
    peak = stress_frame_edge(f) >= left + PEAK_WIDTH + 2 * SPARK_LEAST;
    if (v->n == 0 || stress_frame_edge(f) < left + SPARK_LEAST) {
        return;
    }
    columns = stress_frame_edge(f) - left - (peak ? PEAK_WIDTH : 0);
    stress_frame_pad(f, left);
    spark(f, v, what, columns);
    if (peak) {
        figure_text(text, sizeof(text), what,
                    most_of(v, v->n < columns ? 0 : v->n - columns, what));
        stress_frame_put(f, STRESS_STYLE_DIM, "  most %s", text);
    }
}

/* ---- the other lines ---- */

static void title_line(struct stress_frame *f, const struct stress_view *v)
{
    stress_frame_put(f, STRESS_STYLE_BOLD, "%s  %s", v->target, v->workload);
    stress_frame_put(f, NULL, "  %.0f s", v->at);
    if (v->duration > 0) {
        stress_frame_put(f, NULL, " of %.0f", v->duration);
    }
    if (v->requests > 0) {
        stress_frame_put(f, NULL, "  %" PRIu64 " of %" PRIu64, v->done,
                         v->requests);
    }
    if (v->open) {
        char text[32];

        rate_text(text, sizeof(text), v->rate);
        stress_frame_put(f, STRESS_STYLE_DIM, "  %s due, response times", text);
    } else {
        stress_frame_put(f, STRESS_STYLE_DIM, "  closed loop, service times");
    }
}

static void errors_line(struct stress_frame *f, const struct stress_view *v)
{
    count(f, "errors", v->errors > 0 ? STRESS_STYLE_RED : STRESS_STYLE_BOLD,
          v->errors);
    if (v->open) {
        stress_frame_put(f, v->late > 0 ? STRESS_STYLE_YELLOW : NULL,
                         "  late %" PRIu64, v->late);
        stress_frame_put(f, v->dropped > 0 ? STRESS_STYLE_RED : NULL,
                         "  dropped %" PRIu64, v->dropped);
    }
}

static void connections_line(struct stress_frame *f,
                             const struct stress_view *v)
{
    count(f, stress_frame_edge(f) < 40 ? "conns" : "connections",
          v->connections < v->clients ? STRESS_STYLE_YELLOW : STRESS_STYLE_BOLD,
          v->connections);
    stress_frame_put(f, NULL, "  of %" PRIu64, v->clients);
    if (v->idle > 0) {
        stress_frame_put(f, NULL, ", %" PRIu32 " idle", v->idle);
    }
}

void stress_live_draw(struct stress_frame *f, const struct stress_look *look,
                      const struct stress_view *v)
{
    /* In the order on the screen; and how soon each is left out. */
    static const unsigned char rank[] = {6, 0, 4, 1, 5, 2, 3};

    stress_frame_begin(f, look);
    for (unsigned i = 0; i < sizeof(rank); i++) {
        /* The lowest row is left to the cursor. */
        if (rank[i] > 0 && rank[i] + 1u >= look->rows) {
            continue;
        }
        if (i == 0) {
            title_line(f, v);
        } else if (i <= N_FIGURES) {
            figure_line(f, v, (enum figure)(i - 1));
        } else if (i == N_FIGURES + 1) {
            errors_line(f, v);
        } else {
            connections_line(f, v);
        }
        stress_frame_end_line(f);
    }
}

void stress_live_note(struct stress_frame *f, const struct stress_look *look,
                      const char *text)
{
    stress_frame_begin(f, look);
    stress_frame_put(f, STRESS_STYLE_DIM, "%s", text);
    stress_frame_end_line(f);
}
