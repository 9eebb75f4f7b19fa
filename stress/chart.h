/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/chart.h -- lines over axes, as an SVG inside a page.
 *
 * Purpose    Draws what `baton-stress report` shows. Colours and letters come
 *            from the page's style sheet (classes c0 to c7), so that light,
 *            dark and print differ there only. Each chart is written in two
 *            sizes, of which the style sheet shows the one that fits.
 * Threads    any.
 */
#ifndef STRESS_CHART_H
#define STRESS_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define STRESS_CHART_LINES 16

enum stress_unit {
    STRESS_UNIT_COUNT,   /* 12k */
    STRESS_UNIT_US,      /* a time in microseconds: 250 us, 1.5 ms */
    STRESS_UNIT_SECONDS, /* since the beginning */
    STRESS_UNIT_PART,    /* of one processor: 0.5 */
    STRESS_UNIT_NINES    /* -log10(1 - p): 1 is 90 % */
};

struct stress_axis {
    const char *title;
    enum stress_unit unit;
    bool log; /* else from zero on */
};

/* One line: n points, owned by the chart's maker. */
struct stress_line {
    const char *name;
    unsigned colour; /* 0 to 7 */
    bool dashed, area;
    size_t n;
    double (*points)[2];
};

struct stress_chart {
    const char *title, *note;
    struct stress_axis x, y;
    size_t n_lines;
    struct stress_line lines[STRESS_CHART_LINES];
};

/* Nothing when no line has a point. */
void stress_chart_write(FILE *f, const struct stress_chart *c);

/* A number as it stands at an axis; at most 15 bytes with the zero. */
void stress_unit_text(char *text, size_t size, enum stress_unit unit, double v);
/* Text for HTML: <, >, & and quotes are written as entities. */
void stress_html_text(FILE *f, const char *text);

#endif
