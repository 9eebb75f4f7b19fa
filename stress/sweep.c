/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/sweep.c -- several rates one after another, or the highest good one.
 *
 * The knee is found by doubling (or halving) until there are a good rate and a
 * bad one, then by halving what lies between them. A rate that is not good is
 * tried again, since a busy machine can spoil a trial but cannot make one
 * better.
 */
#include "stress/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/trial.h"

#define FIRST_RATE 1000
#define LEAST_RATE 1
#define MOST_RATE  1e8
#define TRIES      3    /* before a rate is given up */
#define CLOSE      1.03 /* of a bad rate to a good one: near enough */

/* ---- texts ---- */

static bool rate_of(const char **s, double *out)
{
    char *end;

    *out = strtod(*s, &end);
    if (end == *s || !(*out > 0)) {
        return false;
    }
    if (*end == 'k' || *end == 'm') {
        *out *= *end == 'k' ? 1e3 : 1e6;
        end++;
    }
    *s = end;
    return *out <= 1e9;
}

static int spread(const char *text, double from, double *rates, size_t *n)
{
    double to, count;

    if (!rate_of(&text, &to) || *text++ != ':' || !rate_of(&text, &count) ||
        *text != '\0' || count < 2 || count > STRESS_SWEEP_MAX) {
        return -EINVAL;
    }
    *n = (size_t)count;
    for (size_t i = 0; i < *n; i++) {
        rates[i] = from + (to - from) * (double)i / (double)(*n - 1);
    }
    return 0;
}

int stress_sweep_parse(const char *text, double *rates, size_t *n)
{
    for (*n = 0; *n < STRESS_SWEEP_MAX;) {
        if (!rate_of(&text, &rates[*n])) {
            return -EINVAL;
        }
        if (*text == ':' && *n == 0) {
            return spread(text + 1, rates[0], rates, n);
        }
        ++*n;
        if (*text == '\0') {
            return 0;
        }
        if (*text++ != ',') {
            return -EINVAL;
        }
    }
    return -EINVAL;
}

int stress_slo_parse(const char *text, double *quantile, double *limit_ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    char *end;

    if (strncmp(text, "max=", 4) == 0) {
        *quantile = 1;
        text += 3;
    } else {
        *quantile = *text == 'p' ? strtod(text + 1, &end) / 100 : 0;
        if (!(*quantile > 0) || *quantile >= 1) {
            return -EINVAL;
        }
        text = end;
    }
    if (*text != '=') {
        return -EINVAL;
    }
    *limit_ns = strtod(text + 1, &end);
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        if (*limit_ns > 0 && strcmp(end, units[i].name) == 0) {
            *limit_ns *= units[i].ns;
            return 0;
        }
    }
    return -EINVAL;
}

/* ---- one point ---- */

static void judge(struct stress_sweep_point *p, const struct stress_result *r)
{
    const struct stress_options *o = &r->run->options;
    uint64_t intended = stress_result_intended(r);

    p->requests = stress_result_requests(r);
    p->achieved = r->seconds > 0 ? (double)p->requests / r->seconds : 0;
    p->late = stress_tally_get(&r->total, STRESS_LATE);
    p->dropped = stress_tally_get(&r->total, STRESS_DROPPED);
    stress_histogram_summary(&r->total.response, &p->response);
    stress_histogram_summary(&r->total.service, &p->service);
    p->right = stress_result_ok(r);
    p->good = p->right && p->dropped * 100 <= intended;
    if (o->slo_limit > 0) {
        p->good = p->good &&
                  stress_histogram_quantile(&r->total.response,
                                            o->slo_quantile) <= o->slo_limit;
    }
}

static void show(const struct stress_sweep_point *p,
                 const struct stress_options *o)
{
    FILE *f = o->json_path != NULL && strcmp(o->json_path, "-") == 0 ? stderr
                                                                     : stdout;

    fprintf(f,
            "rate %10.0f/s  achieved %10.0f/s  response us: p50 %9.1f  p99 "
            "%9.1f  p99.9 %9.1f  %s\n",
            p->rate, p->achieved, p->response.p50 / 1e3, p->response.p99 / 1e3,
            p->response.p999 / 1e3,
            !p->right           ? "WRONG"
            : o->slo_limit == 0 ? ""
            : p->good           ? "within the limit"
                                : "beyond it");
    fflush(f);
}

/* Runs at that rate in place of the trial before. The point, or NULL when it
 * did not come to a result. */
static const struct stress_sweep_point *point(
    struct stress_sweep *s, const struct stress_options *options, double rate,
    struct stress_trial *t)
{
    struct stress_options o = *options;
    struct stress_sweep_point *p;

    if (s->n == STRESS_SWEEP_MAX || stress_trial_stopped()) {
        return NULL;
    }
    o.rate = o.plan.rate = rate;
    o.open = true;
    stress_trial_free(t);
    stress_trial_run(t, &o);
    if (t->result == NULL) {
        return NULL;
    }
    p = &s->point[s->n++];
    *p = (struct stress_sweep_point){.rate = rate};
    judge(p, t->result);
    show(p, options);
    return p;
}

/* ---- the knee ---- */

static int is_good(struct stress_sweep *s, const struct stress_options *o,
                   double rate, struct stress_trial *t)
{
    const struct stress_sweep_point *p = point(s, o, rate, t);

    for (int more = 1; more < TRIES && p != NULL && !p->good && p->right;
         more++) {
        p = point(s, o, rate, t);
    }
    return p == NULL || !p->right ? -1 : p->good;
}

static void find_knee(struct stress_sweep *s, const struct stress_options *o,
                      struct stress_trial *t)
{
    double low = 0, high = 0, rate = o->rate > 0 ? o->rate : FIRST_RATE;
    bool at_low = false;

    while (low == 0 || high == 0 || high > low * CLOSE) {
        int good = is_good(s, o, rate, t);

        if (good < 0) {
            return;
        }
        at_low = good != 0;
        *(good ? &low : &high) = rate;
        rate = high == 0 ? low * 2 : low == 0 ? high / 2 : (low + high) / 2;
        if (rate < LEAST_RATE || rate > MOST_RATE) {
            break;
        }
    }
    s->knee = low;
    if (low > 0 && !at_low && s->n < STRESS_SWEEP_MAX) {
        point(s, o, low, t);
    }
}

void stress_sweep_run(struct stress_sweep *s,
                      const struct stress_options *options,
                      struct stress_trial *last)
{
    double rates[STRESS_SWEEP_MAX];
    size_t n = 0;

    *s = (struct stress_sweep){.n = 0};
    *last = (struct stress_trial){.status = 1};
    if (options->slo_limit > 0) {
        find_knee(s, options, last);
        return;
    }
    stress_sweep_parse(options->sweep, rates, &n);
    for (size_t i = 0; i < n; i++) {
        if (point(s, options, rates[i], last) == NULL) {
            return;
        }
    }
}
