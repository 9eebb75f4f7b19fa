/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/axis.h -- the range of an axis, its ticks, and their labels.
 *
 * Threads    any; nothing is kept.
 */
#ifndef STRESS_AXIS_H
#define STRESS_AXIS_H

#include "stress/chart.h"

#define STRESS_TICKS_MAX 24

struct stress_range {
    double from, to;
    bool log;
};

/* What the points of all lines cover, x (0) or y (1), rounded outwards. */
struct stress_range stress_range_of(const struct stress_chart *c,
                                    const struct stress_axis *axis, int which);
/* 0 at its beginning, 1 at its end. */
double stress_range_place(const struct stress_range *r, double v);
/* At most STRESS_TICKS_MAX, near `wanted` when the range is linear. */
size_t stress_range_ticks(const struct stress_range *r, unsigned wanted,
                          double *ticks);

#endif
