/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/report_text.c -- tells people what was found.
 */
#include "stress/report.h"

#include <inttypes.h>
#include <stdlib.h>

/* 1234567 -> "1,234,567". */
static const char *grouped(uint64_t n, char to[32])
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), at = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            to[at++] = ',';
        }
        to[at++] = digits[i];
    }
    to[at] = '\0';
    return to;
}

static void text_head(const struct stress_result *r, FILE *f)
{
    const struct stress_run *run = r->run;
    const struct stress_options *o = &run->options;
    uint64_t requests = stress_result_requests(r);
    char a[32], b[32], c[32], d[32], e[32];

    fprintf(f,
            "%s: %s, %" PRIu32 " connections, %" PRIu32
            " threads, pipeline %" PRIu32 ", values of %s bytes, %s keys%s\n",
            run->target.name, run->workload.name, o->clients, o->threads,
            o->pipeline, o->value_sizes, grouped(o->keys, a),
            r->interrupted ? " (interrupted)" : "");
    fprintf(
        f, "requests     %s in %.2f s: %s per second\n", grouped(requests, a),
        r->seconds,
        grouped(r->seconds > 0 ? (uint64_t)((double)requests / r->seconds) : 0,
                b));
    fprintf(f, "             %s writes, %s reads (%s nil); ",
            grouped(stress_tally_get(&r->total, STRESS_WRITES), c),
            grouped(stress_tally_get(&r->total, STRESS_READS), a),
            grouped(stress_tally_get(&r->total, STRESS_NILS), d));
    if (run->n_consumers + run->n_subscribers > 0) {
        fprintf(f, "%s delivered; ",
                grouped(stress_tally_get(&r->total, STRESS_DELIVERED), b));
    }
    fprintf(f, "%s keys checked at the end\n", grouped(r->end_checked, e));
}

static void text_latency(const struct stress_histogram *h, const char *name,
                         FILE *f)
{
    struct stress_summary s;

    stress_histogram_summary(h, &s);
    if (s.count > 0) {
        fprintf(f, "  %-10s %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f\n", name,
                s.mean / 1e3, s.p50 / 1e3, s.p90 / 1e3, s.p99 / 1e3,
                s.p999 / 1e3, (double)s.max / 1e3);
    }
}

static void text_errors(const struct stress_result *r, FILE *f)
{
    const struct stress_tally *t = &r->total;
    uint64_t unanswered = stress_tally_get(t, STRESS_UNANSWERED);
    for (int i = STRESS_RIGHT + 1; i < STRESS_N_FAULTS; i++) {
        fprintf(f, "%s%s %" PRIu64,
                i > STRESS_RIGHT + 1 ? ", " : "faults       ",
                stress_fault_name(i), stress_tally_faults(t, i));
    }
    fputc('\n', f);
    if (stress_result_clean(r)) {
        return;
    }
    fprintf(f,
            "errors       %" PRIu64 " error replies, %" PRIu64
            " connection errors (%" PRIu64 " requests unanswered)\n",
            stress_tally_get(t, STRESS_REPLY_ERRORS),
            stress_tally_get(t, STRESS_CONN_ERRORS), unanswered);
    for (unsigned i = 0; i < t->n_texts; i++) {
        fprintf(f, "             %" PRIu64 " x %s\n", t->text[i].count,
                t->text[i].text);
    }
}

static void text_sends(const struct stress_result *r, FILE *f)
{
    const struct stress_options *o = &r->run->options;
    uint64_t intended = stress_result_intended(r);
    char a[32], b[32], c[32];

    if (!o->open) {
        fprintf(f, "             Closed loop: a stalled server is sent less, "
                   "so these hide stalls.\n");
        return;
    }
    fprintf(f,
            "             response: from when a request was due; service: from "
            "when it was sent\n             and the connection free.\n"
            "sends        %s due, %s late (over 1 ms), %s dropped\n",
            grouped(intended, a),
            grouped(stress_tally_get(&r->total, STRESS_LATE), b),
            grouped(stress_tally_get(&r->total, STRESS_DROPPED), c));
}

