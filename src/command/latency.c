/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LATENCY: the events, and the spread of each command's times.
 */
#include "command/latency.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/clock.h"
#include "command/commands.h"
#include "command/histogram.h"
#include "command/service.h"
#include "command/table.h"
#include "command/worker.h"

#include <string.h>

static const char *const event_names[] = {"command", "fast-command"};

void latency_init(struct latency *l)
{
    memset(l->series, 0, sizeof l->series);
    bt_mutex_init(&l->lock, BT_RANK_LOG, 0);
}

void latency_fini(struct latency *l)
{
    bt_mutex_fini(&l->lock);
}

/* The i-th sample, 0 being the oldest. */
static struct latency_sample *sample(struct latency_series *s, unsigned i)
{
    return &s->sample[(s->next + LATENCY_SAMPLES - s->n + i) % LATENCY_SAMPLES];
}

void latency_add(struct latency *l, enum latency_event event, uint64_t ms)
{
    struct latency_series *s = &l->series[event];
    int64_t now = bt_real_us() / 1000000;

    bt_mutex_lock(&l->lock);
    s->max = ms > s->max ? ms : s->max;
    if (s->n > 0 && sample(s, s->n - 1)->time == now) {
        struct latency_sample *last = sample(s, s->n - 1);

        last->ms = ms > last->ms ? ms : last->ms;
    } else {
        s->sample[s->next] = (struct latency_sample){now, ms};
        s->next = (s->next + 1) % LATENCY_SAMPLES;
        s->n += s->n < LATENCY_SAMPLES;
    }
    bt_mutex_unlock(&l->lock);
}

/* ---- Events ---- */

static struct latency *latency_of(struct call *c)
{
    return &c->worker->service->latency;
}

/* A copy, since replies are not written under a lock. */
static void copy(struct call *c, unsigned event, struct latency_series *out)
{
    struct latency *l = latency_of(c);

    bt_mutex_lock(&l->lock);
    *out = l->series[event];
    bt_mutex_unlock(&l->lock);
}

void cmd_latency_latest(struct call *c)
{
    struct latency_series s[LATENCY_N_EVENTS];
    size_t n = 0;

    for (unsigned i = 0; i < LATENCY_N_EVENTS; i++) {
        copy(c, i, &s[i]);
        n += s[i].n > 0;
    }
    resp_array(c->out, n);
    for (unsigned i = 0; i < LATENCY_N_EVENTS; i++) {
        if (s[i].n > 0) {
            const struct latency_sample *last = sample(&s[i], s[i].n - 1);

            resp_array(c->out, 4);
            resp_bulk_str(c->out, event_names[i]);
            resp_int(c->out, last->time);
            resp_int(c->out, (int64_t)last->ms);
            resp_int(c->out, (int64_t)s[i].max);
        }
    }
}

void cmd_latency_history(struct call *c)
{
    struct latency_series s = {.n = 0};

    for (unsigned i = 0; i < LATENCY_N_EVENTS; i++) {
        if (bt_slice_eq(c->argv[2], bt_str(event_names[i]))) {
            copy(c, i, &s);
        }
    }
    resp_array(c->out, s.n);
    for (unsigned i = 0; i < s.n; i++) {
        resp_array(c->out, 2);
        resp_int(c->out, sample(&s, i)->time);
        resp_int(c->out, (int64_t)sample(&s, i)->ms);
    }
}

static bool reset_asked(const struct call *c, const char *name)
{
    for (size_t i = 2; i < c->argc; i++) {
        if (bt_slice_eq(c->argv[i], bt_str(name))) {
            return true;
        }
    }
    return c->argc == 2;
}

void cmd_latency_reset(struct call *c)
{
    struct latency *l = latency_of(c);
    int64_t n = 0;

    bt_mutex_lock(&l->lock);
    for (unsigned i = 0; i < LATENCY_N_EVENTS; i++) {
        if (l->series[i].n > 0 && reset_asked(c, event_names[i])) {
            memset(&l->series[i], 0, sizeof l->series[i]);
            n++;
        }
    }
    bt_mutex_unlock(&l->lock);
    resp_int(c->out, n);
}

/* ---- Histograms ---- */

#define FIRST_TOLD 10 /* 2^10 ns is the first microsecond that is told */
#define LAST_TOLD  31

/* Calls of at most so many microseconds: a line where there are more than in
 * the one before. Counts the lines, or writes them. */
static size_t reply_buckets(struct resp_reply *out,
                            const struct histogram_sum *s)
{
    uint64_t before = 0;
    size_t lines = 0;

    for (unsigned log = FIRST_TOLD; log <= LAST_TOLD; log++) {
        uint64_t n = histogram_below(s, log);
        /* The end of this bucket as Redis' histograms have it. */
        uint64_t end = (UINT64_C(1) << log) + (UINT64_C(1) << (log - 7)) - 1;

        if (n > before) {
            before = n;
            lines++;
            if (out) {
                resp_int(out, (int64_t)(end / 1000));
                resp_int(out, (int64_t)n);
            }
        }
    }
    return lines;
}

struct told {
    const struct command *command;
    struct histogram_sum sum;
};

/* Adds what there is of a command to a list of struct told. 0 or -ENOMEM. */
static int collect(struct call *c, const struct command *command,
                   struct bt_buf *list)
{
    struct told told = {.command = command};

    histogram_sum(c->worker->service, cmd_index(command), &told.sum);
    return told.sum.total > 0 ? bt_buf_add(list, &told, sizeof told) : 0;
}

/* A command is told with its subcommands. */
static int collect_asked(struct call *c, struct bt_buf *list)
{
    int rc = 0;

    for (size_t i = 0; c->argc == 2 && i < cmd_rows() && rc == 0; i++) {
        rc = cmd_row(i) ? collect(c, cmd_row(i), list) : 0;
    }
    for (size_t i = 2; i < c->argc && rc == 0; i++) {
        const struct command *command = cmd_find_path(c->argv[i]);

        if (command) {
            rc = collect(c, command, list);
            for (size_t k = 0; k < cmd_count_subs(command) && rc == 0; k++) {
                rc = collect(c, &command->sub[k], list);
            }
        }
    }
    return rc;
}

static void reply_histogram(struct resp_reply *out, const struct told *told)
{
    resp_bulk_str(out, told->command->name);
    resp_map(out, 2);
    resp_bulk_str(out, "calls");
    resp_int(out, (int64_t)told->sum.total);
    resp_bulk_str(out, "histogram_usec");
    resp_map(out, reply_buckets(NULL, &told->sum));
    reply_buckets(out, &told->sum);
}

/* All is copied before any is told: other workers count meanwhile. */
void cmd_latency_histogram(struct call *c)
{
    struct bt_buf list = {0};
    struct told told;

    if (collect_asked(c, &list) != 0) {
        cmd_oom(c);
    } else {
        resp_map(c->out, list.n / sizeof told);
        for (size_t at = 0; at < list.n; at += sizeof told) {
            memcpy(&told, list.p + at, sizeof told);
            reply_histogram(c->out, &told);
        }
    }
    bt_buf_fini(&list);
}

void cmd_latency_help(struct call *c)
{
    static const char *const lines[] = {
        "HISTOGRAM [<command> ...]",
        "    Show how the times of commands are spread, in microseconds.",
        "HISTORY <event>",
        "    Show when an event happened, and how long it took.",
        "LATEST",
        "    Show the last sample and the worst of each event.",
        "RESET [<event> ...]",
        "    Forget the samples of these events, or of all.",
        NULL,
    };

    cmd_help(c, lines);
}
