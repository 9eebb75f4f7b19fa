/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/stats.h"

#include "base/clock.h"
#include "command/service.h"
#include "command/table.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cmd_counters_init(struct cmd_counters *c)
{
    memset(c, 0, sizeof *c);
    c->rows = calloc(cmd_rows(), sizeof *c->rows);
    return c->rows ? 0 : -ENOMEM;
}

void cmd_counters_fini(struct cmd_counters *c)
{
    free(c->rows);
    c->rows = NULL;
}

void cmd_count_error(struct cmd_counters *c, const char *text, size_t n)
{
    /* Relaxed: written by this thread only. */
    unsigned used = atomic_load_explicit(&c->n_codes, memory_order_relaxed);
    size_t len = 0;
    unsigned i = 0;

    while (len < n && len < STATS_CODE_SIZE - 1 &&
           (text[len] == '_' || (text[len] >= 'A' && text[len] <= 'Z'))) {
        len++;
    }
    if (len == 0) {
        text = "ERR";
        len = 3;
    }
    while (i < used && (strncmp(c->codes[i].code, text, len) != 0 ||
                        c->codes[i].code[len] != 0)) {
        i++;
    }
    if (i == STATS_MAX_ERRORS) {
        return;
    }
    if (i == used) {
        memcpy(c->codes[i].code, text, len);
        c->codes[i].code[len] = 0;
        /* Release: the code is whole for whoever acquires in add_codes. */
        atomic_store_explicit(&c->n_codes, used + 1, memory_order_release);
    }
    cmd_count_add(&c->codes[i].n, 1);
}

/* ---- Sums ---- */

/* Relaxed: any recent value will do. */
static uint64_t get(const _Atomic uint64_t *n)
{
    return atomic_load_explicit((_Atomic uint64_t *)n, memory_order_relaxed);
}

static struct stats_code *find_code(struct stats *s, const char *code)
{
    unsigned i = 0;

    while (i < s->n_codes && strcmp(s->codes[i].code, code) != 0) {
        i++;
    }
    if (i == STATS_MAX_ERRORS) {
        return NULL;
    }
    if (i == s->n_codes) {
        s->n_codes++;
        strcpy(s->codes[i].code, code);
        s->codes[i].n = 0;
    }
    return &s->codes[i];
}

static void add_codes(struct stats *s, struct cmd_counters *c)
{
    /* Acquire: pairs with the release in cmd_count_error. */
    unsigned n = atomic_load_explicit(&c->n_codes, memory_order_acquire);

    for (unsigned i = 0; i < n; i++) {
        struct stats_code *code = find_code(s, c->codes[i].code);

        if (code) {
            code->n += get(&c->codes[i].n);
        }
    }
}

static void add_worker(struct stats *s, struct cmd_counters *c)
{
    s->commands += get(&c->commands);
    s->errors += get(&c->errors);
    s->denied += get(&c->denied);
    s->denied_command += get(&c->denied_command);
    s->denied_key += get(&c->denied_key);
    s->denied_channel += get(&c->denied_channel);
    for (size_t i = 0; i < cmd_rows(); i++) {
        s->rows[i].calls += get(&c->rows[i].calls);
        s->rows[i].ns += get(&c->rows[i].ns);
        s->rows[i].rejected += get(&c->rows[i].rejected);
        s->rows[i].failed += get(&c->rows[i].failed);
    }
    add_codes(s, c);
}

/* Everything since the start. */
static int sum_all(struct service *service, struct stats *s)
{
    struct baton_stats b;

    memset(s, 0, sizeof *s);
    s->rows = calloc(cmd_rows(), sizeof *s->rows);
    if (!s->rows) {
        return -ENOMEM;
    }
    for (unsigned i = 0; i < service->n_workers; i++) {
        add_worker(s, &service->workers[i].counters);
    }
    baton_stats(service->server, &b);
    s->connections = b.cir_accepted;
    s->refused = b.cir_refused;
    s->bytes_in = b.bytes_in;
    s->bytes_out = b.bytes_out;
    return 0;
}