static void text_usage(const struct stress_result *r, FILE *f)
{
    double n = (double)stress_result_requests(r);
    const char *warning = stress_result_warning(r);
    char a[32];

    if (n > 0) {
        fprintf(f,
                "generator    %.2f us of its own CPU time per request, busiest "
                "thread %.0f %%\n",
                r->cpu_seconds * 1e6 / n, r->busiest * 100);
    }
    if (n > 0 && r->server_cpu >= 0) {
        fprintf(f, "server       %.2f us of its CPU time per request, %s kB\n",
                r->server_cpu * 1e6 / n, grouped(r->server_memory / 1024, a));
    }
    if (warning != NULL) {
        fprintf(f, "warning: %s\n", warning);
    }
}

static void text_fairness(const struct stress_result *r, FILE *f)
{
    const struct stress_fairness *q = &r->fairness;
    char a[32], b[32], c[32];

    if (q->n > 1) {
        fprintf(f,
                "fairness     requests per connection: %s least, %s median, %s "
                "most; Jain's index %.4f\n",
                grouped(q->min, a), grouped(q->median, b), grouped(q->max, c),
                q->jain);
    }
    for (unsigned i = 0; i < r->shares.n; i++) {
        fprintf(f, "%s%s", i == 0 ? "             by worker: " : ", ",
                grouped(r->shares.requests[i], a));
    }
    fputs(r->shares.n > 0 ? "\n" : "", f);
}

static void text_herd(const struct stress_result *r, FILE *f)
{
    const struct stress_options *o = &r->run->options;
    const struct stress_herd_result *h = &r->herd;

    if (o->idle > 0) {
        fprintf(f,
                "idle         %" PRIu32 " connections, %" PRIu32
                " of them lost\n",
                o->idle, h->idle_lost);
    }
    if (o->storm > 0) {
        fprintf(f,
                "storm        %" PRIu32 " of %" PRIu32
                " connections answered, the last after %.3f s\n",
                h->storm_open, o->storm, h->storm_seconds);
    }
}

/* What those that misbehave did to the others. */
static void text_misdeeds(const struct stress_result *r, FILE *f)
{
    struct stress_summary before, during;
    struct stress_histogram *after;

    if (r->run->options.misdeeds.total == 0) {
        return;
    }
    for (int i = 0; i < STRESS_N_MISDEEDS; i++) {
        const struct stress_fault_count *n = &r->herd.fault[i];

        if (r->run->options.misdeeds.n[i] > 0) {
            fprintf(f,
                    "faulty       %s: %" PRIu32 " clients, %" PRIu64
                    " connections, %" PRIu64 " closed by the server\n",
                    stress_misdeed_name((enum stress_misdeed)i),
                    r->run->options.misdeeds.n[i], n->opened,
                    n->closed_by_server);
        }
    }
    after = stress_result_disturbed(r);
    if (after == NULL) {
        return;
    }
    stress_histogram_summary(&r->total.calm, &before);
    stress_histogram_summary(after, &during);
    fprintf(f,
            "             healthy clients before: p50 %.0f p99 %.0f p99.9 %.0f "
            "us; then: p50 %.0f p99 %.0f p99.9 %.0f us\n",
            before.p50 / 1e3, before.p99 / 1e3, before.p999 / 1e3,
            during.p50 / 1e3, during.p99 / 1e3, during.p999 / 1e3);
    free(after);
}

void stress_report_text(const struct stress_result *r, FILE *f)
{
    char verdict[600], a[32], b[32];

    text_head(r, f);
    fprintf(f, "latency, us       mean       p50       p90       p99     p99.9"
               "       max\n");
    text_latency(&r->total.response, "response", f);
    text_latency(&r->total.service, "service", f);
    for (unsigned i = 0; i < r->run->workload.n_ops; i++) {
        char name[STRESS_NAME + 4];

        snprintf(name, sizeof(name), "  %s", r->run->workload.op[i].name);
        text_latency(&r->total.op[i], name, f);
    }
    text_latency(&r->total.delivery, "delivery", f);
    text_latency(&r->total.connect, "connect", f);
    text_latency(&r->herd.storm, "storm", f);
    text_sends(r, f);
    fprintf(f, "connections  %s opened, %s closed on purpose\n",
            grouped(stress_tally_get(&r->total, STRESS_OPENED), a),
            grouped(stress_tally_get(&r->total, STRESS_RECONNECTS), b));
    text_fairness(r, f);
    text_herd(r, f);
    text_misdeeds(r, f);
    text_errors(r, f);
    text_usage(r, f);
    stress_result_verdict(r, verdict, sizeof(verdict));
    fprintf(f, "verdict: %s\n", verdict);
}
