/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/json.c -- the report for programs. Keys: baton-stress(1).
 */
#include "stress/report.h"

#include <inttypes.h>
#include <string.h>

/* A JSON string of any bytes; those beyond ASCII pass as they are. */
static void string(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\') {
            fprintf(f, "\\%c", *s);
        } else if ((unsigned char)*s < ' ') {
            fprintf(f, "\\u%04x", (unsigned char)*s);
        } else {
            fputc(*s, f);
        }
    }
    fputc('"', f);
}

static void number(FILE *f, const char *key, uint64_t n, const char *after)
{
    fprintf(f, "    \"%s\": %" PRIu64 "%s\n", key, n, after);
}

static void setup(const struct stress_run *run, FILE *f)
{
    const struct stress_options *o = &run->options;

    fprintf(f, "  \"target\": ");
    string(f, run->target.name);
    fprintf(f, ",\n  \"setup\": {\n    \"loop\": \"closed\",\n");
    number(f, "clients", o->clients, ",");
    number(f, "threads", o->threads, ",");
    number(f, "pipeline", o->pipeline, ",");
    number(f, "value_bytes", o->value_bytes, ",");
    number(f, "keys", o->keys, ",");
    number(f, "set_weight", o->set_weight, ",");
    number(f, "get_weight", o->get_weight, ",");
    number(f, "reconnect", o->reconnect, ",");
    number(f, "seed", o->seed, "");
    fprintf(f, "  },\n");
}

static void latency(const struct stress_histogram *h, const char *name,
                    const char *after, FILE *f)
{
    struct stress_summary s;

    stress_histogram_summary(h, &s);
    fprintf(f,
            "    \"%s\": {\"count\": %" PRIu64 ", \"mean\": %.3f, "
            "\"min\": %.3f, \"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, "
            "\"p999\": %.3f, \"max\": %.3f}%s\n",
            name, s.count, s.mean / 1e3, (double)s.min / 1e3, s.p50 / 1e3,
            s.p90 / 1e3, s.p99 / 1e3, s.p999 / 1e3, (double)s.max / 1e3, after);
}

static void work(const struct stress_result *r, FILE *f)
{
    const struct stress_tally *t = &r->total;
    uint64_t n = stress_result_requests(r);

    fprintf(f, "  \"seconds\": %.6f,\n", r->seconds);
    fprintf(f, "  \"requests\": %" PRIu64 ",\n", n);
    fprintf(f, "  \"rate\": %.1f,\n",
            r->seconds > 0 ? (double)n / r->seconds : 0.0);
    fprintf(f, "  \"work\": {\n");
    number(f, "gets", stress_tally_get(t, STRESS_GETS), ",");
    number(f, "sets", stress_tally_get(t, STRESS_SETS), ",");
    number(f, "nils", stress_tally_get(t, STRESS_NILS), ",");
    number(f, "bytes_in", stress_tally_get(t, STRESS_BYTES_IN), ",");
    number(f, "bytes_out", stress_tally_get(t, STRESS_BYTES_OUT), ",");
    number(f, "end_checked_keys", r->end_checked, "");
    fprintf(f, "  },\n  \"latency\": {\n");
    latency(&r->all, "service_us", ",", f);
    latency(&t->get, "get_us", ",", f);
    latency(&t->set, "set_us", ",", f);
    latency(&t->connect, "connect_us", "", f);
    fprintf(f, "  },\n  \"connections\": {\n");
    number(f, "opened", stress_tally_get(t, STRESS_OPENED), ",");
    number(f, "reconnects", stress_tally_get(t, STRESS_RECONNECTS), "");
    fprintf(f, "  },\n");
}

static void wrong(const struct stress_result *r, FILE *f)
{
    const struct stress_tally *t = &r->total;

    fprintf(f, "  \"faults\": {\n");
    for (int i = STRESS_RIGHT + 1; i < STRESS_N_FAULTS; i++) {
        number(f, stress_fault_name(i), stress_tally_faults(t, i),
               i + 1 < STRESS_N_FAULTS ? "," : "");
    }
    fprintf(f, "  },\n  \"errors\": {\n");
    number(f, "replies", stress_tally_get(t, STRESS_REPLY_ERRORS), ",");
    number(f, "connections", stress_tally_get(t, STRESS_CONN_ERRORS), ",");
    number(f, "unanswered", stress_tally_get(t, STRESS_UNANSWERED), ",");
    fprintf(f, "    \"texts\": [");
    for (unsigned i = 0; i < t->n_texts; i++) {
        fprintf(f, "%s\n      {\"count\": %" PRIu64 ", \"text\": ",
                i > 0 ? "," : "", t->text[i].count);
        string(f, t->text[i].text);
        fprintf(f, "}");
    }
    fprintf(f, "%s]\n  },\n", t->n_texts > 0 ? "\n    " : "");
}

void stress_report_json(const struct stress_result *r, FILE *f)
{
    uint64_t n = stress_result_requests(r);
    char verdict[600];

    stress_result_verdict(r, verdict, sizeof(verdict));
    fprintf(f, "{\n  \"program\": \"baton-stress\",\n  \"version\": ");
    string(f, stress_version());
    fprintf(f, ",\n");
    setup(r->run, f);
    work(r, f);
    fprintf(f, "  \"generator\": {\"cpu_us_per_request\": %.3f},\n",
            n > 0 ? r->cpu_seconds * 1e6 / (double)n : 0.0);
    wrong(r, f);
    fprintf(f, "  \"interrupted\": %s,\n  \"ok\": %s,\n  \"verdict\": ",
            r->interrupted ? "true" : "false",
            stress_result_ok(r) ? "true" : "false");
    string(f, verdict);
    fprintf(f, "\n}\n");
}
