/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/axis.c -- the range of an axis, its ticks, and their labels.
 */
#include "stress/axis.h"

#include <math.h>
#include <stdio.h>

/* ---- labels ---- */

static void scaled(char *text, size_t size, double v, const char *unit)
{
    int digits = fabs(v - round(v)) <= 1e-9 * fabs(v) ? 0
                 : fabs(v) < 10                       ? 2
                                                      : 1;

    snprintf(text, size, "%.*f%s", digits, v, unit);
}

static void time_text(char *text, size_t size, double us)
{
    if (us >= 1e6) {
        scaled(text, size, us / 1e6, " s");
    } else if (us >= 1e3) {
        scaled(text, size, us / 1e3, " ms");
    } else {
        scaled(text, size, us, " \302\265s");
    }
}

static void count_text(char *text, size_t size, double v)
{
    if (v >= 1e6) {
        scaled(text, size, v / 1e6, "M");
    } else if (v >= 1e3) {
        scaled(text, size, v / 1e3, "k");
    } else {
        scaled(text, size, v, "");
    }
}

void stress_unit_text(char *text, size_t size, enum stress_unit unit, double v)
{
    switch (unit) {
    case STRESS_UNIT_US:
        time_text(text, size, v);
        break;
    case STRESS_UNIT_SECONDS:
        scaled(text, size, v, " s");
        break;
    case STRESS_UNIT_NINES:
        snprintf(text, size, "%.*f%%", v > 2 ? (int)(v + 0.5) - 2 : 0,
                 100 - 100 * pow(10, -v));
        break;
    case STRESS_UNIT_PART:
        scaled(text, size, v, "");
        break;
    default:
        count_text(text, size, v);
    }
}

/* ---- ranges ---- */

struct stress_range stress_range_of(const struct stress_chart *c,
                                    const struct stress_axis *axis, int which)
{
    struct stress_range r = {INFINITY, -INFINITY, axis->log};

    for (size_t i = 0; i < c->n_lines; i++) {
        for (size_t k = 0; k < c->lines[i].n; k++) {
            double v = c->lines[i].points[k][which];

            if (!r.log || v > 0) {
                r.from = v < r.from ? v : r.from;
                r.to = v > r.to ? v : r.to;
            }
        }
    }
    if (r.to < r.from) {
        r.from = r.to = 1;
    }
    if (r.log) {
        r.from = pow(10, floor(log10(r.from) * 3 + 1e-9) / 3);
        r.to = pow(10, ceil(log10(r.to) * 3 - 1e-9) / 3);
        r.to = r.to > r.from ? r.to : r.from * 10;
        return r;
    }
    r.from = r.from > 0 ? 0 : r.from;
    r.to = r.to > r.from ? r.to : r.from + 1;
    return r;
}

double stress_range_place(const struct stress_range *r, double v)
{
    if (r->log) {
        v = v > r->from ? v : r->from;
        return log(v / r->from) / log(r->to / r->from);
    }
    return (v - r->from) / (r->to - r->from);
}

static size_t log_ticks(const struct stress_range *r, double *ticks)
{
    static const double steps[] = {1, 2, 5};
    bool all = r->to / r->from < 50;
    size_t n = 0;

    for (double d = pow(10, floor(log10(r->from))); d <= r->to; d *= 10) {
        for (int i = 0; i < (all ? 3 : 1); i++) {
            double v = d * steps[i];

            if (v >= r->from * 0.999 && v <= r->to * 1.001 &&
                n < STRESS_TICKS_MAX) {
                ticks[n++] = v;
            }
        }
    }
    return n;
}

static size_t linear_ticks(const struct stress_range *r, unsigned wanted,
                           double *ticks)
{
    double raw = (r->to - r->from) / wanted;
    double step = pow(10, floor(log10(raw)));
    size_t n = 0;

    step *= raw / step > 5 ? 10 : raw / step > 2 ? 5 : raw / step > 1 ? 2 : 1;
    for (double v = ceil(r->from / step) * step;
         v <= r->to + step / 1000 && n < STRESS_TICKS_MAX; v += step) {
        ticks[n++] = v;
    }
    return n;
}

size_t stress_range_ticks(const struct stress_range *r, unsigned wanted,
                          double *ticks)
{
    return r->log ? log_ticks(r, ticks) : linear_ticks(r, wanted, ticks);
}
