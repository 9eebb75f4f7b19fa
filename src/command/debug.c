/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DEBUG: levers for tests. Whether it may be used says enable-debug-command.
 */
#include "command/commands.h"

#include "command/keys.h"
#include "command/service.h"
#include "command/worker.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LRU_CLOCK_MAX 0xffffff /* Redis' has 24 bits of seconds */

static bool allowed(struct call *c)
{
    switch (c->worker->service->settings->enable_debug_command) {
    case OPTIONS_DEBUG_YES:
        return true;
    case OPTIONS_DEBUG_LOCAL:
        return baton_is_local(c->client);
    case OPTIONS_DEBUG_NO:
        break;
    }
    return false;
}

/* Holds up this worker, and nobody else. */
static void debug_sleep(struct call *c, struct bt_slice seconds)
{
    char text[64];
    struct timespec rest;
    double s;

    snprintf(text, sizeof text, "%.*s",
             (int)(seconds.n < sizeof text ? seconds.n : sizeof text - 1),
             seconds.p);
    s = strtod(text, NULL);
    if (!(s > 0)) {
        s = 0;
    }
    s = fmin(s, 86400.0 * 365);
    rest.tv_sec = (time_t)s;
    rest.tv_nsec = (long)((s - floor(s)) * 1e9);
    cmd_slow_begin(c);
    while (nanosleep(&rest, &rest) == -1 && errno == EINTR) {
        continue;
    }
    cmd_slow_end(c);
    resp_status(c->out, "OK");
}

static const char *encoding(struct bt_slice value, bool raw, int64_t *number)
{
    if (!raw && cmd_parse_int(value, number)) {
        return "int";
    }
    return raw || value.n > 44 ? "raw" : "embstr";
}

int debug_keys(const struct bt_slice *argv, size_t argc,
               struct cmd_key_list *list)
{
    return argc == 3 && bt_slice_is(argv[1], "object") ? cmd_keys_add(list, 2)
                                                       : 0;
}

static void debug_object(struct call *c, struct bt_slice key)
{
    const struct db_entry *e = tx_find_quiet(c->tx, key);
    const char *form;
    size_t n;
    uint64_t idle;
    int64_t number;
    char text[256];

    if (!e) {
        resp_error(c->out, "ERR no such key");
        return;
    }
    if (db_entry_type(e) == DB_STRING) {
        n = db_entry_string(e).n;
        form = encoding(db_entry_string(e), db_entry_raw(e), &number);
    } else {
        n = db_entry_bytes(e);
        form = db_entry_encoding(e);
    }
    idle = db_entry_idle_ms(e) / 1000;
    snprintf(
        text, sizeof text,
        "Value at:%p refcount:1 encoding:%s serializedlength:%zu "
        "lru:%lld lru_seconds_idle:%llu",
        (const void *)e, form, n,
        (long long)((tx_now(c->tx) / 1000 - (int64_t)idle) & LRU_CLOCK_MAX),
        (unsigned long long)idle);
    resp_status(c->out, text);
}

static void debug_active_expire(struct call *c, struct bt_slice on)
{
    int64_t v;

    db_set_active_expire(c->worker->service->db,
                         cmd_parse_int(on, &v) && v != 0);
    resp_status(c->out, "OK");
}

static void debug_help(struct call *c)
{
    static const char *const lines[] = {
        "OBJECT <key>",
        "    Show how the value of <key> is kept.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Whether expired keys are removed in the background [1].",
        "SLEEP <seconds>",
        "    Hold up the worker of this connection. Decimals allowed.",
        NULL,
    };

    cmd_help(c, lines);
}

void cmd_debug(struct call *c)
{
    struct bt_slice sub = c->argv[1];

    if (!allowed(c)) {
        resp_error(c->out, "ERR DEBUG command not allowed. If the "
                           "enable-debug-command option is set to \"local\", "
                           "you can run it from a local connection, otherwise "
                           "you need to set this option in the configuration "
                           "file, and then restart the server.");
    } else if (c->argc == 2 && bt_slice_is(sub, "help")) {
        debug_help(c);
    } else if (c->argc == 3 && bt_slice_is(sub, "sleep")) {
        debug_sleep(c, c->argv[2]);
    } else if (c->argc == 3 && bt_slice_is(sub, "object")) {
        debug_object(c, c->argv[2]);
    } else if (c->argc == 3 && bt_slice_is(sub, "set-active-expire")) {
        debug_active_expire(c, c->argv[2]);
    } else {
        cmd_sub_error(c);
    }
}
