/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/option_value.c -- reads the value of an option, or says what it wants.
 */
#include "stress/option_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/choose.h"
#include "stress/sweep.h"
#include "stress/value.h"

/* A whole number, or one with k m g (thousands) or kb mb gb (1024s). */
static int whole(const char *s, uint64_t *out)
{
    static const char *const units[] = {"", "k", "m", "g", "kb", "mb", "gb"};
    static const uint64_t factor[] = {1,        1000,     1000000, 1000000000,
                                      1u << 10, 1u << 20, 1u << 30};
    char *end;

    if (*s < '0' || *s > '9') {
        return -EINVAL;
    }
    errno = 0;
    *out = strtoull(s, &end, 10);
    for (size_t i = 0; errno == 0 && i < sizeof(units) / sizeof(*units); i++) {
        if (strcmp(end, units[i]) == 0 && *out <= UINT64_MAX / factor[i]) {
            *out *= factor[i];
            return 0;
        }
    }
    return -EINVAL;
}

static int seconds(const char *s, double *out)
{
    char *end;

    *out = strtod(s, &end);
    return end != s && *end == '\0' && *out > 0 && *out <= 1e7 ? 0 : -EINVAL;
}

/* Requests per second: 50000, 50k, 0.5. */
static int rate(const char *s, double *out)
{
    uint64_t n;
    char *end;

    if (whole(s, &n) == 0) {
        *out = (double)n;
        return n > 0 && n <= 1000000000 ? 0 : -EINVAL;
    }
    *out = strtod(s, &end);
    return end != s && *end == '\0' && *out > 0 && *out <= 1e9 ? 0 : -EINVAL;
}

static int goodbye(const char *s, enum stress_goodbye *out)
{
    static const char *const ways[] = {"fin", "rst", "half"};

    for (int i = STRESS_FIN; i <= STRESS_HALF_OPEN; i++) {
        if (strcmp(s, ways[i]) == 0) {
            *out = (enum stress_goodbye)i;
            return 0;
        }
    }
    return -EINVAL;
}

static int ratio(const char *s, uint32_t *weights)
{
    char *end;
    unsigned long a, b;

    if (*s < '0' || *s > '9') {
        return -EINVAL;
    }
    a = strtoul(s, &end, 10);
    if (end[0] != ':' || end[1] < '0' || end[1] > '9') {
        return -EINVAL;
    }
    b = strtoul(end + 1, &end, 10);
    if (*end != '\0' || a > 1000000 || b > 1000000 || a + b == 0) {
        return -EINVAL;
    }
    weights[0] = (uint32_t)a;
    weights[1] = (uint32_t)b;
    return 0;
}

int stress_option_store(struct stress_options *o, const struct stress_option *r,
                        const char *value)
{
    char *field = (char *)o + r->at;
    uint64_t n = 0;

    if (r->kind == OPT_SWEEP) {
        double rates[STRESS_SWEEP_MAX];
        size_t count;

        memcpy(field, &value, sizeof(value));
        return stress_sweep_parse(value, rates, &count);
    }
    if (r->kind == OPT_SLO) {
        memcpy(field, &value, sizeof(value));
        return stress_slo_parse(value, &o->slo_quantile, &o->slo_limit);
    }
    if (r->kind == OPT_GOODBYE) {
        return goodbye(value, &o->goodbye);
    }
    if (r->kind == OPT_MISDEEDS) {
        return stress_misdeeds_parse(&o->misdeeds, value);
    }
    if (r->kind == OPT_SIZES) {
        struct stress_sizes sizes;

        memcpy(field, &value, sizeof(value));
        return stress_sizes_parse(&sizes, value);
    }
    if (r->kind == OPT_CHOICE) {
        struct stress_choice choice;

        memcpy(field, &value, sizeof(value));
        return stress_choice_parse(&choice, value);
    }
    if (r->kind == OPT_TEXT) {
        memcpy(field, &value, sizeof(value));
        return 0;
    }
    if (r->kind == OPT_SECONDS) {
        return seconds(value, (double *)(void *)field);
    }
    if (r->kind == OPT_RATE) {
        return rate(value, (double *)(void *)field);
    }
    if (r->kind == OPT_ARRIVALS) {
        return stress_plan_parse(&o->plan, value);
    }
    if (r->kind == OPT_RATIO) {
        return ratio(value, (uint32_t *)(void *)field);
    }
    if (whole(value, &n) < 0 || n < r->min || n > r->max) {
        return -EINVAL;
    }
    if (r->kind == OPT_U32) {
        *(uint32_t *)(void *)field = (uint32_t)n;
    } else {
        *(uint64_t *)(void *)field = n;
    }
    return 0;
}

void stress_option_wants(const struct stress_option *r, const char *value,
                         char *text, size_t room)
{
    if (r->kind == OPT_SECONDS) {
        snprintf(text, room, "wants a number of seconds above 0, not \"%s\"",
                 value);
    } else if (r->kind == OPT_RATE) {
        snprintf(text, room,
                 "wants requests per second, such as 20k, not \"%s\"", value);
    } else if (r->kind == OPT_ARRIVALS) {
        snprintf(text, room,
                 "wants constant, poisson, burst:SIZE, ramp:FROM or "
                 "step:FROM:STEPS, not \"%s\"",
                 value);
    } else if (r->kind == OPT_SWEEP) {
        snprintf(text, room,
                 "wants rates such as 1k,2k,5k or 1k:10k:10, not \"%s\"",
                 value);
    } else if (r->kind == OPT_SLO) {
        snprintf(text, room,
                 "wants a percentile and a time such as p99=2ms, not \"%s\"",
                 value);
    } else if (r->kind == OPT_GOODBYE) {
        snprintf(text, room, "wants fin, rst or half, not \"%s\"", value);
    } else if (r->kind == OPT_MISDEEDS) {
        snprintf(text, room,
                 "wants kinds with numbers, such as slow-reader:4,rst:20 (or "
                 "never-read slow-writer garbage partial oversize), not "
                 "\"%.100s\"",
                 value);
    } else if (r->kind == OPT_SIZES) {
        snprintf(text, room,
                 "wants 64, 32-1024, exp:256 or 64:9,4096:1 (32 and more), not "
                 "\"%s\"",
                 value);
    } else if (r->kind == OPT_CHOICE) {
        snprintf(text, room,
                 "wants uniform, zipf:0.99, gauss, seq or hot:0.9:0.1, not "
                 "\"%s\"",
                 value);
    } else if (r->kind == OPT_RATIO) {
        snprintf(text, room, "wants two weights such as 1:10, not \"%s\"",
                 value);
    } else if (r->max == UINT64_MAX) {
        snprintf(text, room, "wants a whole number of %llu or more, not \"%s\"",
                 (unsigned long long)r->min, value);
    } else {
        snprintf(text, room,
                 "wants a whole number from %llu to %llu, not \"%s\"",
                 (unsigned long long)r->min, (unsigned long long)r->max, value);
    }
}
