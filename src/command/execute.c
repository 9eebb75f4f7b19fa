/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A command never locks: which shards are locked, and how, follows from its row
 * alone.
 *
 *     CMD_LOCK_ALL             all shards
 *     EXEC                     those of all queued and all watched keys
 *     no keys                  none
 *     CMD_LOCKFREE             none: one string key, read without the lock
 *     otherwise                the shards of the keys, in order, each once
 */
#include "command/execute.h"

#include "base/clock.h"
#include "command/batch.h"
#include "command/commands.h"
#include "command/keys.h"
#include "command/multi.h"
#include "command/pubsub.h"
#include "command/room.h"
#include "command/service.h"
#include "command/session.h"
#include "command/table.h"
#include "command/worker.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Refusals ---- */

/* Appends "'arg' " for each argument until 128 bytes are there, as Redis does;
 * like there, an argument ends at a zero byte. */
static void quote_args(const struct call *call, char *text, size_t size)
{
    size_t n = 0;

    text[0] = 0;
    for (size_t i = 1; i < call->argc && n < 128; i++) {
        int max = (int)(128 - n);
        int len = (int)strnlen(call->argv[i].p, call->argv[i].n);

        n += (size_t)snprintf(text + n, size - n, "'%.*s' ",
                              len < max ? len : max, call->argv[i].p);
    }
}

static int name_length(struct bt_slice s)
{
    return (int)strnlen(s.p, s.n < 128 ? s.n : 128);
}

static void unknown_command(struct call *call)
{
    struct bt_slice name = call->argv[0];
    char args[288];

    if (bt_slice_is(name, "post") || bt_slice_is(name, "host:")) {
        service_attacked(call);
        return;
    }
    quote_args(call, args, sizeof args);
    resp_errorf(call->out,
                "ERR unknown command '%.*s', with args beginning with: %s",
                name_length(name), name.p, args);
}

static void unknown_subcommand(struct call *call, const struct command *parent)
{
    char upper[32];
    size_t n = 0;

    for (; parent->name[n] && n < sizeof upper - 1; n++) {
        upper[n] = (char)toupper((unsigned char)parent->name[n]);
    }
    upper[n] = 0;
    resp_errorf(call->out, "ERR unknown subcommand '%.*s'. Try %s HELP.",
                name_length(call->argv[1]), call->argv[1].p, upper);
}

static bool arity_fits(const struct command *c, size_t argc)
{
    return c->arity >= 0 ? argc == (size_t)c->arity : argc >= (size_t)-c->arity;
}

static bool reject(struct call *call, const char *text)
{
    if (bt_unlikely(call->command->fn == cmd_exec)) {
        multi_exec_refused(call, text);
    } else {
        resp_error(call->out, text);
    }
    cmd_count_add(
        &call->worker->counters.rows[cmd_index(call->command)].rejected, 1);
    return false;
}

/* What is queued takes memory, too; EXEC needs what its commands need. */
static bool needs_room(const struct call *call)
{
    unsigned flags = call->command->flags;

    if (bt_unlikely(multi_on(call->session))) {
        flags |= multi_queues(call)              ? CMD_DENYOOM
                 : call->command->fn == cmd_exec ? multi_flags(call->session)
                                                 : 0;
    }
    return flags & CMD_DENYOOM;
}

/* Relaxed: any recent limit will do. */
static bool lacks_room(struct call *call)
{
    const struct settings *s = call->worker->service->settings;

    return needs_room(call) &&
           atomic_load_explicit(&((struct settings *)s)->maxmemory,
                                memory_order_relaxed) != 0 &&
           !room_make(call->worker);
}

/* One comparison for a user that may do everything. */
static bool may_run(struct call *call)
{
    struct acl *a = &call->worker->service->acl;
    char error[512];

    /* Relaxed: a change counts from the next request on that sees it. */
    if (bt_likely(
            call->session->acl_free &&
            call->session->acl_taken ==
                atomic_load_explicit(&a->generation, memory_order_relaxed))) {
        return true;
    }
    if (acl_gate(call, error, sizeof error)) {
        return true;
    }
    return *error ? reject(call, error) : false;
}

/* Sets call->command. False: refused, and the error is written. */
static bool resolve(struct call *call)
{
    const struct command *c = call->ahead->command;

    c = c ? c : cmd_find(call->argv[0]);
    if (bt_unlikely(!c)) {
        unknown_command(call);
        return false;
    }
    if (c->sub && call->argc > 1) {
        const struct command *parent = c;

        c = cmd_find_sub(parent, call->argv[1]);
        if (!c) {
            unknown_subcommand(call, parent);
            return false;
        }
    }
    call->command = c;
    if (bt_unlikely(!arity_fits(c, call->argc))) {
        char text[96];

        snprintf(text, sizeof text,
                 "ERR wrong number of arguments for '%s' command", c->name);
        return reject(call, text);
    }
    if (!may_run(call)) {
        return false;
    }
    if (bt_unlikely(multi_on(call->session)) && c->flags & CMD_NO_MULTI) {
        return reject(call, "ERR Command not allowed inside a transaction");
    }
    return true;
}

