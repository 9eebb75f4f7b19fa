/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/report_counts.c -- the counts of the report for programs.
 */
#include "stress/report_parts.h"

#include <stdlib.h>

void stress_json_summary(struct stress_json *j, const char *key,
                         const struct stress_summary *s)
{
    stress_json_open_line(j, key, '{');
    stress_json_number(j, "count", s->count);
    stress_json_real(j, "mean", s->mean / 1e3, 3);
    stress_json_real(j, "min", (double)s->min / 1e3, 3);
    stress_json_real(j, "p50", s->p50 / 1e3, 3);
    stress_json_real(j, "p90", s->p90 / 1e3, 3);
    stress_json_real(j, "p99", s->p99 / 1e3, 3);
    stress_json_real(j, "p999", s->p999 / 1e3, 3);
    stress_json_real(j, "max", (double)s->max / 1e3, 3);
    stress_json_close(j, '}');
}

void stress_json_latency(struct stress_json *j, const char *key,
                         const struct stress_histogram *h)
{
    struct stress_summary s;

    stress_histogram_summary(h, &s);
    stress_json_summary(j, key, &s);
}

void stress_json_work(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_tally *t = &r->total;
    uint64_t n = stress_result_requests(r);

    stress_json_real(j, "seconds", r->seconds, 6);
    stress_json_number(j, "requests", n);
    stress_json_real(j, "rate", r->seconds > 0 ? (double)n / r->seconds : 0, 1);
    stress_json_open(j, "work", '{');
    stress_json_number(j, "reads", stress_tally_get(t, STRESS_READS));
    stress_json_number(j, "writes", stress_tally_get(t, STRESS_WRITES));
    stress_json_number(j, "delivered", stress_tally_get(t, STRESS_DELIVERED));
    stress_json_number(j, "nils", stress_tally_get(t, STRESS_NILS));
    stress_json_number(j, "bytes_in", stress_tally_get(t, STRESS_BYTES_IN));
    stress_json_number(j, "bytes_out", stress_tally_get(t, STRESS_BYTES_OUT));
    stress_json_number(j, "end_checked_keys", r->end_checked);
    stress_json_close(j, '}');
}

static void sends(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_tally *t = &r->total;

    if (!r->run->options.open) {
        stress_json_text(j, "sends", NULL);
        return;
    }
    stress_json_open(j, "sends", '{');
    stress_json_number(j, "intended", stress_result_intended(r));
    stress_json_number(j, "sent", stress_histogram_count(&t->delay));
    stress_json_number(j, "late", stress_tally_get(t, STRESS_LATE));
    stress_json_number(j, "dropped", stress_tally_get(t, STRESS_DROPPED));
    stress_json_latency(j, "delay_us", &t->delay);
    stress_json_close(j, '}');
}

static void connections(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_options *o = &r->run->options;
    const struct stress_tally *t = &r->total;

    stress_json_open(j, "connections", '{');
    stress_json_number(j, "opened", stress_tally_get(t, STRESS_OPENED));
    stress_json_number(j, "reconnects", stress_tally_get(t, STRESS_RECONNECTS));
    stress_json_number(j, "idle", o->idle);
    stress_json_number(j, "idle_lost", r->herd.idle_lost);
    stress_json_close(j, '}');
    if (o->storm == 0) {
        stress_json_text(j, "storm", NULL);
        return;
    }
    stress_json_open(j, "storm", '{');
    stress_json_number(j, "connections", o->storm);
    stress_json_number(j, "answered", r->herd.storm_open);
    stress_json_real(j, "seconds", r->herd.storm_seconds, 6);
    stress_json_latency(j, "connect_us", &r->herd.storm);
    stress_json_close(j, '}');
}

static void fairness(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_fairness *q = &r->fairness;

    stress_json_open_line(j, "fairness", '{');
    stress_json_number(j, "connections", q->n);
    stress_json_number(j, "min", q->min);
    stress_json_number(j, "median", q->median);
    stress_json_number(j, "max", q->max);
    stress_json_real(j, "jain", q->jain, 6);
    stress_json_open(j, "workers", '[');
    for (unsigned i = 0; i < r->shares.n; i++) {
        stress_json_number(j, NULL, r->shares.requests[i]);
    }
    stress_json_close(j, ']');
    stress_json_close(j, '}');
}

