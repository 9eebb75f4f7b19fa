/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH.
 */
#include "command/multi.h"

#include "command/commands.h"
#include "command/execute.h"
#include "command/queue.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/watch.h"

#include <stdlib.h>
#include <string.h>

struct multi {
    struct queue queue;
    bool refused; /* a command was: EXEC will be, too */
    struct db_watch *watches;
};

static size_t count(const struct session *s)
{
    /* Relaxed: our own. */
    return atomic_load_explicit(&((struct session *)s)->queued,
                                memory_order_relaxed) -
           1;
}

static void set_queued(struct session *s, size_t n)
{
    /* Relaxed: others read it for show only. */
    atomic_store_explicit(&s->queued, (uint32_t)n, memory_order_relaxed);
}

static bool have(struct session *s)
{
    s->multi = s->multi ? s->multi : calloc(1, sizeof *s->multi);
    return s->multi != NULL;
}

/* Frees what is empty. */
static void tidy(struct session *s)
{
    if (s->multi && !multi_on(s) && !s->multi->watches) {
        queue_drop(&s->multi->queue);
        free(s->multi);
        s->multi = NULL;
    }
}

static void drop_queue(struct session *s)
{
    struct multi *m = s->multi;

    set_queued(s, 0);
    if (m) {
        queue_drop(&m->queue);
        m->refused = false;
    }
}

/* Order: nobody can make it dirty after the last watch went, lock by lock. */
static void clean(struct session *s)
{
    atomic_store_explicit(&s->dirty, false, memory_order_relaxed);
}

void multi_reset(struct session *s, struct db *db)
{
    if (s->multi) {
        db_watch_drop(db, &s->multi->watches);
        clean(s);
        drop_queue(s);
        tidy(s);
    }
}

/* ---- In MULTI ---- */

bool multi_queues(const struct call *call)
{
    cmd_fn *fn = call->command->fn;

    return fn != cmd_exec && fn != cmd_discard && fn != cmd_multi &&
           fn != cmd_watch && fn != cmd_quit && fn != cmd_reset;
}

void multi_refused(struct call *call)
{
    if (multi_on(call->session)) {
        call->session->multi->refused = true;
    }
}

unsigned multi_flags(const struct session *s)
{
    return s->multi ? s->multi->queue.flags : 0;
}

void multi_queue(struct call *call)
{
    struct session *s = call->session;
    struct multi *m = s->multi;

    if (queue_size_with(&m->queue, call) >
        call->worker->service->settings->query_limit) {
        service_close(call, BATON_LIMIT); /* as an unfinished request */
        return;
    }
    if (queue_add(&m->queue, call) != 0) {
        m->refused = true;
        cmd_oom(call);
        return;
    }
    set_queued(s, count(s) + 1 + 1);
    resp_status(call->out, "QUEUED");
}

bool multi_lock(struct call *call)
{
    struct multi *m = call->session->multi;

    if (!multi_on(call->session) || m->refused) {
        return true; /* EXEC will say why not */
    }
    if (queue_lock(&m->queue, m->watches, call) != 0) {
        multi_reset(call->session, call->worker->service->db);
        return cmd_oom(call);
    }
    return true;
}

/* ---- Commands ---- */

void cmd_multi(struct call *c)
{
    if (multi_on(c->session)) {
        resp_error(c->out, "ERR MULTI calls can not be nested");
    } else if (!have(c->session)) {
        cmd_oom(c);
    } else {
        set_queued(c->session, 1);
        resp_status(c->out, "OK");
    }
}

void cmd_discard(struct call *c)
{
    if (!multi_on(c->session)) {
        resp_error(c->out, "ERR DISCARD without MULTI");
        return;
    }
    multi_reset(c->session, c->worker->service->db);
    resp_status(c->out, "OK");
}

void multi_exec_refused(struct call *call, const char *text)
{
    text = strncmp(text, "ERR ", 4) == 0 ? text + 4 : text;
    multi_reset(call->session, call->worker->service->db);
    resp_errorf(call->out, "EXECABORT Transaction discarded because of: %s",
                text);
}

static void run_queue(struct call *c, const struct multi *m)
{
    struct call inner = *c;
    struct queued *q;
    size_t at = 0;

    inner.in_exec = true;
    resp_array(c->out, count(c->session));
    while ((q = queue_next(&m->queue, &at)) != NULL) {
        inner.command = q->command;
        inner.argv = q->argv;
        inner.argc = q->argc;
        cmd_execute_queued(&inner);
    }
    c->told = inner.told;
}

/* Relaxed: the locks of the keys order it (db/watch.c). */
static bool is_dirty(struct call *c)
{
    return atomic_load_explicit(&c->session->dirty, memory_order_relaxed) ||
           db_watch_expired(c->tx, c->session->multi->watches);
}

/* The locks are held (see multi_lock). A command of the queue may close the
 * client or reset what it is, but not end the queue. */
void cmd_exec(struct call *c)
{
    struct session *s = c->session;
    struct multi *m = s->multi;

    if (!multi_on(s)) {
        resp_error(c->out, "ERR EXEC without MULTI");
        return;
    }
    if (m->refused) {
        multi_reset(s, c->worker->service->db);
        resp_error(c->out, "EXECABORT Transaction discarded because of "
                           "previous errors.");
        return;
    }
    if (is_dirty(c)) {
        resp_null_array(c->out);
        db_watch_end(c->tx, &m->watches);
    } else {
        db_watch_end(c->tx, &m->watches);
        tx_forget_keys(c->tx);
        run_queue(c, m);
    }
    clean(s);
    tx_forget_keys(c->tx);
    drop_queue(s);
    tidy(s);
}

void cmd_watch(struct call *c)
{
    struct session *s = c->session;

    if (multi_on(s)) {
        resp_error(c->out, "ERR WATCH inside MULTI is not allowed");
        return;
    }
    for (size_t i = 1; i < c->argc; i++) {
        if (!have(s) || db_watch_add(c->tx, &s->multi->watches, c->argv[i],
                                     &s->dirty) != 0) {
            tidy(s);
            cmd_oom(c);
            return;
        }
    }
    resp_status(c->out, "OK");
}

/* In EXEC there is nothing left to unwatch. */
void cmd_unwatch(struct call *c)
{
    struct session *s = c->session;

    if (s->multi) {
        db_watch_end(c->tx, &s->multi->watches);
        clean(s);
        tidy(s);
    }
    resp_status(c->out, "OK");
}
