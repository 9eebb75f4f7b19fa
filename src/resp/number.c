/* SPDX-License-Identifier: BSD-2-Clause */
#include "resp/number.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 17 /* enough for any double */

/* Whole numbers up to here are written out, as Redis 7.2 does. */
#define WHOLE_MAX ((double)(INT64_MAX / 2))

static const char pairs[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

size_t resp_format_uint(char *p, uint64_t v)
{
    char text[20], *at = text + sizeof text;
    size_t n;

    if (v < 10) {
        *p = (char)('0' + v);
        return 1;
    }
    while (v >= 100) {
        at -= 2;
        memcpy(at, pairs + v % 100 * 2, 2);
        v /= 100;
    }
    if (v >= 10) {
        at -= 2;
        memcpy(at, pairs + v * 2, 2);
    } else {
        *--at = (char)('0' + v);
    }
    n = (size_t)(text + sizeof text - at);
    memcpy(p, at, n);
    return n;
}

size_t resp_format_int(char *p, int64_t v)
{
    if (v >= 0) {
        return resp_format_uint(p, (uint64_t)v);
    }
    *p = '-';
    return 1 + resp_format_uint(p + 1, 0 - (uint64_t)v);
}

/* A number as its digits d[0..n), of which the first stands before the decimal
 * point, times ten to the power of exp. */
struct decimal {
    char d[MAX_DIGITS];
    int n, exp;
};

/* The decimal of v > 0 with so many digits; true if it is read back as v. */
static bool try_digits(double v, int digits, struct decimal *out)
{
    char text[MAX_DIGITS + 10];

    snprintf(text, sizeof text, "%.*e", digits - 1, v);
    out->d[0] = text[0];
    memcpy(out->d + 1, text + 2, (size_t)(digits > 1 ? digits - 1 : 0));
    out->exp = atoi(strchr(text, 'e') + 1);
    out->n = digits;
    while (out->n > 1 && out->d[out->n - 1] == '0') {
        out->n--;
    }
    return strtod(text, NULL) == v;
}

/* Any decimal of 15 digits survives the way through a normal double, so a
 * shorter one shows as 15 digits with zeroes at the end. Below DBL_MIN fewer
 * digits may do. */
static void shortest(double v, struct decimal *out)
{
    int digits = v < DBL_MIN ? 1 : DBL_DIG;

    while (!try_digits(v, digits, out) && digits < MAX_DIGITS) {
        digits++;
    }
}

/* d.ddde+x */
static size_t scientific(char *p, const struct decimal *d)
{
    char *at = p;

    *at++ = d->d[0];
    if (d->n > 1) {
        *at++ = '.';
        memcpy(at, d->d + 1, (size_t)d->n - 1);
        at += d->n - 1;
    }
    *at++ = 'e';
    *at++ = d->exp < 0 ? '-' : '+';
    at += resp_format_uint(at, (uint64_t)abs(d->exp));
    return (size_t)(at - p);
}

/* Positions are counted as Redis' fpconv does: k digits (or -k zeroes) follow
 * the last one that matters. */
static size_t layout(char *p, const struct decimal *d)
{
    int k = d->exp - d->n + 1, whole = d->exp + 1;
    size_t n = (size_t)d->n;

    if (k >= 0 && d->exp < d->n + 7) {
        memcpy(p, d->d, n);
        memset(p + n, '0', (size_t)k);
        return n + (size_t)k;
    }
    if (k >= 0 || (k <= -7 && abs(d->exp) >= 4)) {
        return scientific(p, d);
    }
    if (whole > 0) {
        memcpy(p, d->d, (size_t)whole);
        p[whole] = '.';
        memcpy(p + whole + 1, d->d + whole, n - (size_t)whole);
        return n + 1;
    }
    p[0] = '0';
    p[1] = '.';
    memset(p + 2, '0', (size_t)-whole);
    memcpy(p + 2 - whole, d->d, n);
    return n + 2 + (size_t)-whole;
}

size_t resp_format_double(char *p, double v)
{
    struct decimal d;
    size_t sign = 0;

    if (isnan(v)) {
        memcpy(p, "nan", 3);
        return 3;
    }
    if (signbit(v)) {
        p[sign++] = '-';
        v = -v;
    }
    if (isinf(v)) {
        memcpy(p + sign, "inf", 3);
        return sign + 3;
    }
    if (v <= WHOLE_MAX && v == (double)(int64_t)v) {
        return sign + resp_format_uint(p + sign, (uint64_t)v);
    }
    shortest(v, &d);
    return sign + layout(p + sign, &d);
}