static void misdeeds(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_options *o = &r->run->options;
    struct stress_histogram *after;

    if (o->misdeeds.total == 0) {
        stress_json_text(j, "misbehaving", NULL);
        return;
    }
    stress_json_open(j, "misbehaving", '{');
    stress_json_real(j, "since", o->fault_after, 3);
    stress_json_open(j, "clients", '[');
    for (int i = 0; i < STRESS_N_MISDEEDS; i++) {
        const struct stress_fault_count *n = &r->herd.fault[i];

        if (o->misdeeds.n[i] == 0) {
            continue;
        }
        stress_json_open_line(j, NULL, '{');
        stress_json_text(j, "kind",
                         stress_misdeed_name((enum stress_misdeed)i));
        stress_json_number(j, "clients", o->misdeeds.n[i]);
        stress_json_number(j, "connections", n->opened);
        stress_json_number(j, "closed_by_server", n->closed_by_server);
        stress_json_number(j, "not_connected", n->failed);
        stress_json_number(j, "bytes_in", n->bytes_in);
        stress_json_number(j, "bytes_out", n->bytes_out);
        stress_json_close(j, '}');
    }
    stress_json_close(j, ']');
    stress_json_latency(j, "before_us", &r->total.calm);
    after = stress_result_disturbed(r);
    if (after != NULL) {
        stress_json_latency(j, "during_us", after);
        free(after);
    }
    stress_json_close(j, '}');
}

static void usage(struct stress_json *j, const struct stress_result *r)
{
    double n = (double)stress_result_requests(r);

    stress_json_open(j, "generator", '{');
    stress_json_real(j, "cpu_us_per_request",
                     n > 0 ? r->cpu_seconds * 1e6 / n : 0, 3);
    stress_json_real(j, "cpu_seconds", r->cpu_seconds, 3);
    stress_json_real(j, "busiest_thread", r->busiest, 3);
    stress_json_text(j, "warning", stress_result_warning(r));
    stress_json_close(j, '}');
    if (r->server_cpu < 0) {
        stress_json_text(j, "server", NULL);
        return;
    }
    stress_json_open(j, "server", '{');
    stress_json_number(j, "pid", r->run->options.server_pid);
    stress_json_real(j, "cpu_us_per_request",
                     n > 0 ? r->server_cpu * 1e6 / n : 0, 3);
    stress_json_real(j, "cpu_seconds", r->server_cpu, 3);
    stress_json_number(j, "memory_bytes", r->server_memory);
    stress_json_close(j, '}');
}

static void wrong(struct stress_json *j, const struct stress_result *r)
{
    const struct stress_tally *t = &r->total;

    stress_json_open(j, "faults", '{');
    for (int i = STRESS_RIGHT + 1; i < STRESS_N_FAULTS; i++) {
        stress_json_number(j, stress_fault_name(i), stress_tally_faults(t, i));
    }
    stress_json_close(j, '}');
    stress_json_open(j, "errors", '{');
    stress_json_number(j, "replies", stress_tally_get(t, STRESS_REPLY_ERRORS));
    stress_json_number(j, "connections",
                       stress_tally_get(t, STRESS_CONN_ERRORS));
    stress_json_number(j, "unanswered", stress_tally_get(t, STRESS_UNANSWERED));
    stress_json_open(j, "texts", '[');
    for (unsigned i = 0; i < t->n_texts; i++) {
        stress_json_open_line(j, NULL, '{');
        stress_json_number(j, "count", t->text[i].count);
        stress_json_text(j, "text", t->text[i].text);
        stress_json_close(j, '}');
    }
    stress_json_close(j, ']');
    stress_json_close(j, '}');
}

void stress_json_counts(struct stress_json *j, const struct stress_result *r)
{
    sends(j, r);
    connections(j, r);
    fairness(j, r);
    misdeeds(j, r);
    usage(j, r);
    wrong(j, r);
}
