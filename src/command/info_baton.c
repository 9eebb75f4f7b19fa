/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sections about the engine and about what the commands counted.
 */
#include "config.h"

#include "command/info.h"

#include "command/histogram.h"
#include "command/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Baton ---- */

static void masters(struct info *i, unsigned n)
{
    struct baton_master_stats m;

    for (unsigned k = 0; k < n; k++) {
        if (baton_master_stats(i->service->server, k, &m) == 0) {
            info_add(i,
                     "master%u:addr=%s,service=%s,cir_accepted=%" PRIu64
                     ",handles=%" PRIu64 "\r\n",
                     k, m.address, m.service, m.cir_accepted, m.handles);
        }
    }
}

static void workers(struct info *i, unsigned n)
{
    struct baton_worker_stats w;

    for (unsigned k = 0; k < n; k++) {
        if (baton_worker_stats(i->service->server, k, &w) == 0) {
            info_add(i,
                     "worker%u:handles=%" PRIu64 ",srm=%" PRIu64
                     ",busy_usec=%" PRIu64 ",passes=%" PRIu64 "\r\n",
                     k, w.handles, w.srm, w.busy_us, w.passes);
        }
    }
}

void info_baton(struct info *i)
{
    struct baton_stats b;

    baton_stats(i->service->server, &b);
    info_add(i, "baton_version:%s\r\n", PACKAGE_VERSION);
    info_add(i, "server_state:%s\r\n", baton_server_state_name(b.server_state));
    info_add(i, "workers:%u\r\n", b.workers);
    info_add(i, "cir_accepted:%" PRIu64 "\r\n", b.cir_accepted);
    info_add(i, "cir_refused:%" PRIu64 "\r\n", b.cir_refused);
    info_add(i, "cir_aborted:%" PRIu64 "\r\n", b.cir_aborted);
    info_add(i, "handles_live:%" PRIu64 "\r\n", b.handles_live);
    info_add(i, "handles_closed:%" PRIu64 "\r\n", b.handles_closed);
    info_add(i, "srm_received:%" PRIu64 "\r\n", b.srm_received);
    info_add(i, "srm_answered:%" PRIu64 "\r\n", b.srm_answered);
    info_add(i, "srm_dropped:%" PRIu64 "\r\n", b.srm_dropped);
    info_add(i, "dispatch_depth:%" PRIu64 "\r\n", b.dispatch_depth);
    info_add(i, "dispatch_full:%" PRIu64 "\r\n", b.dispatch_full);
    info_add(i, "dispatch_wait_usec_p50:%" PRIu64 "\r\n",
             b.dispatch_wait_p50_us);
    info_add(i, "dispatch_wait_usec_p99:%" PRIu64 "\r\n",
             b.dispatch_wait_p99_us);
    for (int k = 0; k < BATON_N_STATES; k++) {
        info_add(i, "state_%s:%" PRIu64 "\r\n",
                 baton_state_name((enum baton_state)k), b.state[k]);
    }
    masters(i, b.masters);
    workers(i, b.workers);
    for (int k = 0; k < BATON_N_REASONS; k++) {
        info_add(i, "closed_%s:%" PRIu64 "\r\n",
                 baton_reason_name((enum baton_reason)k), b.closed[k]);
    }
}

/* ---- Commands ---- */

void info_commandstats(struct info *i)
{
    const struct stats *s = info_stats(i);

    for (size_t k = 0; s && k < cmd_rows(); k++) {
        const struct stats_row *r = &s->rows[k];
        double us = (double)r->ns / 1000;

        if (cmd_row(k) && (r->calls || r->rejected || r->failed)) {
            info_add(i,
                     "cmdstat_%s:calls=%" PRIu64 ",usec=%" PRIu64
                     ",usec_per_call=%.2f,rejected_calls=%" PRIu64
                     ",failed_calls=%" PRIu64 "\r\n",
                     cmd_row(k)->name, r->calls, r->ns / 1000,
                     r->calls ? us / (double)r->calls : 0.0, r->rejected,
                     r->failed);
        }
    }
}

void info_errorstats(struct info *i)
{
    const struct stats *s = info_stats(i);

    for (unsigned k = 0; s && k < s->n_codes; k++) {
        if (s->codes[k].n > 0) {
            info_add(i, "errorstat_%s:count=%" PRIu64 "\r\n", s->codes[k].code,
                     s->codes[k].n);
        }
    }
}

/* "p50=0.128,p99=1.024": the percentiles that are asked for, in
 * microseconds. */
static void percentiles(const struct histogram_sum *s, const char *wanted,
                        char *out, size_t size)
{
    struct bt_slice word;
    size_t n = 0;

    out[0] = 0;
    while (cmd_next_word(&wanted, " ", &word) && n < size - 1) {
        double us =
            (double)histogram_percentile(s, strtod(word.p, NULL)) / 1000;

        n += (size_t)snprintf(out + n, size - n, "%sp%.*s=%.3f",
                              n > 0 ? "," : "", (int)word.n, word.p, us);
    }
}

void info_latencystats(struct info *i)
{
    struct settings *settings = i->service->settings;
    struct histogram_sum s;
    char wanted[256], text[1024];

    /* Relaxed: any recent value. */
    if (!atomic_load_explicit(&settings->latency_tracking,
                              memory_order_relaxed)) {
        return;
    }
    info_option(i, "latency-tracking-info-percentiles", wanted, sizeof wanted);
    for (size_t k = 0; k < cmd_rows(); k++) {
        if (cmd_row(k)) {
            histogram_sum(i->service, k, &s);
            if (s.total > 0) {
                percentiles(&s, wanted, text, sizeof text);
                info_add(i, "latency_percentiles_usec_%s:%s\r\n",
                         cmd_row(k)->name, text);
            }
        }
    }
}
