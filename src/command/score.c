/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/score.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Integers of so many digits are exact as doubles. */
#define PLAIN_DIGITS 15
#define STACK_TEXT   256

static bool plain(struct bt_slice s, double *v)
{
    size_t i = s.n > 0 && s.p[0] == '-';
    bool negative = i > 0;
    uint64_t u = 0;

    if (s.n == i || s.n - i > PLAIN_DIGITS) {
        return false;
    }
    for (; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

        if (digit > 9) {
            return false;
        }
        u = u * 10 + digit;
    }
    *v = negative ? -(double)u : (double)u;
    return true;
}

/* strtod of bytes that need not end with a NUL. How many were read; errno as it
 * leaves it. */
static size_t read_double(struct bt_slice s, double *v)
{
    char few[STACK_TEXT], *text = few, *end;
    size_t n;

    if (s.n >= sizeof few) {
        text = malloc(s.n + 1);
        if (!text) {
            return 0;
        }
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    errno = 0;
    *v = strtod(text, &end);
    n = (size_t)(end - text);
    if (text != few) {
        free(text);
    }
    return n;
}

bool score_parse(struct bt_slice s, double *v)
{
    if (plain(s, v)) {
        return true;
    }
    if (s.n == 0 || isspace((unsigned char)s.p[0]) ||
        read_double(s, v) != s.n || isnan(*v)) {
        return false;
    }
    return errno != ERANGE || (!isinf(*v) && fpclassify(*v) != FP_ZERO);
}

bool score_end(struct bt_slice s, bool upper, struct zpoint *p)
{
    bool open = s.n > 0 && s.p[0] == '(';
    size_t n;

    *p = (struct zpoint){.after = upper != open};
    s = bt_slice(s.p + open, s.n - open);
    if (plain(s, &p->score)) {
        return true;
    }
    n = read_double(s, &p->score);
    return (n == s.n || s.p[n] == '\0') && !isnan(p->score);
}

bool score_lex_end(struct bt_slice s, bool upper, struct zpoint *p)
{
    char kind = s.n > 0 ? s.p[0] : '\0';

    *p = (struct zpoint){.lex = true, .after = kind == '+'};
    if (kind == '+' || kind == '-') {
        return s.n == 1 || s.p[1] == '\0';
    }
    p->after = upper != (kind == '(');
    p->member = bt_slice(s.p + 1, s.n > 0 ? s.n - 1 : 0);
    return kind == '(' || kind == '[';
}
