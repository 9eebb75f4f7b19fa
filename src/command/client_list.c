/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CLIENT LIST, INFO and KILL: clients of all workers, seen from one.
 *
 * A walk visits the handles in steps, each under one shard's lock, and copies
 * what it finds; nobody is stopped, so a list is not a snapshot. Killing is a
 * message to the owner of a handle, sent after the walk.
 */
#include "command/client.h"

#include "command/commands.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define STEP 64 /* handles that are visited at a time */

/* ---- One line ---- */

static bool is_unix(const struct baton_client_info *info)
{
    size_t n = strlen(info->addr);

    return n >= 2 && strcmp(info->addr + n - 2, ":0") == 0;
}

static void flag_letters(char out[8], const struct baton_client_info *info,
                         unsigned flags)
{
    char *p = out;

    if (info->state == BATON_BLOCKED) {
        *p++ = 'b';
    }
    if (info->state == BATON_CLOSING) {
        *p++ = 'c';
    }
    if (is_unix(info)) {
        *p++ = 'U';
    }
    if (flags & SESSION_NO_EVICT) {
        *p++ = 'e';
    }
    if (flags & SESSION_NO_TOUCH) {
        *p++ = 'T';
    }
    if (p == out) {
        *p++ = 'N';
    }
    *p = 0;
}

static const char *label(const struct session *s, enum label which)
{
    const char *text = session_label(s, which);

    return text ? text : "";
}

int client_line(struct bt_buf *text, const struct baton_client_info *info,
                const struct session *s)
{
    /* Relaxed: any recent command will do; rows never change. */
    const struct command *last = atomic_load_explicit(
        &((struct session *)s)->last, memory_order_relaxed);
    char flags[8];

    flag_letters(flags, info, session_flags(s));
    return bt_buf_addf(
        text,
        "id=%" PRIu64 " addr=%s laddr=%s fd=%d name=%s age=%" PRIu64
        " idle=%" PRIu64 " flags=%s db=%u sub=0 psub=0 ssub=0 multi=-1"
        " qbuf=%zu qbuf-free=%zu argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0"
        " oll=%u omem=%zu tot-mem=%zu events=%s cmd=%s user=default redir=-1"
        " resp=%d lib-name=%s lib-ver=%s state=%s worker=%d master=%u"
        " srm=%" PRIu64 " queued-us=%" PRIu64 "\n",
        info->id, info->addr, info->laddr, info->fd, label(s, LABEL_NAME),
        info->age_ms / 1000, info->idle_ms / 1000, flags, session_db(s),
        info->input_bytes, info->input_capacity - info->input_bytes,
        info->output_chunks, info->output_bytes,
        info->input_capacity + info->output_bytes + sizeof *s,
        info->output_pending ? "rw" : "r", last ? last->name : "NULL",
        session_proto(s), label(s, LABEL_LIB_NAME), label(s, LABEL_LIB_VER),
        baton_state_name(info->state), info->worker, info->master, info->srm,
        info->queued_us);
}

/* ---- LIST and INFO ---- */

struct list {
    struct bt_buf text;
    int rc;
};

static bool add_line(const struct baton_client_info *info, void *data,
                     void *arg)
{
    struct list *l = arg;

    l->rc = client_line(&l->text, info, data);
    return l->rc == 0;
}

static void list_all(struct baton_server *server, struct list *l)
{
    struct baton_cursor cursor = {0};

    while (!cursor.done && l->rc == 0) {
        baton_each(server, &cursor, STEP, add_line, l);
    }
}

static void list_reply(struct call *c, struct list *l)
{
    if (l->rc == 0) {
        resp_verbatim(c->out, "txt", l->text.p ? l->text.p : "", l->text.n);
    } else {
        cmd_oom(c);
    }
    bt_buf_fini(&l->text);
}

bool client_type_is_ours(struct bt_slice type, bool *known)
{
    bool ours = bt_slice_is(type, "normal");

    *known = ours || bt_slice_is(type, "slave") ||
             bt_slice_is(type, "replica") || bt_slice_is(type, "pubsub") ||
             bt_slice_is(type, "master");
    return ours;
}

