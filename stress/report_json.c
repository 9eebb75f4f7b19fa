/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/report_json.c -- the report for programs. Keys: baton-stress(1).
 */
#include "stress/report.h"

#include <string.h>

#include "stress/json.h"
#include "stress/report_parts.h"
#include "stress/sweep.h"

#define SCHEMA 1

static void setup(struct stress_json *j, const struct stress_run *run)
{
    const struct stress_options *o = &run->options;

    stress_json_open(j, "setup", '{');
    stress_json_text(j, "loop", o->open ? "open" : "closed");
    if (o->open) {
        stress_json_real(j, "rate", o->rate, 3);
        stress_json_text(j, "arrivals", stress_plan_name(&o->plan));
    } else {
        stress_json_text(j, "rate", NULL);
        stress_json_text(j, "arrivals", NULL);
    }
    stress_json_number(j, "clients", o->clients);
    stress_json_number(j, "threads", o->threads);
    stress_json_number(j, "pipeline", o->pipeline);
    stress_json_number(j, "resp", o->resp3 ? 3 : 2);
    stress_json_text(j, "workload", run->workload.name);
    stress_json_text(j, "popularity", o->popularity);
    stress_json_text(j, "value_bytes", o->value_sizes);
    stress_json_real(j, "ttl", o->ttl, 3);
    stress_json_number(j, "db", o->db);
    stress_json_number(j, "consumers", run->n_consumers);
    stress_json_number(j, "subscribers", run->n_subscribers);
    stress_json_number(j, "keys", o->keys);
    stress_json_number(j, "reconnect", o->reconnect);
    stress_json_number(j, "seed", o->seed);
    stress_json_close(j, '}');
}

/* ---- latency ---- */

static void latencies(struct stress_json *j, const struct stress_result *r)
{
    stress_json_open(j, "latency", '{');
    if (r->run->options.open) {
        stress_json_latency(j, "response_us", &r->total.response);
    } else {
        stress_json_text(j, "response_us", NULL);
    }
    stress_json_latency(j, "service_us", &r->total.service);
    stress_json_latency(j, "connect_us", &r->total.connect);
    stress_json_latency(j, "delivery_us", &r->total.delivery);
    stress_json_close(j, '}');
    stress_json_open(j, "ops", '[');
    for (unsigned i = 0; i < r->run->workload.n_ops; i++) {
        stress_json_open(j, NULL, '{');
        stress_json_text(j, "name", r->run->workload.op[i].name);
        stress_json_number(j, "weight", r->run->workload.op[i].weight);
        stress_json_latency(j, "service_us", &r->total.op[i]);
        stress_json_close(j, '}');
    }
    stress_json_close(j, ']');
}

static void bucket(void *arg, double ns, uint64_t count)
{
    struct stress_json *j = arg;

    stress_json_open_line(j, NULL, '[');
    stress_json_real(j, NULL, ns / 1e3, 3);
    stress_json_number(j, NULL, count);
    stress_json_close(j, ']');
}

static void buckets(struct stress_json *j, const char *key,
                    const struct stress_histogram *h)
{
    stress_json_open_line(j, key, '[');
    stress_histogram_each(h, bucket, j);
    stress_json_close(j, ']');
}

static void histograms(struct stress_json *j, const struct stress_result *r)
{
    stress_json_open(j, "histograms", '{');
    if (r->run->options.open) {
        buckets(j, "response_us", &r->total.response);
    } else {
        stress_json_text(j, "response_us", NULL);
    }
    buckets(j, "service_us", &r->total.service);
    buckets(j, "connect_us", &r->total.connect);
    if (r->run->options.storm > 0) {
        buckets(j, "storm_connect_us", &r->herd.storm);
    }
    stress_json_close(j, '}');
}

/* ---- over time ---- */

static void point_latency(struct stress_json *j, const char *key,
                          const struct stress_point_latency *l)
{
    stress_json_open_line(j, key, '{');
    stress_json_real(j, "p50", l->p50, 3);
    stress_json_real(j, "p90", l->p90, 3);
    stress_json_real(j, "p99", l->p99, 3);
    stress_json_real(j, "p999", l->p999, 3);
    stress_json_real(j, "max", l->max, 3);
    stress_json_close(j, '}');
}

