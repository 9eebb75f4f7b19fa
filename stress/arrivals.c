/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/arrivals.c -- when requests are to be sent, whatever the server does.
 *
 * Except for poisson, the time of arrival k is the one at which the integral of
 * the rate reaches k, computed anew from k each time: no error adds up.
 */
#include "stress/arrivals.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"

static const char *const names[] = {"constant", "poisson", "burst", "ramp",
                                    "step"};

const char *stress_plan_name(const struct stress_plan *p)
{
    return names[p->kind];
}

static bool positive(const char **s, double *out)
{
    char *end;

    if (**s != ':') {
        return false;
    }
    *out = strtod(*s + 1, &end);
    if (end == *s + 1 || !(*out > 0) || *out > 1e9) {
        return false;
    }
    *s = end;
    return true;
}

int stress_plan_parse(struct stress_plan *p, const char *text)
{
    size_t len = strcspn(text, ":");
    const char *rest = text + len;
    double number = 1;
    bool good = true;
    int kind = -1;

    for (int i = STRESS_CONSTANT; i <= STRESS_STEP; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0) {
            kind = i;
        }
    }
    if (kind == STRESS_BURST) {
        good = positive(&rest, &number);
    } else if (kind == STRESS_RAMP) {
        good = positive(&rest, &p->from);
    } else if (kind == STRESS_STEP) {
        good = positive(&rest, &p->from) && positive(&rest, &number);
    }
    if (kind < 0 || !good || *rest != '\0' || number > 1e6 ||
        number != floor(number) || (kind == STRESS_STEP && number < 2)) {
        return -EINVAL;
    }
    p->kind = (enum stress_arrival_kind)kind;
    p->number = (uint32_t)number;
    return 0;
}

void stress_arrivals_init(struct stress_arrivals *a,
                          const struct stress_plan *p, unsigned index,
                          unsigned threads, uint64_t seed)
{
    *a = (struct stress_arrivals){
        .plan = *p, .index = index, .threads = threads};
    a->random = stress_mix(seed ^ ((uint64_t)index << 32) ^ 0x6172);
}

/* A thread's share of the rate, with gaps from an exponential distribution. */
static double poisson(struct stress_arrivals *a)
{
    double u = (double)(stress_random(&a->random) >> 11) * 0x1p-53;

    a->at -= log(1 - u) * a->threads / a->plan.rate;
    return a->at;
}

static double ramp(const struct stress_plan *p, double k)
{
    double slope = (p->rate - p->from) / p->seconds;

    if (slope > -1e-9 && slope < 1e-9) {
        return k / p->rate;
    }
    /* The root of slope/2 t^2 + from t = k, in the form that is exact for a
     * small slope as well; beyond the run the last rate goes on. */
    if (k > (p->from + p->rate) / 2 * p->seconds) {
        k -= (p->from + p->rate) / 2 * p->seconds;
        return p->seconds + k / p->rate;
    }
    return 2 * k / (p->from + sqrt(p->from * p->from + 2 * slope * k));
}

static double step(const struct stress_plan *p, double k)
{
    double length = p->seconds / p->number, rate = p->rate;

    for (uint32_t i = 0; i < p->number; i++) {
        rate = p->from + (p->rate - p->from) * i / (p->number - 1);
        if (k < rate * length) {
            return i * length + k / rate;
        }
        k -= rate * length;
    }
    return p->seconds + k / rate;
}

uint64_t stress_arrivals_next(struct stress_arrivals *a)
{
    const struct stress_plan *p = &a->plan;
    double k = (double)(a->k++ * a->threads + a->index), at = 0;

    switch (p->kind) {
    case STRESS_CONSTANT:
        at = k / p->rate;
        break;
    case STRESS_POISSON:
        at = poisson(a);
        break;
    case STRESS_BURST:
        at = floor(k / p->number) * p->number / p->rate;
        break;
    case STRESS_RAMP:
        at = ramp(p, k);
        break;
    case STRESS_STEP:
        at = step(p, k);
        break;
    }
    return at < 1e9 ? (uint64_t)(at * 1e9) : UINT64_MAX;
}
