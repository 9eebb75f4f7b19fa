/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/json.c -- writes JSON, one member after another.
 */
#include "stress/json.h"

#include <inttypes.h>
#include <math.h>

/* A string of any bytes; those beyond ASCII pass as they are. */
static void string(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\') {
            fprintf(f, "\\%c", *s);
        } else if ((unsigned char)*s < ' ') {
            fprintf(f, "\\u%04x", (unsigned char)*s);
        } else {
            fputc(*s, f);
        }
    }
    fputc('"', f);
}

static void line(const struct stress_json *j)
{
    fputc('\n', j->f);
    for (unsigned i = 0; i < j->depth; i++) {
        fputs("  ", j->f);
    }
}

/* What stands before any member: comma, line, key. */
static void member(struct stress_json *j, const char *key)
{
    if (j->some) {
        fputc(',', j->f);
    }
    if (j->depth > 0 && j->wrap == 0) {
        line(j);
    } else if (j->some) {
        fputc(' ', j->f);
    }
    if (key != NULL) {
        string(j->f, key);
        fputs(": ", j->f);
    }
    j->some = true;
}

void stress_json_begin(struct stress_json *j, FILE *f)
{
    *j = (struct stress_json){.f = f};
    stress_json_open(j, NULL, '{');
}

void stress_json_end(struct stress_json *j)
{
    stress_json_close(j, '}');
    fputc('\n', j->f);
}

void stress_json_open(struct stress_json *j, const char *key, char bracket)
{
    member(j, key);
    fputc(bracket, j->f);
    j->depth++;
    j->some = false;
}

void stress_json_open_line(struct stress_json *j, const char *key, char bracket)
{
    stress_json_open(j, key, bracket);
    if (j->wrap == 0) {
        j->wrap = j->depth;
    }
}

void stress_json_close(struct stress_json *j, char bracket)
{
    bool flat = j->wrap > 0;

    if (j->wrap == j->depth) {
        j->wrap = 0;
    }
    j->depth--;
    if (j->some && !flat) {
        line(j);
    }
    fputc(bracket, j->f);
    j->some = true;
}

void stress_json_number(struct stress_json *j, const char *key, uint64_t n)
{
    member(j, key);
    fprintf(j->f, "%" PRIu64, n);
}

void stress_json_real(struct stress_json *j, const char *key, double v,
                      int digits)
{
    member(j, key);
    if (isfinite(v)) {
        fprintf(j->f, "%.*f", digits, v);
    } else {
        fputs("null", j->f);
    }
}

void stress_json_bool(struct stress_json *j, const char *key, bool b)
{
    member(j, key);
    fputs(b ? "true" : "false", j->f);
}

void stress_json_text(struct stress_json *j, const char *key, const char *s)
{
    member(j, key);
    if (s != NULL) {
        string(j->f, s);
    } else {
        fputs("null", j->f);
    }
}
