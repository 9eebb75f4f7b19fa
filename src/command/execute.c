/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A request on its way: gates (gate.c), locks (locks.c), the command itself,
 * what is counted of it.
 */
#include "command/execute.h"

#include "base/clock.h"
#include "command/batch.h"
#include "command/commands.h"
#include "command/gate.h"
#include "command/locks.h"
#include "command/multi.h"
#include "command/pubsub.h"
#include "command/service.h"
#include "command/session.h"
#include "command/table.h"
#include "command/worker.h"

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
    if (call->command->flags & CMD_LOCKFREE || locks_take(call)) {
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
    if (gate_may_run(call)) { /* it might when it was queued */
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
    if (gate_pass(call)) {
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
