/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/frame.c -- some lines of text for a terminal, in memory.
 */
#include "stress/frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void stress_frame_raw(struct stress_frame *f, const char *bytes, size_t n)
{
    if (f->len + n <= sizeof(f->text)) {
        memcpy(f->text + f->len, bytes, n);
        f->len += n;
    }
}

void stress_frame_style(struct stress_frame *f, const char *style)
{
    if (f->look.colour && style != NULL) {
        stress_frame_raw(f, "\033[", 2);
        stress_frame_raw(f, style, strlen(style));
        stress_frame_raw(f, "m", 1);
    }
}

unsigned stress_frame_edge(const struct stress_frame *f)
{
    return f->look.columns - 1;
}

void stress_frame_put(struct stress_frame *f, const char *style,
                      const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    stress_frame_style(f, style);
    for (const char *p = text; *p != '\0' && f->column < stress_frame_edge(f);
         p++) {
        stress_frame_raw(f, *p >= ' ' && *p <= '~' ? p : "?", 1);
        f->column++;
    }
    stress_frame_style(f, style != NULL ? STRESS_STYLE_PLAIN : NULL);
}

void stress_frame_pad(struct stress_frame *f, unsigned column)
{
    while (f->column < column && f->column < stress_frame_edge(f)) {
        stress_frame_raw(f, " ", 1);
        f->column++;
    }
}

void stress_frame_end_line(struct stress_frame *f)
{
    f->width[f->n_lines++] = f->column;
    f->column = 0;
    stress_frame_raw(f, "\033[K\r\n", 5);
}

void stress_frame_begin(struct stress_frame *f, const struct stress_look *look)
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