static void point(struct stress_json *j, const struct stress_point *p,
                  bool open)
{
    stress_json_open(j, NULL, '{');
    stress_json_real(j, "t", p->at, 3);
    stress_json_real(j, "seconds", p->seconds, 3);
    stress_json_number(j, "requests", p->requests);
    stress_json_real(j, "rate",
                     p->seconds > 0 ? (double)p->requests / p->seconds : 0, 1);
    if (open) {
        point_latency(j, "response_us", &p->response);
    } else {
        stress_json_text(j, "response_us", NULL);
    }
    point_latency(j, "service_us", &p->service);
    stress_json_number(j, "late", p->late);
    stress_json_number(j, "dropped", p->dropped);
    stress_json_number(j, "errors", p->errors);
    stress_json_number(j, "connections", p->connections);
    stress_json_real(j, "generator_cpu", p->generator_cpu / p->seconds, 3);
    if (p->server_cpu >= 0) {
        stress_json_real(j, "server_cpu", p->server_cpu / p->seconds, 3);
    } else {
        stress_json_text(j, "server_cpu", NULL);
    }
    stress_json_close(j, '}');
}

static void series(struct stress_json *j, const struct stress_result *r)
{
    stress_json_open(j, "series", '{');
    stress_json_real(j, "interval", r->run->options.interval, 3);
    stress_json_open(j, "points", '[');
    for (size_t i = 0; i < r->series.n; i++) {
        point(j, &r->series.points[i], r->run->options.open);
    }
    stress_json_close(j, ']');
    stress_json_close(j, '}');
}

/* The words of the command line, but for a password. */
static void words(struct stress_json *j, const struct stress_options *o)
{
    bool secret = false;

    stress_json_open_line(j, "options", '[');
    for (int i = 0; i < o->n_words; i++) {
        const char *word = o->words[i];
        bool joined = strncmp(word, "--password=", 11) == 0;
        bool attached = word[0] == '-' && word[1] == 'a' && word[2] != '\0';

        stress_json_text(j, NULL,
                         secret     ? "***"
                         : joined   ? "--password=***"
                         : attached ? "-a***"
                                    : word);
        secret = !secret &&
                 (strcmp(word, "-a") == 0 || strcmp(word, "--password") == 0);
    }
    stress_json_close(j, ']');
}

static void head(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_options *o = &r->run->options;
    struct tm tm;
    char began[32];

    stress_json_text(j, "program", "baton-stress");
    stress_json_text(j, "version", stress_version());
    stress_json_number(j, "schema", SCHEMA);
    gmtime_r(&r->began, &tm);
    strftime(began, sizeof(began), "%Y-%m-%dT%H:%M:%SZ", &tm);
    stress_json_text(j, "began", began);
    words(j, o);
    stress_json_text(j, "target", r->run->target.name);
}

static void sweep(struct stress_json *j, const struct stress_sweep *s,
                  const struct stress_options *o)
{
    stress_json_open(j, "sweep", '{');
    stress_json_open(j, "points", '[');
    for (size_t i = 0; i < s->n; i++) {
        const struct stress_sweep_point *p = &s->point[i];

        stress_json_open(j, NULL, '{');
        stress_json_real(j, "rate", p->rate, 3);
        stress_json_real(j, "achieved", p->achieved, 1);
        stress_json_number(j, "requests", p->requests);
        stress_json_summary(j, "response_us", &p->response);
        stress_json_summary(j, "service_us", &p->service);
        stress_json_number(j, "late", p->late);
        stress_json_number(j, "dropped", p->dropped);
        stress_json_bool(j, "ok", p->right);
        stress_json_bool(j, "good", p->good);
        stress_json_close(j, '}');
    }
    stress_json_close(j, ']');
    stress_json_close(j, '}');
    if (o->slo_limit == 0) {
        stress_json_text(j, "slo", NULL);
        return;
    }
    stress_json_open(j, "slo", '{');
    stress_json_text(j, "text", o->slo);
    stress_json_real(j, "quantile", o->slo_quantile, 6);
    stress_json_real(j, "limit_us", o->slo_limit / 1e3, 3);
    stress_json_real(j, "rate", s->knee, 3);
    stress_json_close(j, '}');
}

void stress_report_json(const struct stress_result *r,
                        const struct stress_sweep *s, FILE *f)
{
    struct stress_json j;
    char verdict[600];

    stress_result_verdict(r, verdict, sizeof(verdict));
    stress_json_begin(&j, f);
    head(&j, r);
    setup(&j, r->run);
    stress_json_work(&j, r);
    latencies(&j, r);
    stress_json_counts(&j, r);
    stress_json_bool(&j, "interrupted", r->interrupted);
    stress_json_bool(&j, "ok", stress_result_ok(r));
    stress_json_text(&j, "verdict", verdict);
    if (s != NULL) {
        sweep(&j, s, &r->run->options);
    } else {
        stress_json_text(&j, "sweep", NULL);
        stress_json_text(&j, "slo", NULL);
    }
    series(&j, r);
    histograms(&j, r);
    stress_json_end(&j);
}
