/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commands about the server as a whole, except INFO, CONFIG and COMMAND.
 */
#include "command/commands.h"

#include "base/clock.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

void cmd_dbsize(struct call *c)
{
    resp_int(c->out,
             (int64_t)db_size(c->worker->service->db, session_db(c->session)));
}

/* [ASYNC|SYNC]. The keys are gone with the reply in any case; only when SYNC is
 * asked for is their memory given back by this worker, which holds its other
 * clients up. */
static void flush(struct call *c, int db)
{
    bool sync = c->argc == 2 && bt_slice_is(c->argv[1], "sync");

    if (c->argc > 2 ||
        (c->argc == 2 && !sync && !bt_slice_is(c->argv[1], "async"))) {
        cmd_syntax(c);
        return;
    }
    db_flush(c->tx, db, !sync);
    resp_status(c->out, "OK");
}

void cmd_flushdb(struct call *c)
{
    flush(c, (int)session_db(c->session));
}

void cmd_flushall(struct call *c)
{
    flush(c, -1);
}

void cmd_time(struct call *c)
{
    int64_t us = bt_real_us();

    resp_array(c->out, 2);
    resp_bulk_int(c->out, us / 1000000);
    resp_bulk_int(c->out, us % 1000000);
}

void cmd_role(struct call *c)
{
    resp_array(c->out, 3);
    resp_bulk_str(c->out, "master");
    resp_int(c->out, 0);
    resp_array(c->out, 0);
}

/* ---- SHUTDOWN ---- */

struct shutdown {
    bool save, nosave, now, force, abort;
};

static bool shutdown_options(struct call *c, struct shutdown *o)
{
    for (size_t i = 1; i < c->argc; i++) {
        struct bt_slice word = c->argv[i];

        if (bt_slice_is(word, "nosave")) {
            o->nosave = true;
        } else if (bt_slice_is(word, "save")) {
            o->save = true;
        } else if (bt_slice_is(word, "now")) {
            o->now = true;
        } else if (bt_slice_is(word, "force")) {
            o->force = true;
        } else if (bt_slice_is(word, "abort")) {
            o->abort = true;
        } else {
            return cmd_syntax(c);
        }
    }
    if ((o->abort && c->argc > 2) || (o->save && o->nosave)) {
        return cmd_syntax(c);
    }
    return true;
}

/* No reply when it works: the client sees the connection end, like all others,
 * once the requests that arrived before are answered. */
void cmd_shutdown(struct call *c)
{
    struct service *service = c->worker->service;
    const struct bt_log *log = &service->settings->log;
    struct shutdown o = {0};

    if (!shutdown_options(c, &o)) {
        return;
    }
    if (o.abort) {
        resp_error(c->out, "ERR No shutdown in progress.");
        return;
    }
    if (o.save && !o.force) {
        bt_logf(log, BT_LOG_WARNING,
                "SHUTDOWN SAVE: data lives in memory only and cannot be "
                "saved. Use SHUTDOWN NOSAVE or SHUTDOWN FORCE.");
        resp_error(c->out, "ERR Errors trying to SHUTDOWN. Check logs.");
        return;
    }
    bt_logf(log, BT_LOG_WARNING, "User requested shutdown...");
    baton_stop(service->server);
    service_close(c, BATON_SHUTDOWN);
}
