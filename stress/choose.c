/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/choose.c -- which key comes next: how popular each one is.
 *
 * Zipf by rejection and inversion (Hoermann and Derflinger 1996): the sum over
 * ranks is replaced by the integral of x^-theta, whose inverse is known, and
 * what the difference would add is rejected. Constant time for any n and theta.
 */
#include "stress/choose.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"

static bool real(const char *s, char **end, double low, double high,
                 double *out)
{
    *out = strtod(s, end);
    return *end != s && *out > low && *out < high;
}

int stress_choice_parse(struct stress_choice *c, const char *text)
{
    char *end;

    *c = (struct stress_choice){.kind = *text};
    if (strcmp(text, "uniform") == 0 || strcmp(text, "gauss") == 0 ||
        strcmp(text, "seq") == 0) {
        return 0;
    }
    if (strncmp(text, "zipf:", 5) == 0) {
        return real(text + 5, &end, 0, 10, &c->theta) && *end == '\0' ? 0
                                                                      : -EINVAL;
    }
    if (strncmp(text, "hot:", 4) == 0 && real(text + 4, &end, 0, 1, &c->p) &&
        *end == ':' && real(end + 1, &end, 0, 1, &c->q) && *end == '\0') {
        return 0;
    }
    return -EINVAL;
}

static double uniform(uint64_t *random)
{
    return (double)(stress_random(random) >> 11) * 0x1p-53;
}

/* ---- zipf ---- */

/* (e^x - 1) / x and log(1 + x) / x, also at 0. */
static double expm1_over(double x)
{
    return fabs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2;
}

static double log1p_over(double x)
{
    return fabs(x) > 1e-8 ? log1p(x) / x : 1 - x / 2;
}

static double integral(double theta, double x)
{
    return expm1_over((1 - theta) * log(x)) * log(x);
}

static double inverse(double theta, double x)
{
    double t = x * (1 - theta);

    return exp(log1p_over(t < -1 ? -1 : t) * x);
}

static uint32_t zipf(const struct stress_choice *c, uint64_t *random)
{
    for (;;) {
        double u = c->last + uniform(random) * (c->first - c->last);
        double x = inverse(c->theta, u);
        double k = floor(x + 0.5);

        k = k < 1 ? 1 : k > c->n ? c->n : k;
        if (k - x <= c->squeeze ||
            u >= integral(c->theta, k + 0.5) - exp(-c->theta * log(k))) {
            return (uint32_t)k - 1;
        }
    }
}

void stress_choice_prepare(struct stress_choice *c, uint32_t n)
{
    c->n = n;
    if (c->kind == 'z') {
        c->first = integral(c->theta, 1.5) - 1;
        c->last = integral(c->theta, n + 0.5);
        c->squeeze = 2 - inverse(c->theta, integral(c->theta, 2.5) -
                                               exp(-c->theta * log(2)));
    }
}

/* ---- all kinds ---- */

/* Around the middle, with a deviation of an eighth of the keys: the sum of
 * twelve even values has a deviation of 1. */
static uint32_t gauss(const struct stress_choice *c, uint64_t *random)
{
    double x = -6;

    for (int i = 0; i < 12; i++) {
        x += uniform(random);
    }
    x = c->n / 2.0 + x * c->n / 8.0;
    return x < 0 ? 0 : x >= c->n ? c->n - 1 : (uint32_t)x;
}

uint32_t stress_choice_next(const struct stress_choice *c, uint64_t *random,
                            uint32_t *seq)
{
    uint32_t hot;

    switch (c->kind) {
    case 'z':
        return zipf(c, random);
    case 'g':
        return gauss(c, random);
    case 's':
        return (*seq)++ % c->n;
    case 'h':
        hot = (uint32_t)ceil(c->n * c->q);
        if (hot >= c->n || uniform(random) < c->p) {
            return stress_random_below(random, hot < c->n ? hot : c->n);
        }
        return hot + stress_random_below(random, c->n - hot);
    default:
        return stress_random_below(random, c->n);
    }
}
