/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CLIENT KILL: picks clients by a walk over the handles, then sends each a
 * message, which its owner acts on. A client that kills itself gets its reply
 * first.
 */
#include "command/client.h"

#include "command/acl.h"
#include "command/commands.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <string.h>

struct filter {
    uint64_t id;                 /* 0: any */
    struct bt_slice addr, laddr; /* p NULL: any */
    uint64_t max_age;            /* seconds; 0: any */
    enum client_kind kind;
    bool skip_me;
    uint64_t me;
    struct bt_buf ids; /* uint64_t each: those that fit */
    int rc;
    struct bt_slice user; /* p NULL: any */
};

static bool address_fits(struct bt_slice want, const char *have)
{
    return !want.p || bt_slice_eq(want, bt_str(have));
}

static bool pick(const struct baton_client_info *info, void *data, void *arg)
{
    struct filter *f = arg;

    if (!client_is(f->kind, data) || (f->id && f->id != info->id) ||
        !address_fits(f->addr, info->addr) ||
        !address_fits(f->laddr, info->laddr) ||
        (f->max_age && info->age_ms / 1000 < f->max_age) ||
        (f->skip_me && info->id == f->me) || info->state == BATON_CLOSING ||
        info->state == BATON_CLOSED) {
        return true;
    }
    if (address_fits(f->user, acl_user_name(data))) {
        f->rc = bt_buf_add(&f->ids, &info->id, sizeof info->id);
    }
    return f->rc == 0;
}

static void pick_all(struct call *c, struct filter *f)
{
    struct baton_server *server = c->worker->service->server;
    struct baton_cursor cursor = {0};

    if (f->id) {
        baton_with(server, f->id, pick, f);
        return;
    }
    cmd_slow_begin(c);
    while (!cursor.done && f->rc == 0) {
        baton_each(server, &cursor, CLIENT_STEP, pick, f);
    }
    cmd_slow_end(c);
}

/* Kills what was picked, this client last and after the reply. Returns how many
 * there were. */
static size_t kill_picked(struct call *c, struct filter *f, bool *myself)
{
    size_t n = f->ids.n / sizeof(uint64_t), killed = 0;

    *myself = false;
    for (size_t i = 0; i < n; i++) {
        uint64_t id;

        memcpy(&id, f->ids.p + i * sizeof id, sizeof id);
        if (id == f->me) {
            *myself = true;
            killed++;
        } else if (baton_kill(c->worker->service->server, id, BATON_KILLED) ==
                   0) {
            killed++;
        }
    }
    bt_buf_fini(&f->ids);
    return killed;
}

static bool kill_id(struct call *c, struct bt_slice value, struct filter *f)
{
    int64_t id;

    if (!cmd_parse_int(value, &id) || id < 1) {
        resp_error(c->out, "ERR client-id should be greater than 0");
        return false;
    }
    f->id = (uint64_t)id;
    return true;
}

static bool kill_max_age(struct call *c, struct bt_slice value,
                         struct filter *f)
{
    int64_t age;

    if (!cmd_parse_int(value, &age)) {
        resp_error(c->out, "ERR maxage is not an integer or out of range");
        return false;
    }
    if (age <= 0) {
        resp_error(c->out, "ERR maxage should be greater than 0");
        return false;
    }
    f->max_age = (uint64_t)age;
    return true;
}

static bool kill_user(struct call *c, struct bt_slice user, struct filter *f)
{
    struct acl_user *u = acl_find(&c->worker->service->acl, user);

    if (!u) {
        resp_errorf(c->out, "ERR No such user '%.*s'",
                    (int)(user.n < 512 ? user.n : 512), user.p);
        return false;
    }
    acl_user_release(u);
    f->user = user;
    return true;
}

static bool kill_option(struct call *c, struct bt_slice name,
                        struct bt_slice value, struct filter *f)
{
    if (bt_slice_is(name, "id")) {
        return kill_id(c, value, f);
    }
    if (bt_slice_is(name, "type")) {
        return client_type(c, value, &f->kind);
    }
    if (bt_slice_is(name, "addr")) {
        f->addr = value;
    } else if (bt_slice_is(name, "laddr")) {
        f->laddr = value;
    } else if (bt_slice_is(name, "user")) {
        return kill_user(c, value, f);
    } else if (bt_slice_is(name, "maxage")) {
        return kill_max_age(c, value, f);
    } else if (bt_slice_is(name, "skipme") &&
               (bt_slice_is(value, "yes") || bt_slice_is(value, "no"))) {
        f->skip_me = bt_slice_is(value, "yes");
    } else {
        return cmd_syntax(c);
    }
    return true;
}

static bool kill_options(struct call *c, struct filter *f)
{
    if (c->argc == 3) { /* the old form: one address */
        f->addr = c->argv[2];
        f->skip_me = false;
        return true;
    }
    for (size_t i = 2; i < c->argc; i += 2) {
        if (i + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (!kill_option(c, c->argv[i], c->argv[i + 1], f)) {
            return false;
        }
    }
    return true;
}

void cmd_client_kill(struct call *c)
{
    struct filter f = {.skip_me = true, .me = baton_id(c->client)};
    bool myself;
    size_t n;

    if (!kill_options(c, &f)) {
        return;
    }
    pick_all(c, &f);
    if (f.rc != 0) {
        bt_buf_fini(&f.ids);
        cmd_oom(c);
        return;
    }
    n = kill_picked(c, &f, &myself);
    if (c->argc > 3) {
        resp_int(c->out, (int64_t)n);
    } else if (n > 0) {
        resp_status(c->out, "OK");
    } else {
        resp_error(c->out, "ERR No such client");
    }
    if (myself) {
        service_close(c, BATON_KILLED);
    }
}
