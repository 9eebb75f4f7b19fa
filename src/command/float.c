/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/float.h"

#include "base/check.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define IN_MAX (5 * 1024) /* the reference's limit, with the NUL */

bool float_parse(struct bt_slice s, long double *v)
{
    char text[IN_MAX];
    char *end;

    if (s.n == 0 || s.n >= sizeof(text) || isspace((unsigned char)s.p[0])) {
        return false;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    errno = 0;
    *v = strtold(text, &end);
    if (end != text + s.n || isnan(*v)) {
        return false;
    }
    return errno != ERANGE || (!isinf(*v) && fpclassify(*v) != FP_ZERO);
}

/* 17 digits are what makes 0.1 print as 0.1. */
size_t float_format(char text[FLOAT_TEXT], long double v)
{
    size_t n = (size_t)snprintf(text, FLOAT_TEXT, "%.17Lf", v);

    bt_assert(n < FLOAT_TEXT);
    while (text[n - 1] == '0') {
        n--;
    }
    n -= text[n - 1] == '.';
    if (n == 2 && text[0] == '-' && text[1] == '0') {
        text[0] = '0';
        n = 1;
    }
    return n;
}

bool float_add(struct resp_reply *out, long double v, long double delta,
               char text[FLOAT_TEXT], struct bt_slice *sum)
{
    v += delta;
    if (isnan(v) || isinf(v)) {
        resp_error(out, "ERR increment would produce NaN or Infinity");
        return false;
    }
    *sum = bt_slice(text, float_format(text, v));
    return true;
}
