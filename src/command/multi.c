/* SPDX-License-Identifier: BSD-2-Clause
 *
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH.
 *
 * The queue is one block of records, each a command, its argument vector and
 * its arguments' bytes. The vectors get their pointers when EXEC comes, since
 * the block moves while it grows.
 */
#include "command/multi.h"

#include "command/commands.h"
#include "command/execute.h"
#include "command/keys.h"
#include "command/locks.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/watch.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>

struct multi {
    struct bt_buf queue;
    unsigned flags; /* of all that is queued */
    bool refused;   /* something was: EXEC will be, too */
    bool all;       /* some command may touch any key */
    struct db_watch *watches;
};

struct queued {
    const struct command *command;
    size_t size; /* of the record, a multiple of the alignment */
    size_t argc;
    struct bt_slice argv[]; /* then the bytes */
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
        bt_buf_fini(&s->multi->queue);
        free(s->multi);
        s->multi = NULL;
    }
}

static void drop_queue(struct session *s)
{
    struct multi *m = s->multi;

    set_queued(s, 0);
    if (m) {
        bt_buf_fini(&m->queue);
        m->flags = 0;
        m->refused = m->all = false;
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

/* ---- The queue ---- */

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
    return s->multi ? s->multi->flags : 0;
}

static size_t record_size(const struct call *call)
{
    size_t n = sizeof(struct queued) + call->argc * sizeof(struct bt_slice);

    for (size_t i = 0; i < call->argc; i++) {
        n += call->argv[i].n;
    }
    return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static int append(struct multi *m, const struct call *call)
{
    size_t size = record_size(call);
    struct queued *q;
    char *p;

    if (bt_buf_reserve(&m->queue, size) != 0) {
        return -ENOMEM;
    }
    q = (void *)(m->queue.p + m->queue.n);
    q->command = call->command;
    q->size = size;
    q->argc = call->argc;
    p = (char *)&q->argv[call->argc];
    for (size_t i = 0; i < call->argc; i++) {
        q->argv[i] = bt_slice(NULL, call->argv[i].n);
        if (call->argv[i].n > 0) {
            memcpy(p, call->argv[i].p, call->argv[i].n);
        }
        p += call->argv[i].n;
    }
    m->queue.n += size;
    return 0;
}

void multi_queue(struct call *call)
{
    struct session *s = call->session;
    struct multi *m = s->multi;
    const struct command *c = call->command;

    if (m->queue.n + record_size(call) >
        call->worker->service->settings->query_limit) {
        service_close(call, BATON_LIMIT); /* as an unfinished request */
        return;
    }
    if (append(m, call) != 0) {
        m->refused = true;
        cmd_oom(call);
        return;
    }
    m->flags |= c->flags;
    m->all |= (c->flags & (CMD_LOCK_ALL | CMD_WALKS)) != 0;
    set_queued(s, count(s) + 1 + 1);
    resp_status(call->out, "QUEUED");
}

/* The record at *at, which moves on; NULL: no more. */
static struct queued *next_queued(const struct multi *m, size_t *at)
{
    struct queued *q = NULL;

    if (*at < m->queue.n) {
        q = (void *)(m->queue.p + *at);
        *at += q->size;
    }
    return q;
}

/* The block does not move any more. */
static void set_pointers(const struct multi *m)
{
    struct queued *q;
    size_t at = 0;

    while ((q = next_queued(m, &at)) != NULL) {
        const char *p = (const char *)&q->argv[q->argc];

        for (size_t i = 0; i < q->argc; i++) {
            q->argv[i].p = p;
            p += q->argv[i].n;
        }
    }
}

/* ---- EXEC's locks ---- */

/* The keys of all commands and watches, in the worker's array. */
struct keys {
    struct worker *worker;
    size_t n;
    bool all;
};

static int add_key(struct keys *k, struct bt_slice key)
{
    struct bt_slice *v = locks_room_for_keys(k->worker, k->n + 1);

    if (!v) {
        return -ENOMEM;
    }
    v[k->n++] = key;
    return 0;
}

static int add_keys_of(struct keys *k, const struct queued *q,
                       struct cmd_key_list *list)
{
    int r = 0;

    list->n = 0;
    if (!(q->command->flags & CMD_PUBSUB)) { /* whose "keys" are channels */
        r = cmd_keys_of(q->command, q->argv, q->argc, list);
    }

    if (r == CMD_KEYS_ALL) {
        k->all = true;
    }
    for (size_t i = 0; r != -ENOMEM && i < list->n; i++) {
        if (add_key(k, q->argv[list->at[i]]) != 0) {
            return -ENOMEM;
        }
    }
    return r == -ENOMEM ? r : 0;
}

static int collect(struct keys *k, const struct multi *m)
{
    const struct db_watch *w = NULL;
    struct cmd_key_list list;
    struct bt_slice key;
    struct queued *q;
    size_t at = 0;
    int r = 0;

    cmd_keys_init(&list);
    while (r == 0 && !k->all && (q = next_queued(m, &at)) != NULL) {
        r = add_keys_of(k, q, &list);
    }
    cmd_keys_fini(&list);
    while (r == 0 && !k->all && db_watch_next(m->watches, &w, &key)) {
        r = add_key(k, key);
    }
    return r;
}

bool multi_lock(struct call *call)
{
    struct session *s = call->session;
    struct multi *m = s->multi;
    struct keys k = {.worker = call->worker};
    enum tx_mode mode;
    int r;

    if (!multi_on(s) || m->refused) {
        return true; /* EXEC will say why not */
    }
    set_pointers(m);
    mode = m->flags & CMD_WRITE ? TX_WRITE : TX_READ;
    k.all = m->all;
    r = collect(&k, m);
    if (r == 0 && k.all) {
        tx_lock_all(call->tx, mode);
    } else if (r == 0 && k.n > 0) {
        r = tx_lock(call->tx, call->worker->keys, k.n, mode);
    }
    if (r != 0) {
        multi_reset(s, call->worker->service->db);
        return cmd_oom(call);
    }
    tx_as_one(call->tx);
    call->worker->wrote |= mode == TX_WRITE;
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
    while ((q = next_queued(m, &at)) != NULL) {
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