/* A counter read twice may seem to run backwards by a moment: never tell a
 * number below zero. */
static void less(uint64_t *n, uint64_t base)
{
    *n = *n > base ? *n - base : 0;
}

static void subtract(struct stats *s, const struct stats *base)
{
    less(&s->commands, base->commands);
    less(&s->errors, base->errors);
    less(&s->denied, base->denied);
    less(&s->denied_command, base->denied_command);
    less(&s->denied_key, base->denied_key);
    less(&s->denied_channel, base->denied_channel);
    less(&s->connections, base->connections);
    less(&s->refused, base->refused);
    less(&s->bytes_in, base->bytes_in);
    less(&s->bytes_out, base->bytes_out);
    for (size_t i = 0; i < cmd_rows(); i++) {
        less(&s->rows[i].calls, base->rows[i].calls);
        less(&s->rows[i].ns, base->rows[i].ns);
        less(&s->rows[i].rejected, base->rows[i].rejected);
        less(&s->rows[i].failed, base->rows[i].failed);
    }
    for (unsigned i = 0; i < base->n_codes; i++) {
        struct stats_code *code = find_code(s, base->codes[i].code);

        if (code) {
            less(&code->n, base->codes[i].n);
        }
    }
}

int stats_sum(struct service *service, struct stats *out)
{
    int rc = sum_all(service, out);

    if (rc == 0) {
        bt_mutex_lock(&service->base_lock);
        if (service->base.rows) {
            subtract(out, &service->base);
        }
        bt_mutex_unlock(&service->base_lock);
    }
    return rc;
}

void stats_fini(struct stats *s)
{
    free(s->rows);
    s->rows = NULL;
}

int stats_reset(struct service *service)
{
    struct stats now, old;
    int rc = sum_all(service, &now);

    if (rc != 0) {
        return rc;
    }
    bt_mutex_lock(&service->base_lock);
    old = service->base;
    service->base = now;
    bt_mutex_unlock(&service->base_lock);
    stats_fini(&old);
    db_stats_reset(service->db);
    atomic_fetch_add(&service->histogram_epoch, 1);
    return 0;
}

/* ---- Rates ---- */

#define NS_PER_SECOND UINT64_C(1000000000)
#define STALE_SECONDS 2

static void sample(_Atomic uint64_t *last, _Atomic uint64_t *rate, uint64_t now,
                   uint64_t seconds)
{
    uint64_t before = atomic_exchange(last, now);

    atomic_store(rate, now > before ? (now - before) / seconds : 0);
}

void stats_tick(struct service *service, uint64_t now_ns)
{
    struct stats_sampler *s = &service->sampler;
    uint64_t second = now_ns / NS_PER_SECOND, commands = 0;
    uint64_t last = get(&s->second);
    struct baton_stats b;

    if (bt_likely(last == second) ||
        !atomic_compare_exchange_strong(&s->second, &last, second)) {
        return;
    }
    for (unsigned i = 0; i < service->n_workers; i++) {
        commands += get(&service->workers[i].counters.commands);
    }
    baton_stats(service->server, &b);
    sample(&s->commands, &s->per_second[0], commands, second - last);
    sample(&s->bytes_in, &s->per_second[1], b.bytes_in, second - last);
    sample(&s->bytes_out, &s->per_second[2], b.bytes_out, second - last);
}

void stats_rates(struct service *service, struct stats_rates *out)
{
    struct stats_sampler *s = &service->sampler;
    uint64_t second = bt_now_ns() / NS_PER_SECOND;

    memset(out, 0, sizeof *out);
    if (second - get(&s->second) < STALE_SECONDS) {
        out->commands = get(&s->per_second[0]);
        out->bytes_in = get(&s->per_second[1]);
        out->bytes_out = get(&s->per_second[2]);
    }
}
