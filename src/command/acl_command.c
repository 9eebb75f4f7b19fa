/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACL: who there is, and changes.
 */
#include "command/acl.h"

#include "command/commands.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct acl *acl_of(struct call *c)
{
    return &c->worker->service->acl;
}

/* ---- Who there is ---- */

void cmd_acl_whoami(struct call *c)
{
    resp_bulk_str(c->out, acl_user_name(c->session));
}

static void reply_users(struct call *c, bool described)
{
    size_t n;
    struct acl_user **v = acl_all(acl_of(c), &n);
    struct bt_buf text = {0};

    if (!v) {
        cmd_oom(c);
        return;
    }
    resp_array(c->out, n);
    for (size_t i = 0; i < n; i++) {
        text.n = 0;
        if (described && acl_user_describe(v[i], &text) == 0) {
            resp_bulk(c->out, text.p, text.n);
        } else {
            resp_bulk(c->out, v[i]->name.p, v[i]->name.n);
        }
        acl_user_release(v[i]);
    }
    bt_buf_fini(&text);
    free(v);
}

void cmd_acl_list(struct call *c)
{
    reply_users(c, true);
}

void cmd_acl_users(struct call *c)
{
    reply_users(c, false);
}

static void part(struct call *c, const char *name, const struct acl_user *u,
                 int (*fn)(const struct acl_user *, struct bt_buf *))
{
    struct bt_buf text = {0};

    fn(u, &text); /* short of memory: cut off */
    resp_bulk_str(c->out, name);
    resp_bulk(c->out, text.p ? text.p : "", text.n);
    bt_buf_fini(&text);
}

void cmd_acl_getuser(struct call *c)
{
    struct acl_user *u = acl_find(acl_of(c), c->argv[2]);

    if (!u) {
        resp_null(c->out);
        return;
    }
    resp_map(c->out, 6);
    resp_bulk_str(c->out, "flags");
    resp_set(c->out, 1u + u->nopass);
    resp_bulk_str(c->out, u->on ? "on" : "off");
    if (u->nopass) {
        resp_bulk_str(c->out, "nopass");
    }
    resp_bulk_str(c->out, "passwords");
    resp_array(c->out, u->n_passwords);
    for (size_t i = 0; i < u->n_passwords; i++) {
        resp_bulk_str(c->out, u->password[i]);
    }
    part(c, "commands", u, acl_user_commands);
    part(c, "keys", u, acl_user_keys);
    part(c, "channels", u, acl_user_channels);
    resp_bulk_str(c->out, "selectors");
    resp_array(c->out, 0);
    acl_user_release(u);
}

/* ---- Changes ---- */

static bool is_name(struct bt_slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (strchr(" \t\n\v\f\r", name.p[i])) { /* a zero byte, too */
            return false;
        }
    }
    return true;
}

/* After a change: `rc` is what closing clients came to. They are judged by the
 * new rules at their next request in any case; but who only listens makes none. */
static void changed(struct call *c, int rc, bool myself)
{
    if (rc != 0) {
        resp_error(c->out, "OOM the users are changed, but out of memory for "
                           "closing their clients");
    }
    if (myself) {
        service_close(c, BATON_KILLED);
    }
}

void cmd_acl_setuser(struct call *c)
{
    struct acl_change ch = {.rules = c->argv + 3, .n = c->argc - 3};
    bool myself = false;
    int rc;

    if (!is_name(c->argv[2])) {
        resp_error(c->out,
                   "ERR Usernames can't contain spaces or null characters");
        return;
    }
    rc = acl_set(acl_of(c), c->argv[2], &ch);
    if (rc == -ENOMEM) {
        cmd_oom(c);
        return;
    }
    if (rc != 0) {
        resp_errorf(c->out, "ERR Error in ACL SETUSER modifier '%.*s': %s",
                    (int)ch.rules[ch.bad].n, ch.rules[ch.bad].p, ch.why);
        return;
    }
    if (ch.hears_less) {
        rc = acl_close_listeners(c, c->argv[2], &myself);
    }
    if (rc == 0) {
        resp_status(c->out, "OK");
    }
    changed(c, rc, myself);
}

void cmd_acl_deluser(struct call *c)
{
    bool myself = false;
    int64_t n = 0;
    int rc = 0;

    for (size_t i = 2; i < c->argc; i++) {
        if (bt_slice_eq(c->argv[i], bt_str("default"))) {
            resp_error(c->out, "ERR The 'default' user cannot be removed");
            return;
        }
    }
    for (size_t i = 2; i < c->argc; i++) {
        if (acl_delete(acl_of(c), c->argv[i])) {
            n++;
            if (acl_close_clients(c, c->argv[i], &myself) != 0) {
                rc = -ENOMEM;
            }
        }
    }
    if (rc == 0) {
        resp_int(c->out, n);
    }
    changed(c, rc, myself);
}

static void no_file(struct call *c)
{
    resp_error(c->out,
               "ERR This Redis instance is not configured to use an ACL file. "
               "You may want to specify users via the ACL SETUSER command and "
               "then issue a CONFIG REWRITE (assuming you have a Redis "
               "configuration file set) in order to store users in the Redis "
               "configuration.");
}

void cmd_acl_load(struct call *c)
{
    no_file(c);
}

void cmd_acl_save(struct call *c)
{
    no_file(c);
}
