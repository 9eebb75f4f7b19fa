/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CLIENT, except LIST, INFO and KILL.
 */
#include "command/client.h"

#include "command/block.h"
#include "command/commands.h"
#include "command/pubsub.h"
#include "command/service.h"
#include "command/session.h"

/* Names go into the lines of CLIENT LIST, so they hold nothing that would break
 * one up. */
static bool printable(struct bt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '!' || s.p[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool set_label(struct call *c, enum label which, struct bt_slice text)
{
    if (session_set_label(c->client, which, text) != 0) {
        return cmd_oom(c);
    }
    return true;
}

bool client_set_name(struct call *c, struct bt_slice name)
{
    if (!printable(name)) {
        resp_error(c->out, "ERR Client names cannot contain spaces, newlines "
                           "or special characters.");
        return false;
    }
    return set_label(c, LABEL_NAME, name);
}

void cmd_client_setname(struct call *c)
{
    if (client_set_name(c, c->argv[2])) {
        resp_status(c->out, "OK");
    }
}

void cmd_client_getname(struct call *c)
{
    const char *name = session_label(c->session, LABEL_NAME);

    if (name) {
        resp_bulk_str(c->out, name);
    } else {
        resp_null(c->out);
    }
}

void cmd_client_setinfo(struct call *c)
{
    struct bt_slice option = c->argv[2];
    int shown = (int)(option.n < 512 ? option.n : 512);
    enum label which;

    if (bt_slice_is(option, "lib-name")) {
        which = LABEL_LIB_NAME;
    } else if (bt_slice_is(option, "lib-ver")) {
        which = LABEL_LIB_VER;
    } else {
        resp_errorf(c->out, "ERR Unrecognized option '%.*s'", shown, option.p);
        return;
    }
    if (!printable(c->argv[3])) {
        resp_errorf(c->out,
                    "ERR %.*s cannot contain spaces, newlines or special "
                    "characters.",
                    shown, option.p);
    } else if (set_label(c, which, c->argv[3])) {
        resp_status(c->out, "OK");
    }
}

void cmd_client_id(struct call *c)
{
    resp_int(c->out, (int64_t)baton_id(c->client));
}

void cmd_client_reply(struct call *c)
{
    struct bt_slice mode = c->argv[2];
    struct session *s = c->session;

    if (bt_slice_is(mode, "on")) {
        session_set_flag(s, SESSION_REPLY_OFF | SESSION_REPLY_SKIP, false);
        c->out->mute = false;
        resp_status(c->out, "OK");
    } else if (bt_slice_is(mode, "off")) {
        session_set_flag(s, SESSION_REPLY_OFF, true);
        c->out->mute = true;
    } else if (bt_slice_is(mode, "skip")) {
        if (!(session_flags(s) & SESSION_REPLY_OFF)) {
            session_set_flag(s, SESSION_REPLY_SKIP_NEXT, true);
        }
    } else {
        cmd_syntax(c);
    }
}

static void on_off(struct call *c, enum session_flag flag)
{
    bool on = bt_slice_is(c->argv[2], "on");

    if (!on && !bt_slice_is(c->argv[2], "off")) {
        cmd_syntax(c);
        return;
    }
    session_set_flag(c->session, flag, on);
    resp_status(c->out, "OK");
}

void cmd_client_no_evict(struct call *c)
{
    on_off(c, SESSION_NO_EVICT);
}

void cmd_client_no_touch(struct call *c)
{
    on_off(c, SESSION_NO_TOUCH);
}

bool client_type(struct call *c, struct bt_slice type, enum client_kind *kind)
{
    if (bt_slice_is(type, "normal")) {
        *kind = CLIENT_NORMAL;
    } else if (bt_slice_is(type, "pubsub")) {
        *kind = CLIENT_PUBSUB;
    } else if (bt_slice_is(type, "slave") || bt_slice_is(type, "replica") ||
               bt_slice_is(type, "master")) {
        *kind = CLIENT_OTHER;
    } else {
        resp_errorf(c->out, "ERR Unknown client type '%.*s'",
                    (int)(type.n < 512 ? type.n : 512), type.p);
        return false;
    }
    return true;
}

bool client_is(enum client_kind kind, const struct session *s)
{
    return kind == CLIENT_ANY ||
           kind == (pubsub_on(s) ? CLIENT_PUBSUB : CLIENT_NORMAL);
}

void cmd_client_help(struct call *c)
{
    static const char *const lines[] = {
        "GETNAME",
        "    Tell the name of this connection.",
        "ID",
        "    Tell the id of this connection.",
        "INFO",
        "    Describe this connection in one line.",
        "KILL <ip:port>",
        "    Close the connection from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Close all connections that fit every one of these:",
        "    * ID <id>",
        "    * ADDR (<ip:port>|<unixsocket>:0)      where it comes from",
        "    * LADDR (<ip:port>|<unixsocket>:0)     where it arrived",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "    * USER <name>                          who it logged in as",
        "    * MAXAGE <seconds>                     at least as old",
        "    * SKIPME (YES|NO)                      spare this one [yes]",
        "LIST [ID <id> [<id> ...]] [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)]",
        "    Describe connections, one line each.",
        "LIST CURSOR <cursor> [COUNT <count>]",
        "    The same in parts, from cursor 0 on: the first line of each is",
        "    cursor=<next>, which is 0 in the last part.",
        "NO-EVICT (ON|OFF)",
        "    Spare this connection when memory runs short.",
        "NO-TOUCH (ON|OFF)",
        "    Let reads of this connection leave access times alone.",
        "PAUSE <milliseconds> [WRITE|ALL]",
        "    Let commands wait for so long, all or those that write.",
        "REPLY (ON|OFF|SKIP)",
        "    Send replies, send none, or leave out the next one.",
        "SETINFO (LIB-NAME|LIB-VER) <text>",
        "    Store what the client's library says of itself.",
        "SETNAME <name>",
        "    Name this connection.",
        "UNBLOCK <id> [TIMEOUT|ERROR]",
        "    End the wait of a connection in a blocking command.",
        "UNPAUSE",
        "    End a pause now.",
        NULL,
    };

    cmd_help(c, lines);
}

/* ---- CLIENT UNBLOCK ---- */

void cmd_client_unblock(struct call *c)
{
    int64_t id;
    bool error = false;

    if (c->argc > 4) {
        cmd_sub_error(c);
        return;
    }
    if (c->argc == 4) {
        error = bt_slice_is(c->argv[3], "error");
        if (!error && !bt_slice_is(c->argv[3], "timeout")) {
            resp_error(c->out, "ERR CLIENT UNBLOCK reason should be TIMEOUT "
                               "or ERROR");
            return;
        }
    }
    if (cmd_int(c, c->argv[2], &id)) {
        resp_int(c->out, id > 0 && block_unblock(c, (uint64_t)id, error));
    }
}
