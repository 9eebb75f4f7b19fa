/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The gates stand in the order in which Redis asks: an error names the first
 * that is closed.
 */
#include "command/gate.h"

#include "command/batch.h"
#include "command/commands.h"
#include "command/multi.h"
#include "command/pubsub.h"
#include "command/room.h"
#include "command/service.h"
#include "command/session.h"
#include "command/table.h"
#include "command/worker.h"

#include <stdio.h>
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
    char name[CMD_NAME_TEXT];

    cmd_container_name(parent, name);
    resp_errorf(call->out, "ERR unknown subcommand '%.*s'. Try %s HELP.",
                name_length(call->argv[1]), call->argv[1].p, name);
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

static bool wrong_arity(struct call *call)
{
    char text[96];

    snprintf(text, sizeof text,
             "ERR wrong number of arguments for '%s' command",
             call->command->name);
    return reject(call, text);
}

/* ---- The gates ---- */

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
static inline bool may_run_all(const struct call *call)
{
    const struct session *s = call->session;
    struct acl *a = &call->worker->service->acl;

    /* Relaxed: a change counts from the next request on that sees it. */
    return bt_likely(s->acl_free &&
                     s->acl_taken == atomic_load_explicit(
                                         &a->generation, memory_order_relaxed));
}

static bool ask_acl(struct call *call)
{
    char error[512];

    if (acl_gate(call, error, sizeof error)) {
        return true;
    }
    return *error ? reject(call, error) : false;
}

bool gate_may_run(struct call *call)
{
    return may_run_all(call) || ask_acl(call);
}

static bool arity_fits(const struct command *c, size_t argc)
{
    return c->arity >= 0 ? argc == (size_t)c->arity : argc >= (size_t)-c->arity;
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
        return wrong_arity(call);
    }
    if (bt_unlikely(!may_run_all(call)) && !ask_acl(call)) {
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

static bool subscribers_may(struct call *call)
{
    char text[192];

    if (pubsub_allows(call)) {
        return true;
    }
    snprintf(text, sizeof text,
             "ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / "
             "PING / QUIT / RESET are allowed in this context",
             call->command->name);
    return reject(call, text);
}

static bool may_speak(struct call *call)
{
    return bt_likely(!pubsub_on(call->session)) || subscribers_may(call);
}

bool gate_pass(struct call *call)
{
    if (bt_likely(resolve(call) && has_room(call) && may_speak(call))) {
        return true;
    }
    multi_refused(call);
    return false;
}
