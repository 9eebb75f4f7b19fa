/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/frame.h -- some lines of text for a terminal, in memory.
 *
 * Purpose    Holds what screen.h shows, and sees to it that no line is wider
 *            than there is room.
 * Threads    any; a frame belongs to one thread.
 */
#ifndef STRESS_FRAME_H
#define STRESS_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#define STRESS_FRAME_LINES 8
#define STRESS_FRAME_WIDTH 200 /* wider ones are not used in full */

/* What there is to draw on. */
struct stress_look {
    unsigned columns, rows;
    bool utf8, colour;
};

/* Lines, each ended by CR LF and at most columns - 1 wide. */
struct stress_frame {
    struct stress_look look;
    unsigned n_lines, column; /* column: of the line that is being drawn */
    unsigned width[STRESS_FRAME_LINES]; /* columns in use, by line */
    size_t len;
    char text[STRESS_FRAME_LINES * STRESS_FRAME_WIDTH * 4];
};

void stress_frame_begin(struct stress_frame *f, const struct stress_look *look);
void stress_frame_end_line(struct stress_frame *f);
/* Columns that may be used. The last one is left free: to write there may move
 * the cursor. */
unsigned stress_frame_edge(const struct stress_frame *f);

#define STRESS_STYLE_PLAIN  "0"
#define STRESS_STYLE_BOLD   "1"
#define STRESS_STYLE_DIM    "2"
#define STRESS_STYLE_RED    "31"
#define STRESS_STYLE_GREEN  "32"
#define STRESS_STYLE_YELLOW "33"

/* From here on, if there are colours; NULL: as it is. */
void stress_frame_style(struct stress_frame *f, const char *style);
/* Plain ASCII, in a style or NULL; what is beyond the edge is cut off, and what
 * would move the cursor is shown as '?'. */
__attribute__((format(printf, 3, 4))) void stress_frame_put(
    struct stress_frame *f, const char *style, const char *format, ...);
void stress_frame_pad(struct stress_frame *f, unsigned column);
/* Bytes as they are; the caller counts columns. */
void stress_frame_raw(struct stress_frame *f, const char *bytes, size_t n);

#endif
