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

#include "stress/series.h"

#define STRESS_FRAME_LINES 8
#define STRESS_FRAME_WIDTH 200 /* wider ones are not used in full */

/* What there is to draw on. */
struct stress_look {
    unsigned columns, rows;
    bool utf8, colour;
};

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

/* Lines, each ended by CR LF and at most columns - 1 wide. */
struct stress_frame {
    struct stress_look look;
    unsigned n_lines, column; /* column: of the line that is being drawn */
    unsigned width[STRESS_FRAME_LINES]; /* columns in use, by line */
    size_t len;
    char text[STRESS_FRAME_LINES * STRESS_FRAME_WIDTH * 4];
};

/* The most important lines, when there is not room for all. */
void stress_live_draw(struct stress_frame *f, const struct stress_look *look,
                      const struct stress_view *v);
/* One line that says what is being done. */
void stress_live_note(struct stress_frame *f, const struct stress_look *look,
                      const char *text);

#endif
