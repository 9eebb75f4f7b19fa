/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/json.h -- writes JSON, one member after another.
 *
 * Purpose    Knows commas, quotes and indents; what is written is up to the
 *            caller. Members take their key, or NULL inside an array.
 * Threads    any; one writer belongs to one thread.
 */
#ifndef STRESS_JSON_H
#define STRESS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct stress_json {
    FILE *f;
    unsigned depth;
    bool some;     /* something stands before, at this depth */
    unsigned wrap; /* the depth at which the one line began; 0: none */
};

void stress_json_begin(struct stress_json *j, FILE *f);
void stress_json_end(struct stress_json *j);

void stress_json_open(struct stress_json *j, const char *key, char bracket);
void stress_json_close(struct stress_json *j, char bracket);
/* The same, but all of it on one line. */
void stress_json_open_line(struct stress_json *j, const char *key,
                           char bracket);

void stress_json_number(struct stress_json *j, const char *key, uint64_t n);
/* With so many digits behind the point; null when it is not a number. */
void stress_json_real(struct stress_json *j, const char *key, double v,
                      int digits);
void stress_json_bool(struct stress_json *j, const char *key, bool b);
/* NULL is null. */
void stress_json_text(struct stress_json *j, const char *key, const char *s);

#endif
