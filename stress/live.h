/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/live.h -- what a run looks like while it lasts, as lines of text.
 *
 * Purpose    Draws the live view into memory: as wide and as high as there is
 *            room, with or without colours and characters beyond ASCII. It
 *            knows nothing of a terminal (screen.h does).
 * Threads    any.
 * Ownership  All of it is the caller's.
 */
#ifndef STRESS_LIVE_H
#define STRESS_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stress/frame.h"
#include "stress/series.h"

/* What is to be seen. */
struct stress_view {
    const char *target, *workload;
    bool open;               /* an open loop: response times */
    double rate;             /* open loop: requests due per second */
    double at, duration;     /* seconds; duration 0: no end is known */
    uint64_t done, requests; /* of them; requests 0: by time alone */
    uint64_t errors, late, dropped;
    uint64_t connections, clients; /* that stand, of so many */
    uint32_t idle;                 /* connections that ask for nothing */
    const struct stress_point *points;
    size_t n;
};

/* The most important lines, when there is not room for all. */
void stress_live_draw(struct stress_frame *f, const struct stress_look *look,
                      const struct stress_view *v);
/* One line that says what is being done. */
void stress_live_note(struct stress_frame *f, const struct stress_look *look,
                      const char *text);

#endif
