/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commands about the connection itself, except CLIENT.
 */
#include "command/commands.h"

#include "command/acl.h"
#include "command/client.h"
#include "command/multi.h"
#include "command/options.h"
#include "command/pubsub.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <limits.h>

/* Any password is right for a user that has none. */
static bool default_has_password(struct call *c)
{
    struct acl_user *u = acl_find(&c->worker->service->acl, bt_str("default"));
    bool has = u && !u->nopass;

    acl_user_release(u);
    return has;
}

void cmd_auth(struct call *c)
{
    bool ok;

    if (c->argc > 3) {
        cmd_syntax(c);
        return;
    }
    if (c->argc == 3) {
        ok = acl_authenticate(c, c->argv[1], c->argv[2]);
    } else if (!default_has_password(c)) {
        resp_error(c->out, "ERR AUTH <password> called without any password "
                           "configured for the default user. Are you sure your "
                           "configuration is correct?");
        return;
    } else {
        ok = acl_authenticate(c, bt_str("default"), c->argv[1]);
    }
    if (ok) {
        resp_status(c->out, "OK");
    }
}

/* ---- HELLO ---- */

struct hello {
    int proto; /* 0: not asked for */
    const struct bt_slice *user, *password, *name;
};

static bool hello_options(struct call *c, struct hello *h)
{
    for (size_t i = 2; i < c->argc; i++) {
        size_t more = c->argc - 1 - i;

        if (bt_slice_is(c->argv[i], "auth") && more >= 2) {
            h->user = &c->argv[i + 1];
            h->password = &c->argv[i + 2];
            i += 2;
        } else if (bt_slice_is(c->argv[i], "setname") && more >= 1) {
            h->name = &c->argv[i + 1];
            i++;
        } else {
            resp_errorf(c->out, "ERR Syntax error in HELLO option '%.*s'",
                        (int)(c->argv[i].n < 512 ? c->argv[i].n : 512),
                        c->argv[i].p);
            return false;
        }
    }
    return true;
}

static bool hello_proto(struct call *c, struct hello *h)
{
    int64_t proto;

    if (c->argc < 2) {
        return true;
    }
    if (!cmd_parse_int(c->argv[1], &proto)) {
        resp_error(c->out,
                   "ERR Protocol version is not an integer or out of range");
        return false;
    }
    if (proto < 2 || proto > 3) {
        resp_error(c->out, "NOPROTO unsupported protocol version");
        return false;
    }
    h->proto = (int)proto;
    return true;
}

static void hello_reply(struct call *c)
{
    struct resp_reply *out = c->out;

    resp_map(out, 7);
    resp_bulk_str(out, "server");
    resp_bulk_str(out, "redis");
    resp_bulk_str(out, "version");
    resp_bulk_str(out, CMD_REDIS_VERSION);
    resp_bulk_str(out, "proto");
    resp_int(out, session_proto(c->session));
    resp_bulk_str(out, "id");
    resp_int(out, (int64_t)baton_id(c->client));
    resp_bulk_str(out, "mode");
    resp_bulk_str(out, "standalone");
    resp_bulk_str(out, "role");
    resp_bulk_str(out, "master");
    resp_bulk_str(out, "modules");
    resp_array(out, 0);
}

void cmd_hello(struct call *c)
{
    struct hello h = {0};

    if (!hello_proto(c, &h) || !hello_options(c, &h)) {
        return;
    }
    if (h.user && !acl_authenticate(c, *h.user, *h.password)) {
        return;
    }
    if (service_wants_auth(c->worker->service, c->session)) {
        resp_error(c->out,
                   "NOAUTH HELLO must be called with the client already "
                   "authenticated, otherwise the HELLO <proto> AUTH <user> "
                   "<pass> option can be used to authenticate the client and "
                   "select the RESP protocol version at the same time");
        return;
    }
    if (h.name && !client_set_name(c, *h.name)) {
        return;
    }
    if (h.proto != 0) {
        session_set_proto(c->session, h.proto);
        c->out->proto = h.proto;
    }
    hello_reply(c);
}

/* ---- The rest ---- */

void cmd_ping(struct call *c)
{
    if (c->argc > 2) {
        cmd_arity_error(c);
    } else if (pubsub_on(c->session) && session_proto(c->session) == 2) {
        resp_array(c->out, 2);
        resp_bulk_str(c->out, "pong");
        resp_bulk(c->out, c->argc > 1 ? c->argv[1].p : "",
                  c->argc > 1 ? c->argv[1].n : 0);
    } else if (c->argc == 2) {
        resp_bulk(c->out, c->argv[1].p, c->argv[1].n);
    } else {
        resp_status(c->out, "PONG");
    }
}

void cmd_echo(struct call *c)
{
    resp_bulk(c->out, c->argv[1].p, c->argv[1].n);
}

void cmd_quit(struct call *c)
{
    resp_status(c->out, "OK");
    service_close(c, BATON_QUIT);
}

void cmd_select(struct call *c)
{
    int64_t db;

    if (!cmd_int(c, c->argv[1], &db)) {
        return;
    }
    if (db < INT_MIN || db > INT_MAX) {
        resp_errorf(c->out,
                    "ERR value is out of range, value must between %d and %d",
                    INT_MIN, INT_MAX);
    } else if (db < 0 || db >= db_databases(c->worker->service->db)) {
        resp_error(c->out, "ERR DB index is out of range");
    } else {
        session_set_db(c->session, (unsigned)db);
        resp_status(c->out, "OK");
    }
}

/* The client is as after connect(), with two exceptions that Redis makes: its
 * id, and the names that its library gave itself. */
void cmd_reset(struct call *c)
{
    struct service *service = c->worker->service;
    struct session *s = c->session;

    multi_reset(s, service->db);
    if (pubsub_on(s)) {
        resp_reply_flush(c->out);
        pubsub_reset(c->client);
        baton_keep(c->client, false);
        pubsub_set_limits(c->client);
        resp_reply_turn(c->out);
    }
    session_set_label(c->client, LABEL_NAME, bt_str(""));
    session_set_db(s, 0);
    session_set_proto(s, 2);
    session_set_flag(s,
                     SESSION_REPLY_OFF | SESSION_REPLY_SKIP_NEXT |
                         SESSION_NO_EVICT | SESSION_NO_TOUCH,
                     false);
    acl_forget(c);
    session_set_flag(s, SESSION_AUTHENTICATED,
                     !atomic_load(&service->acl.auth_required));
    c->out->proto = 2;
    c->out->mute = session_flags(s) & SESSION_REPLY_SKIP;
    resp_status(c->out, "RESET");
}
