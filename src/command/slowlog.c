/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SLOWLOG. Passwords never get in: what a command must not show is left out
 * when the entry is made.
 */
#include "command/slowlog.h"

#include "base/clock.h"
#include "command/commands.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ARGS  32
#define MAX_BYTES 128

struct entry {
    struct bt_list link;
    atomic_uint refs;
    uint64_t id, us;
    int64_t time; /* seconds since 1970 */
    size_t argc;
    struct bt_slice argv[MAX_ARGS]; /* into the bytes at the end */
    const char *name;               /* the same */
    char addr[BATON_ADDR_MAX];
};

/* ---- What is kept of a request ---- */

/* The i-th argument must not be shown. */
static bool is_secret(const struct call *call, size_t i)
{
    const char *name = call->command->name;
    const struct bt_slice *argv = call->argv;

    if (strcmp(name, "auth") == 0) {
        return i > 0;
    }
    if (strcmp(name, "hello") == 0) {
        return (i > 2 && bt_slice_is(argv[i - 1], "auth")) ||
               (i > 3 && bt_slice_is(argv[i - 2], "auth"));
    }
    if (strcmp(name, "acl|setuser") == 0) {
        return i > 1;
    }
    return strcmp(name, "config|set") == 0 && i > 2 && i % 2 == 1 &&
           (bt_slice_is(argv[i - 1], "requirepass") ||
            bt_slice_is(argv[i - 1], "masterauth") ||
            bt_slice_is(argv[i - 1], "masteruser") ||
            bt_slice_is(argv[i - 1], "tls-key-file-pass") ||
            bt_slice_is(argv[i - 1], "tls-client-key-file-pass"));
}

/* What is kept of argument i, at `to`; the first byte behind it. */
static char *keep_arg(const struct call *call, size_t i, struct bt_slice *kept,
                      char *to)
{
    struct bt_slice arg = call->argv[i];
    size_t n = arg.n < MAX_BYTES ? arg.n : MAX_BYTES;

    kept->p = to;
    if (i == MAX_ARGS - 1 && call->argc > MAX_ARGS) {
        to += sprintf(to, "... (%zu more arguments)", call->argc - i);
    } else if (is_secret(call, i)) {
        to += sprintf(to, "(redacted)");
    } else {
        memcpy(to, arg.p, n);
        to += n;
        if (arg.n > n) {
            to += sprintf(to, "... (%zu more bytes)", arg.n - n);
        }
    }
    kept->n = (size_t)(to - kept->p);
    return to;
}

static struct entry *make(const struct call *call, uint64_t us)
{
    size_t argc = call->argc < MAX_ARGS ? call->argc : MAX_ARGS;
    const char *name = session_label(call->session, LABEL_NAME);
    struct baton_client_info info;
    struct entry *e;
    char *p;

    name = name ? name : "";
    e = malloc(sizeof *e + argc * (MAX_BYTES + 48) + strlen(name) + 1);
    if (!e) {
        return NULL;
    }
    atomic_init(&e->refs, 1);
    e->us = us;
    e->time = bt_real_us() / 1000000;
    e->argc = argc;
    e->addr[0] = 0;
    if (baton_info(call->worker->service->server, baton_id(call->client),
                   &info) == 0) {
        memcpy(e->addr, info.addr, sizeof e->addr);
    }
    e->name = p = (char *)(e + 1);
    p = strcpy(p, name) + strlen(name) + 1;
    for (size_t i = 0; i < argc; i++) {
        p = keep_arg(call, i, &e->argv[i], p);
    }
    return e;
}

static void release(struct entry *e)
{
    if (atomic_fetch_sub(&e->refs, 1) == 1) {
        free(e);
    }
}

/* ---- The log ---- */

void slowlog_init(struct slowlog *log)
{
    bt_mutex_init(&log->lock, BT_RANK_LOG, 0);
    bt_list_init(&log->entries);
    log->n = 0;
    log->next_id = 0;
}

