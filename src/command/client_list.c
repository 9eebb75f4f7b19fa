/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CLIENT LIST and INFO: clients of all workers, seen from one.
 *
 * A walk visits the handles in steps, each under one shard's lock, and copies
 * what it finds; nobody is stopped, so a list is not a snapshot.
 */
#include "command/client.h"

#include "command/commands.h"
#include "command/service.h"
#include "command/session.h"
#include "command/worker.h"

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
        baton_each(server, &cursor, CLIENT_STEP, add_line, l);
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
        if (!client_type(c, c->argv[3], &ours)) {
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