/* Is there memory for what the command may add? */
static bool has_room(struct call *call)
{
    return bt_likely(!lacks_room(call)) ||
           reject(call, "OOM command not allowed when used memory > "
                        "'maxmemory'.");
}

static bool may_speak(struct call *call)
{
    char text[192];

    if (bt_likely(!pubsub_on(call->session)) || pubsub_allows(call)) {
        return true;
    }
    snprintf(text, sizeof text,
             "ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / "
             "PING / QUIT / RESET are allowed in this context",
             call->command->name);
    return reject(call, text);
}

/* What stands between a request and its command. False: it will not be run, and
 * the error is written. */
static bool pass_gates(struct call *call)
{
    if (bt_likely(resolve(call) && has_room(call) && may_speak(call))) {
        return true;
    }
    multi_refused(call);
    return false;
}

/* ---- Locks ---- */

struct bt_slice *cmd_room_for_keys(struct worker *w, size_t n)
{
    if (n > w->keys_cap) {
        struct bt_slice *keys;

        n = n > 2 * w->keys_cap ? n : 2 * w->keys_cap;
        keys = realloc(w->keys, n * sizeof *keys);

        if (!keys) {
            return NULL;
        }
        w->keys = keys;
        w->keys_cap = n;
    }
    return w->keys;
}

/* Keys that do not lie side by side, into the worker's own array. */
static struct bt_slice *gather(struct call *call, size_t first, size_t step,
                               size_t n)
{
    struct bt_slice *keys = cmd_room_for_keys(call->worker, n);

    for (size_t i = 0; keys && i < n; i++) {
        keys[i] = call->argv[first + i * step];
    }
    return keys;
}

static enum tx_mode mode_of(const struct call *call)
{
    return call->command->flags & CMD_WRITE ? TX_WRITE : TX_READ;
}

/* Keys that are found by looking at the arguments. False: out of memory, told.
 * Arguments that the command will refuse name no keys: nothing is locked then. */
static bool lock_found_keys(struct call *call)
{
    struct cmd_key_list list;
    bool ok = true;
    int r;

    cmd_keys_init(&list);
    r = cmd_keys_of(call->command, call->argv, call->argc, &list);
    if (r == CMD_KEYS_ALL) {
        tx_lock_all(call->tx, mode_of(call));
    } else if (r == 0 && list.n > 0) {
        struct bt_slice *keys = cmd_room_for_keys(call->worker, list.n);

        for (size_t i = 0; keys && i < list.n; i++) {
            keys[i] = call->argv[list.at[i]];
        }
        ok = keys && tx_lock(call->tx, keys, list.n, mode_of(call)) == 0;
    }
    cmd_keys_fini(&list);
    return (ok && r != -ENOMEM) || cmd_oom(call);
}

/* False: out of memory, told. */
static bool lock_keys(struct call *call)
{
    const struct command *c = call->command;
    size_t first = (size_t)c->keys.first, step = (size_t)c->keys.step;
    size_t last = c->keys.last >= 0 ? (size_t)c->keys.last
                                    : call->argc - (size_t)-c->keys.last;
    size_t n = (last - first) / step + 1;
    struct bt_slice *keys = &call->argv[first];

    if (step > 1 && n > 1) {
        keys = gather(call, first, step, n);
    }
    if (!keys || tx_lock(call->tx, keys, n, mode_of(call)) != 0) {
        cmd_oom(call);
        return false;
    }
    return true;
}

static bool lock(struct call *call)
{
    unsigned flags = call->command->flags;

    call->worker->wrote |= (flags & CMD_WRITE) != 0;
    if (flags & CMD_LOCK_ALL) {
        tx_lock_all(call->tx, mode_of(call));
        return true;
    }
    if (bt_unlikely(call->command->fn == cmd_exec)) {
        return multi_lock(call);
    }
    if (!cmd_keys_plain(call->command)) {
        return lock_found_keys(call);
    }
    /* The "keys" of CMD_PUBSUB are channels. */
    if (call->command->keys.first == 0 || flags & (CMD_LOCKFREE | CMD_PUBSUB)) {
        return true;
    }
    return lock_keys(call);
}

/* ---- Running ---- */

/* EXEC is what its commands are. */
static unsigned flags_with_queue(const struct call *call)
{
    unsigned flags = call->command->flags;

    return bt_unlikely(call->command->fn == cmd_exec)
               ? flags | multi_flags(call->session)
               : flags;
}

