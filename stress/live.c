/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/live.c -- what a run looks like while it lasts, as lines of text.
 */
#include "stress/live.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LABEL_WIDTH  13
#define LABEL_NARROW 8
#define FIGURE_WIDTH 12
#define PEAK_WIDTH   20 /* of "most 1,234,567/s" and the gap before it */
#define SPARK_LEAST  4
#define LEVELS       8

#define PLAIN  "0"
#define BOLD   "1"
#define DIM    "2"
#define RED    "31"
#define GREEN  "32"
#define YELLOW "33"

/* ---- a frame ---- */

static void raw(struct stress_frame *f, const char *bytes, size_t n)
{
    if (f->len + n <= sizeof(f->text)) {
        memcpy(f->text + f->len, bytes, n);
        f->len += n;
    }
}

static void colour(struct stress_frame *f, const char *style)
{
    if (f->look.colour && style != NULL) {
        raw(f, "\033[", 2);
        raw(f, style, strlen(style));
        raw(f, "m", 1);
    }
}

/* The last column is left free: to write there may move the cursor. */
static unsigned edge(const struct stress_frame *f)
{
    return f->look.columns - 1;
}

/* Plain ASCII in one colour; what is beyond the edge is cut off, and what
 * would move the cursor is shown as '?'. */
static void put(struct stress_frame *f, const char *style, const char *format,
                ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    colour(f, style);
    for (const char *p = text; *p != '\0' && f->column < edge(f); p++) {
        raw(f, *p >= ' ' && *p <= '~' ? p : "?", 1);
        f->column++;
    }
    colour(f, style != NULL ? PLAIN : NULL);
}

static void pad_to(struct stress_frame *f, unsigned column)
{
    while (f->column < column && f->column < edge(f)) {
        raw(f, " ", 1);
        f->column++;
    }
}

static void end_line(struct stress_frame *f)
{
    f->width[f->n_lines++] = f->column;
    f->column = 0;
    raw(f, "\033[K\r\n", 5);
}

static void begin(struct stress_frame *f, const struct stress_look *look)
{
    f->look = *look;
    f->n_lines = f->column = 0;
    f->len = 0;
    if (f->look.columns > STRESS_FRAME_WIDTH) {
        f->look.columns = STRESS_FRAME_WIDTH;
    }
    if (f->look.columns < 2) {
        f->look.columns = 2;
    }
}

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
    unsigned label_width = edge(f) < 40 ? LABEL_NARROW : LABEL_WIDTH;
    unsigned room = edge(f) > label_width ? edge(f) - label_width : 1;

    put(f, DIM, "%-*s", (int)label_width, label);
    put(f, style, "%*s", (int)(room < FIGURE_WIDTH ? room : FIGURE_WIDTH),
        text);
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

    pad_to(f, f->column + columns - (unsigned)n);
    colour(f, what == RATE ? GREEN : YELLOW);
    for (size_t i = v->n - n; i < v->n; i++) {
        int l = level(&s, figure_of(v, i, what));

        if (f->look.utf8 && l > 0) {
            /* U+2581 is the lowest of eight blocks. */
            char block[3] = {'\xe2', '\x96', (char)(0x80 + l)};

            raw(f, block, 3);
        } else {
            raw(f, &ascii[l], 1);
        }
        f->column++;
    }
    colour(f, PLAIN);
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
    figure(f, labels[what], BOLD, text);
    left = f->column + 2;
    peak = edge(f) >= left + PEAK_WIDTH + 2 * SPARK_LEAST;
    if (v->n == 0 || edge(f) < left + SPARK_LEAST) {
        return;
    }
    columns = edge(f) - left - (peak ? PEAK_WIDTH : 0);
    pad_to(f, left);
    spark(f, v, what, columns);
    if (peak) {
        figure_text(text, sizeof(text), what,
                    most_of(v, v->n < columns ? 0 : v->n - columns, what));
        put(f, DIM, "  most %s", text);
    }
}

/* ---- the other lines ---- */

static void title_line(struct stress_frame *f, const struct stress_view *v)
{
    put(f, BOLD, "%s  %s", v->target, v->workload);
    put(f, NULL, "  %.0f s", v->at);
    if (v->duration > 0) {
        put(f, NULL, " of %.0f", v->duration);
    }
    if (v->requests > 0) {
        put(f, NULL, "  %" PRIu64 " of %" PRIu64, v->done, v->requests);
    }
    if (v->open) {
        char text[32];

        rate_text(text, sizeof(text), v->rate);
        put(f, DIM, "  %s due, response times", text);
    } else {
        put(f, DIM, "  closed loop, service times");
    }
}

static void errors_line(struct stress_frame *f, const struct stress_view *v)
{
    count(f, "errors", v->errors > 0 ? RED : BOLD, v->errors);
    if (v->open) {
        put(f, v->late > 0 ? YELLOW : NULL, "  late %" PRIu64, v->late);
        put(f, v->dropped > 0 ? RED : NULL, "  dropped %" PRIu64, v->dropped);
    }
}

static void connections_line(struct stress_frame *f,
                             const struct stress_view *v)
{
    count(f, edge(f) < 40 ? "conns" : "connections",
          v->connections < v->clients ? YELLOW : BOLD, v->connections);
    put(f, NULL, "  of %" PRIu64, v->clients);
    if (v->idle > 0) {
        put(f, NULL, ", %" PRIu32 " idle", v->idle);
    }
}

void stress_live_draw(struct stress_frame *f, const struct stress_look *look,
                      const struct stress_view *v)
{
    /* In the order on the screen; and how soon each is left out. */
    static const unsigned char rank[] = {6, 0, 4, 1, 5, 2, 3};

    begin(f, look);
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
        end_line(f);
    }
}

void stress_live_note(struct stress_frame *f, const struct stress_look *look,
                      const char *text)
{
    begin(f, look);
    put(f, DIM, "%s", text);
    end_line(f);
}
