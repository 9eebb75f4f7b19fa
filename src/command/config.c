/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CONFIG. The options themselves are the program's: command/options.h.
 */
#include "command/commands.h"

#include "command/helper.h"
#include "command/room.h"
#include "command/service.h"
#include "command/stats.h"
#include "command/worker.h"

#include <string.h>

/* ---- GET ---- */

static bool is_pattern(struct bt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (strchr("[*?", s.p[i]) && s.p[i]) {
            return true;
        }
    }
    return false;
}

/* The argument that asks for this option, or NULL. */
static const struct bt_slice *asked_for(const struct call *c, const char *name)
{
    for (size_t i = 2; i < c->argc; i++) {
        const struct bt_slice *arg = &c->argv[i];

        if (is_pattern(*arg) ? cmd_glob(*arg, bt_str(name), true)
                             : bt_slice_is(*arg, name)) {
            return arg;
        }
    }
    return NULL;
}

/* Redis gives a name that was spelled out back as it was spelled. */
static void reply_option(struct call *c, const struct bt_slice *arg,
                         const char *name, const struct bt_buf *value)
{
    if (is_pattern(*arg)) {
        resp_bulk_str(c->out, name);
    } else {
        resp_bulk(c->out, arg->p, arg->n);
    }
    resp_bulk(c->out, value->p ? value->p : "", value->n);
}

void cmd_config_get(struct call *c)
{
    const struct options_ops *ops = c->worker->service->ops;
    struct bt_buf value = {0};
    const char *name;
    size_t n = 0;

    for (size_t i = 0; (name = ops->name(ops->ctx, i)) != NULL; i++) {
        n += asked_for(c, name) != NULL;
    }
    resp_map(c->out, n);
    for (size_t i = 0; (name = ops->name(ops->ctx, i)) != NULL; i++) {
        const struct bt_slice *arg = asked_for(c, name);

        if (arg) {
            value.n = 0;
            ops->get(ops->ctx, i, &value); /* short of memory: cut off */
            reply_option(c, arg, name, &value);
        }
    }
    bt_buf_fini(&value);
}

/* ---- The rest ---- */

void cmd_config_set(struct call *c)
{
    const struct options_ops *ops = c->worker->service->ops;
    char err[512] = "";

    if (c->argc % 2 != 0) {
        cmd_syntax(c);
        return;
    }
    if (ops->set(ops->ctx, c->argv + 2, (c->argc - 2) / 2, err, sizeof err) !=
        0) {
        resp_errorf(c->out, "ERR %s", err);
    } else {
        room_options(c->worker->service);
        helper_poke(c->worker->service->helper);
        timing_options(c->worker);
        resp_status(c->out, "OK");
    }
}

void cmd_config_resetstat(struct call *c)
{
    if (stats_reset(c->worker->service) != 0) {
        cmd_oom(c);
    } else {
        timing_options(c->worker);
        resp_status(c->out, "OK");
    }
}

void cmd_config_rewrite(struct call *c)
{
    const struct service *s = c->worker->service;
    int rc;

    if (*s->settings->config_file == 0) {
        resp_error(c->out, "ERR The server is running without a config file");
        return;
    }
    cmd_slow_begin(c);
    rc = s->ops->rewrite(s->ops->ctx);
    cmd_slow_end(c);
    if (rc != 0) {
        bt_logf(&s->settings->log, BT_LOG_WARNING, "CONFIG REWRITE failed: %s",
                strerror(-rc));
        resp_errorf(c->out, "ERR Rewriting config file: %s", strerror(-rc));
        return;
    }
    bt_logf(&s->settings->log, BT_LOG_NOTICE,
            "CONFIG REWRITE executed with success.");
    resp_status(c->out, "OK");
}

void cmd_config_help(struct call *c)
{
    static const char *const lines[] = {
        "GET <pattern> [<pattern> ...]",
        "    Tell the options whose names match, and their values.",
        "RESETSTAT",
        "    Set the statistics that INFO tells back to zero.",
        "REWRITE",
        "    Write the options in force into the config file.",
        "SET <option> <value> [<option> <value> ...]",
        "    Change options of the running server, all or none.",
        NULL,
    };

    cmd_help(c, lines);
}
