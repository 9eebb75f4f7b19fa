/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/screen.h -- a few lines at the bottom of a terminal, redrawn in place.
 *
 * Purpose    Shows frames (frame.h) on standard error. Between two frames the
 *            terminal is as it was found, with the cursor below the lines; only
 *            what ends the program in the middle of one needs restore.
 * Threads    main, but for restore. Installs a handler of SIGCONT.
 */
#ifndef STRESS_SCREEN_H
#define STRESS_SCREEN_H

#include <stdbool.h>

#include "stress/frame.h"

struct stress_screen {
    struct stress_look look;            /* as of the last measure */
    unsigned n_lines;                   /* on the screen, above the cursor */
    unsigned width[STRESS_FRAME_LINES]; /* columns in use, by line */
    bool gone;                          /* nobody is at the other end */
};

/* Whether standard error is a terminal on which lines can be redrawn. */
bool stress_screen_there(void);
void stress_screen_open(struct stress_screen *s);
/* Asks for the size, which may have changed; true: it has, or what was shown
 * is there no more. */
bool stress_screen_measure(struct stress_screen *s);
/* Shows a frame in the place of the one before. */
void stress_screen_show(struct stress_screen *s, const struct stress_frame *f);
/* Takes away what is shown. */
void stress_screen_clear(struct stress_screen *s);
/* Any thread, also in the handler of a signal that ends the program: the cursor
 * shows, in ordinary colours, and no more frames come. */
void stress_screen_restore(void);

#endif