static struct entry *first(struct slowlog *log)
{
    return bt_container(log->entries.next, struct entry, link);
}

/* Drops the oldest. The lock is held. */
static void drop(struct slowlog *log, uint64_t keep)
{
    while (log->n > keep) {
        struct entry *e = first(log);

        bt_list_remove(&e->link);
        log->n--;
        release(e);
    }
}

void slowlog_fini(struct slowlog *log)
{
    drop(log, 0);
    bt_mutex_fini(&log->lock);
}

void slowlog_add(struct slowlog *log, const struct call *call, uint64_t us)
{
    struct settings *s = call->worker->service->settings;
    struct entry *e = make(call, us);

    if (!e) {
        return;
    }
    bt_mutex_lock(&log->lock);
    e->id = log->next_id++;
    bt_list_append(&log->entries, &e->link);
    log->n++;
    /* Relaxed: any recent value. */
    drop(log, atomic_load_explicit(&s->slowlog_max, memory_order_relaxed));
    bt_mutex_unlock(&log->lock);
}

/* ---- The commands ---- */

static struct slowlog *log_of(struct call *c)
{
    return &c->worker->service->slowlog;
}

static void reply_entry(struct resp_reply *out, const struct entry *e)
{
    resp_array(out, 6);
    resp_int(out, (int64_t)e->id);
    resp_int(out, e->time);
    resp_int(out, (int64_t)e->us);
    resp_array(out, e->argc);
    for (size_t i = 0; i < e->argc; i++) {
        resp_bulk(out, e->argv[i].p, e->argv[i].n);
    }
    resp_bulk_str(out, e->addr);
    resp_bulk_str(out, e->name);
}

/* Takes up to max of the newest entries, newest first; NULL: out of memory. */
static struct entry **take(struct slowlog *log, uint64_t max, size_t *n)
{
    struct entry **taken;
    struct bt_list *l;

    bt_mutex_lock(&log->lock);
    *n = log->n < max ? log->n : (size_t)max;
    taken = malloc((*n + 1) * sizeof *taken);
    l = log->entries.prev;
    for (size_t i = 0; taken && i < *n; i++, l = l->prev) {
        taken[i] = bt_container(l, struct entry, link);
        atomic_fetch_add(&taken[i]->refs, 1);
    }
    bt_mutex_unlock(&log->lock);
    return taken;
}

void cmd_slowlog_get(struct call *c)
{
    struct entry **entries;
    int64_t max = 10;
    size_t n;

    if (c->argc > 3) {
        cmd_sub_error(c);
        return;
    }
    if (c->argc == 3 && (!cmd_parse_int(c->argv[2], &max) || max < -1)) {
        resp_error(c->out, "ERR count should be greater than or equal to -1");
        return;
    }
    entries = take(log_of(c), max < 0 ? UINT64_MAX : (uint64_t)max, &n);
    if (!entries) {
        cmd_oom(c);
        return;
    }
    resp_array(c->out, n);
    for (size_t i = 0; i < n; i++) {
        reply_entry(c->out, entries[i]);
        release(entries[i]);
    }
    free(entries);
}

void cmd_slowlog_len(struct call *c)
{
    struct slowlog *log = log_of(c);
    size_t n;

    bt_mutex_lock(&log->lock);
    n = log->n;
    bt_mutex_unlock(&log->lock);
    resp_int(c->out, (int64_t)n);
}

void cmd_slowlog_reset(struct call *c)
{
    struct slowlog *log = log_of(c);

    bt_mutex_lock(&log->lock);
    drop(log, 0);
    bt_mutex_unlock(&log->lock);
    resp_status(c->out, "OK");
}

void cmd_slowlog_help(struct call *c)
{
    static const char *const lines[] = {
        "GET [<count>]",
        "    Show the newest entries of the log (10, or -1 for all): id, time,",
        "    microseconds, arguments, the client's address and name.",
        "LEN",
        "    Tell how many entries there are.",
        "RESET",
        "    Empty the log.",
        NULL,
    };

    cmd_help(c, lines);
}
