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

#include <inttypes.h>
#include <limits.h>
#include <string.h>

struct list {
    struct bt_buf text;
    enum client_kind kind;
    int rc;
};

static bool add_line(const struct baton_client_info *info, void *data,
                     void *arg)
{
    struct list *l = arg;

    if (client_is(l->kind, data)) {
        l->rc = client_line(&l->text, info, data);
    }
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

/* ---- A part of the list ---- */

#define PART_DEFAULT 100
#define PART_MAX     10000

/* "SHARD-ID", where the walk goes on; "0" is the start, and the end. */
static bool read_cursor(struct call *c, struct bt_slice text,
                        struct baton_cursor *cursor)
{
    const char *dash = memchr(text.p, '-', text.n);
    struct bt_slice shard = text;
    int64_t number, last = 0;

    if (dash) {
        shard.n = (size_t)(dash - text.p);
    }
    if (!cmd_parse_int(shard, &number) || number < 0 || number > UINT_MAX ||
        (dash &&
         (!cmd_parse_int(bt_slice(dash + 1, text.n - shard.n - 1), &last) ||
          last < 0))) {
        resp_error(c->out, "ERR Invalid cursor");
        return false;
    }
    cursor->shard = (unsigned)number;
    cursor->last = (uint64_t)last;
    return true;
}

struct part {
    struct baton_cursor cursor;
    size_t count;
};

/* CURSOR c and COUNT n, in any order. */
static bool read_part(struct call *c, struct part *part)
{
    bool has_cursor = false;
    int64_t n;

    *part = (struct part){.count = PART_DEFAULT};
    for (size_t i = 2; i < c->argc; i += 2) {
        if (i + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (bt_slice_is(c->argv[i], "cursor")) {
            if (!read_cursor(c, c->argv[i + 1], &part->cursor)) {
                return false;
            }
            has_cursor = true;
        } else if (bt_slice_is(c->argv[i], "count")) {
            if (!cmd_int(c, c->argv[i + 1], &n)) {
                return false;
            }
            if (n < 1) {
                return cmd_syntax(c);
            }
            part->count = n < PART_MAX ? (size_t)n : PART_MAX;
        } else {
            return cmd_syntax(c);
        }
    }
    return has_cursor || cmd_syntax(c);
}

/* Ours: the first line says where to go on, then come about as many clients as
 * were asked for. Many clients never make one large reply that way. */
static void list_part(struct call *c, struct part *part)
{
    struct baton_server *server = c->worker->service->server;
    struct list l = {.rc = 0}, head = {.rc = 0};
    size_t seen = 0;

    while (!part->cursor.done && l.rc == 0 && seen < part->count) {
        size_t n = part->count - seen;

        seen += baton_each(server, &part->cursor,
                           n < CLIENT_STEP ? n : CLIENT_STEP, add_line, &l);
    }
    if (part->cursor.done) {
        head.rc = bt_buf_addf(&head.text, "cursor=0\n");
    } else {
        head.rc = bt_buf_addf(&head.text, "cursor=%u-%" PRIu64 "\n",
                              part->cursor.shard, part->cursor.last);
    }
    if (head.rc == 0 && l.rc == 0 && l.text.n > 0) {
        head.rc = bt_buf_add(&head.text, l.text.p, l.text.n);
    }
    head.rc = head.rc == 0 ? l.rc : head.rc;
    bt_buf_fini(&l.text);
    list_reply(c, &head);
}

void cmd_client_list(struct call *c)
{
    struct list l = {.rc = 0};
    struct part part;

    if (c->argc > 3 && (bt_slice_is(c->argv[2], "cursor") ||
                        bt_slice_is(c->argv[2], "count"))) {
        if (read_part(c, &part)) {
            list_part(c, &part);
        }
        return;
    }
    if (c->argc == 4 && bt_slice_is(c->argv[2], "type")) {
        if (!client_type(c, c->argv[3], &l.kind)) {
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
    cmd_slow_begin(c);
    list_all(c->worker->service->server, &l);
    cmd_slow_end(c);
    list_reply(c, &l);
}

void cmd_client_info(struct call *c)
{
    struct list l = {.rc = 0};

    baton_with(c->worker->service->server, baton_id(c->client), add_line, &l);
    list_reply(c, &l);
}