static void run(struct call *call)
{
    struct worker *w = call->worker;

    call->tx = &w->tx;
    tx_begin(&w->tx, w->db, session_db(call->session));
    if (call->ahead->has_key) {
        tx_hint(&w->tx, call->argv[call->command->keys.first],
                call->ahead->hash);
    }
    w->tx.offer = call->offer;
    w->tx.no_touch = session_flags(call->session) & SESSION_NO_TOUCH;
    if (lock(call)) {
        /* Again: a pause may have begun while it waited for the locks. */
        if (pause_holds(&w->service->pause, flags_with_queue(call))) {
            call->held = true;
        } else {
            call->command->fn(call);
        }
    }
    tx_commit(&w->tx);
}

static void run_queued(struct call *call)
{
    struct tx *tx = call->tx;

    call->command->fn(call);
    db_discard(tx);
    tx->dbi = session_db(call->session);
    tx->no_touch = session_flags(call->session) & SESSION_NO_TOUCH;
}

static void run_counted(struct call *call, cmd_fn *how)
{
    struct cmd_count *count =
        &call->worker->counters.rows[cmd_index(call->command)];
    unsigned weight = timing_weight(call, count);
    uint64_t errors = call->out->errors;
    const char *room = call->out->start, *p = call->out->p;
    uint64_t start = weight ? bt_now_ns() : 0;

    how(call);
    if (bt_unlikely(call->held)) {
        call->worker->publisher.full = -1;
        return;
    }
    if (weight) {
        timing_took(call, count, start, bt_now_ns(), weight);
    } else {
        timing_passed(call, call->out->start == room
                                ? (size_t)(call->out->p - p)
                                : SIZE_MAX);
    }
    cmd_count_add(&count->calls, 1);
    if (bt_unlikely(call->out->errors != errors + call->told)) {
        cmd_count_add(&count->failed, 1);
    }
    cmd_count_add(&call->worker->counters.commands, 1);
}

/* An error reply stands at `p` of the room that it began in, or at the start of
 * the room that came next. */
static void count_errors(struct call *call, const char *start, const char *p,
                         uint64_t n)
{
    struct resp_reply *out = call->out;
    struct cmd_counters *counters = &call->worker->counters;

    cmd_count_add(&counters->errors, n);
    if (out->start != start) {
        p = out->start;
    }
    if (!out->mute && out->p - p > 1 && *p == '-') {
        cmd_count_error(counters, p + 1, (size_t)(out->p - p - 1));
    } else {
        cmd_count_error(counters, "ERR", 3);
    }
}

/* After a request whose reply, or the next one's, is to be left out. */
static void step_reply_mode(struct call *call)
{
    struct session *s = call->session;
    unsigned flags = session_flags(s);

    session_set_flag(s, SESSION_REPLY_SKIP, flags & SESSION_REPLY_SKIP_NEXT);
    session_set_flag(s, SESSION_REPLY_SKIP_NEXT, false);
    call->out->mute =
        session_flags(s) & (SESSION_REPLY_OFF | SESSION_REPLY_SKIP);
}

void cmd_execute_queued(struct call *call)
{
    struct resp_reply *out = call->out;
    const char *start = out->start, *p = out->p;
    uint64_t told = call->told, n = out->errors;

    call->told = 0;
    if (may_run(call)) { /* it might when it was queued */
        run_counted(call, run_queued);
    }
    n = out->errors - n;
    if (n > 0) {
        count_errors(call, start, p, n);
    }
    call->told = told + n;
}

static void queue(struct call *call)
{
    call->held =
        pause_holds(&call->worker->service->pause, call->command->flags);
    if (!call->held) {
        multi_queue(call);
    }
}

/* A client that waits for a key already is resumed by that alone. */
static void hold_publisher(struct call *call)
{
    if (call->parked) {
        call->worker->publisher.full = -1;
    } else {
        publisher_hold(&call->worker->publisher, call->client);
    }
}

void cmd_execute(struct call *call)
{
    struct resp_reply *out = call->out;
    const char *start = out->start, *p = out->p;
    uint64_t errors = out->errors;

    call->command = NULL;
    call->told = 0;
    call->held = false;
    if (pass_gates(call)) {
        /* Relaxed: published for CLIENT LIST, which wants any recent value. */
        atomic_store_explicit(&call->session->last, call->command,
                              memory_order_relaxed);
        if (bt_unlikely(multi_on(call->session)) && multi_queues(call)) {
            queue(call);
        } else {
            run_counted(call, run);
        }
    }
    if (bt_unlikely(call->held)) {
        return;
    }
    if (bt_unlikely(out->errors != errors + call->told)) {
        count_errors(call, start, p, out->errors - errors - call->told);
    }
    if (bt_unlikely(call->worker->publisher.full >= 0)) {
        hold_publisher(call);
    }
    if (bt_unlikely(session_flags(call->session) &
                    (SESSION_REPLY_SKIP | SESSION_REPLY_SKIP_NEXT))) {
        step_reply_mode(call);
    }
}
