/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/versus_figures.c -- what a comparison of several servers comes to.
 */
#include "stress/versus_figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stress/json.h"

static const char *const titles[] = {"requests/s", "p50 us", "p99 us",
                                     "p99.9 us", "server CPU us"};
static const char *const keys[] = {"rate", "p50_us", "p99_us", "p999_us",
                                   "server_cpu_us_per_request"};

struct quartiles {
    double low, middle, high;
};

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double at(const double *v, unsigned n, double q)
{
    double place = q * (n - 1);
    unsigned low = (unsigned)place;
    unsigned high = low + 1 < n ? low + 1 : low;

    return v[low] + (v[high] - v[low]) * (place - low);
}

static struct quartiles quartiles(const double *sample, const double *base,
                                  unsigned n)
{
    double v[STRESS_ROUNDS_MAX];

    for (unsigned i = 0; i < n; i++) {
        v[i] = base == NULL ? sample[i] : base[i] > 0 ? sample[i] / base[i] : 0;
    }
    qsort(v, n, sizeof(*v), compare_double);
    return (struct quartiles){at(v, n, 0.25), at(v, n, 0.5), at(v, n, 0.75)};
}

void stress_versus_show(const struct stress_rival *servers, unsigned n,
                        unsigned rounds, FILE *f)
{
    fprintf(f, "%u rounds: median (quartiles), and as a ratio to %s\n", rounds,
            servers[0].name);
    for (int k = 0; k < STRESS_VS_N_FIGURES; k++) {
        if (servers[0].sample[k][0] < 0) {
            continue;
        }
        fprintf(f, "%s\n", titles[k]);
        for (unsigned i = 0; i < n; i++) {
            const struct stress_rival *s = &servers[i];
            struct quartiles q = quartiles(s->sample[k], NULL, rounds);
            struct quartiles r =
                quartiles(s->sample[k], servers[0].sample[k], rounds);

            fprintf(f, "  %-20s %12.1f (%.1f-%.1f)  %8.3f (%.3f-%.3f)\n",
                    s->name, q.middle, q.low, q.high, r.middle, r.low, r.high);
        }
    }
}

static void json_quartiles(struct stress_json *j, const char *key,
                           struct quartiles q)
{
    stress_json_open_line(j, key, '{');
    stress_json_real(j, "q1", q.low, 4);
    stress_json_real(j, "median", q.middle, 4);
    stress_json_real(j, "q3", q.high, 4);
    stress_json_close(j, '}');
}

static void json_server(struct stress_json *j, const struct stress_rival *s,
                        const struct stress_rival *base, unsigned rounds)
{
    stress_json_open(j, NULL, '{');
    stress_json_text(j, "name", s->name);
    stress_json_bool(j, "ok", !s->wrong);
    for (int k = 0; k < STRESS_VS_N_FIGURES; k++) {
        if (s->sample[k][0] < 0) {
            stress_json_text(j, keys[k], NULL);
            continue;
        }
        stress_json_open(j, keys[k], '{');
        json_quartiles(j, "value", quartiles(s->sample[k], NULL, rounds));
        json_quartiles(j, "ratio",
                       quartiles(s->sample[k], base->sample[k], rounds));
        stress_json_open_line(j, "samples", '[');
        for (unsigned i = 0; i < rounds; i++) {
            stress_json_real(j, NULL, s->sample[k][i], 3);
        }
        stress_json_close(j, ']');
        stress_json_close(j, '}');
    }
    stress_json_close(j, '}');
}

int stress_versus_json(const struct stress_rival *servers, unsigned n,
                       unsigned rounds, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    struct stress_json j;

    if (f == NULL) {
        return -errno;
    }
    stress_json_begin(&j, f);
    stress_json_text(&j, "program", "baton-stress compare");
    stress_json_number(&j, "schema", 1);
    stress_json_number(&j, "rounds", rounds);
    stress_json_open(&j, "servers", '[');
    for (unsigned i = 0; i < n; i++) {
        json_server(&j, &servers[i], &servers[0], rounds);
    }
    stress_json_close(&j, ']');
    stress_json_end(&j);
    return f == stdout || fclose(f) == 0 ? 0 : -errno;
}