static bool parse_type(struct call *c, struct bt_slice type, bool *ours)
{
    bool known;

    *ours = client_type_is_ours(type, &known);
    if (!known) {
        resp_errorf(c->out, "ERR Unknown client type '%.*s'",
                    (int)(type.n < 512 ? type.n : 512), type.p);
    }
    return known;
}

static bool list_ids(struct call *c, struct list *l)
{
    struct baton_server *server = c->worker->service->server;
    int64_t id;

    for (size_t i = 3; i < c->argc; i++) {
        if (!cmd_parse_int(c->argv[i], &id)) {
            resp_error(c->out, "ERR Invalid client ID");
            bt_buf_fini(&l->text);
            return false;
        }
        if (id > 0 && l->rc == 0) {
            baton_with(server, (uint64_t)id, add_line, l);
        }
    }
    return true;
}

void cmd_client_list(struct call *c)
{
    struct list l = {.rc = 0};
    bool ours = true;

    if (c->argc == 4 && bt_slice_is(c->argv[2], "type")) {
        if (!parse_type(c, c->argv[3], &ours)) {
            return;
        }
    } else if (c->argc > 3 && bt_slice_is(c->argv[2], "id")) {
        if (list_ids(c, &l)) {
            list_reply(c, &l);
        }
        return;
    } else if (c->argc != 2) {
        cmd_syntax(c);
        return;
    }
    if (ours) {
        cmd_slow_begin(c);
        list_all(c->worker->service->server, &l);
        cmd_slow_end(c);
    }
    list_reply(c, &l);
}

void cmd_client_info(struct call *c)
{
    struct list l = {.rc = 0};

    baton_with(c->worker->service->server, baton_id(c->client), add_line, &l);
    list_reply(c, &l);
}

/* ---- KILL ---- */

struct filter {
    uint64_t id;                 /* 0: any */
    struct bt_slice addr, laddr; /* p NULL: any */
    uint64_t max_age;            /* seconds; 0: any */
    bool any_of_type;            /* false: of a type that nobody is of */
    bool skip_me;
    uint64_t me;
    struct bt_buf ids; /* uint64_t each: those that fit */
    int rc;
};

static bool address_fits(struct bt_slice want, const char *have)
{
    return !want.p || bt_slice_eq(want, bt_str(have));
}

static bool pick(const struct baton_client_info *info, void *data, void *arg)
{
    struct filter *f = arg;

    (void)data;
    if ((f->id && f->id != info->id) || !address_fits(f->addr, info->addr) ||
        !address_fits(f->laddr, info->laddr) ||
        (f->max_age && info->age_ms / 1000 < f->max_age) ||
        (f->skip_me && info->id == f->me) || info->state == BATON_CLOSING ||
        info->state == BATON_CLOSED) {
        return true;
    }
    f->rc = bt_buf_add(&f->ids, &info->id, sizeof info->id);
    return f->rc == 0;
}

static void pick_all(struct call *c, struct filter *f)
{
    struct baton_server *server = c->worker->service->server;
    struct baton_cursor cursor = {0};

    if (!f->any_of_type) {
        return;
    }
    if (f->id) {
        baton_with(server, f->id, pick, f);
        return;
    }
    cmd_slow_begin(c);
    while (!cursor.done && f->rc == 0) {
        baton_each(server, &cursor, STEP, pick, f);
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

static bool kill_user(struct call *c, struct bt_slice user)
{
    if (!bt_slice_eq(user, bt_str("default"))) {
        resp_errorf(c->out, "ERR No such user '%.*s'",
                    (int)(user.n < 512 ? user.n : 512), user.p);
        return false;
    }
    return true;
}

static bool kill_option(struct call *c, struct bt_slice name,
                        struct bt_slice value, struct filter *f)
{
    if (bt_slice_is(name, "id")) {
        return kill_id(c, value, f);
    }
    if (bt_slice_is(name, "type")) {
        return parse_type(c, value, &f->any_of_type);
    }
    if (bt_slice_is(name, "addr")) {
        f->addr = value;
    } else if (bt_slice_is(name, "laddr")) {
        f->laddr = value;
    } else if (bt_slice_is(name, "user")) {
        return kill_user(c, value);
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
    struct filter f = {
        .any_of_type = true, .skip_me = true, .me = baton_id(c->client)};
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
