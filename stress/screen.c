/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/screen.c -- a few lines at the bottom of a terminal, redrawn in place.
 */
#include "stress/screen.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define FD STDERR_FILENO

#define HIDE   "\033[?25l"
#define NORMAL "\033[0m\033[?25h"

/* The program was stopped and goes on: others have written since. */
static atomic_bool g_continued;
/* Frames are on the screen; the program is about to end. */
static atomic_bool g_in_use, g_ending;

static void on_continue(int sig)
{
    (void)sig;
    atomic_store(&g_continued, true);
}

static bool set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0';
}

bool stress_screen_there(void)
{
    return isatty(FD) && set("TERM") && strcmp(getenv("TERM"), "dumb") != 0;
}

/* What the locale's name says: the terminal's characters are a matter between
 * the user and the terminal, whether that locale is installed here or not. */
static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (set(names[i])) {
            const char *dot = strchr(getenv(names[i]), '.');

            return dot != NULL && (strncasecmp(dot, ".utf-8", 6) == 0 ||
                                   strncasecmp(dot, ".utf8", 5) == 0);
        }
    }
    return false;
}

static unsigned number_of(const char *name, unsigned otherwise)
{
    long n = set(name) ? strtol(getenv(name), NULL, 10) : 0;

    return n > 0 && n < 10000 ? (unsigned)n : otherwise;
}

bool stress_screen_measure(struct stress_screen *s)
{
    struct stress_look before = s->look;
    struct winsize size;

    if (ioctl(FD, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
        size.ws_row > 0) {
        s->look.columns = size.ws_col;
        s->look.rows = size.ws_row;
    } else {
        s->look.columns = number_of("COLUMNS", 80);
        s->look.rows = number_of("LINES", 24);
    }
    if (atomic_exchange(&g_continued, false)) {
        s->n_lines = 0;
        return true;
    }
    return before.columns != s->look.columns || before.rows != s->look.rows;
}

void stress_screen_open(struct stress_screen *s)
{
    struct sigaction sa = {.sa_handler = on_continue, .sa_flags = SA_RESTART};

    *s = (struct stress_screen){.n_lines = 0};
    s->look.utf8 = speaks_utf8();
    s->look.colour = !set("NO_COLOR");
    stress_screen_measure(s);
    atomic_store(&g_in_use, true);
    sigemptyset(&sa.sa_mask);
    sigaction(SIGCONT, &sa, NULL);
}

/* In the background others own the screen, and to write might stop us. */
static bool ours(void)
{
    pid_t front = tcgetpgrp(FD);

    return front < 0 || front == getpgrp();
}

static void emit(struct stress_screen *s, const char *p, size_t n)
{
    while (n > 0 && !s->gone) {
        ssize_t done = write(FD, p, n);

        if (done > 0) {
            p += done;
            n -= (size_t)done;
        } else if (done < 0 && errno != EINTR) {
            s->gone = true;
        }
    }
}

/* Rows that the lines take up by now: a terminal that became narrower has
 * broken them. */
static unsigned rows_shown(const struct stress_screen *s)
{
    unsigned rows = 0;

    for (unsigned i = 0; i < s->n_lines; i++) {
        rows += s->width[i] == 0
                    ? 1
                    : (s->width[i] + s->look.columns - 1) / s->look.columns;
    }
    return rows < s->look.rows ? rows : s->look.rows - 1;
}

/* Everything in one write, so that no half of it is ever seen. */
void stress_screen_show(struct stress_screen *s, const struct stress_frame *f)
{
    char text[sizeof(f->text) + 64];
    unsigned up = rows_shown(s);
    int n = snprintf(text, sizeof(text), HIDE "\r");

    if (s->gone || !ours() || atomic_load(&g_ending)) {
        s->n_lines = 0;
        return;
    }
    if (up > 0) {
        n += snprintf(text + n, sizeof(text) - (size_t)n, "\033[%uA", up);
    }
    memcpy(text + n, f->text, f->len);
    n += (int)f->len;
    n += snprintf(text + n, sizeof(text) - (size_t)n, "\033[J" NORMAL);
    emit(s, text, (size_t)n);
    s->n_lines = f->n_lines;
    memcpy(s->width, f->width, sizeof(s->width));
}

void stress_screen_clear(struct stress_screen *s)
{
    static const struct stress_frame nothing;

    if (s->n_lines > 0) {
        stress_screen_measure(s);
        stress_screen_show(s, &nothing);
    }
}

void stress_screen_restore(void)
{
    static const char normal[] = NORMAL;

    atomic_store(&g_ending, true);
    if (atomic_load(&g_in_use) && write(FD, normal, sizeof(normal) - 1) < 0) {
        /* Nobody is there who could mind. */
    }
}
