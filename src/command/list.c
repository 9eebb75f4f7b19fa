/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists: LPUSH, RPUSH, LPUSHX, RPUSHX, LLEN, and what all list commands share.
 */
#include "command/list.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/notify.h"

#include <errno.h>

/* ---- Shared ---- */

bool lists_check(struct resp_reply *out, const struct db_entry *e)
{
    if (e == NULL || db_entry_type(e) == DB_LIST) {
        return true;
    }
    resp_error(out, CMD_TYPE_ERROR);
    return false;
}

bool lists_read(struct call *c, struct bt_slice key, const struct db_entry **e)
{
    *e = tx_find(c->tx, key);
    return lists_check(c->out, *e);
}

bool lists_write(struct call *c, struct bt_slice key, const struct db_entry **e)
{
    *e = key_find_write(c, key);
    return lists_check(c->out, *e);
}

const struct list *lists_of(const struct db_entry *e)
{
    return db_entry_object(e);
}

int lists_fill(struct call *c)
{
    /* Relaxed: any recent value. */
    return atomic_load_explicit(
        &c->worker->service->settings->list_max_listpack_size,
        memory_order_relaxed);
}

bool lists_end(struct call *c, struct bt_slice s, enum list_end *end)
{
    if (bt_slice_is(s, "left")) {
        *end = LIST_HEAD;
    } else if (bt_slice_is(s, "right")) {
        *end = LIST_TAIL;
    } else {
        return cmd_syntax(c);
    }
    return true;
}

bool lists_clip(int64_t *first, int64_t *last, size_t count)
{
    int64_t n = (int64_t)count;

    *first += *first < 0 ? n : 0;
    *last += *last < 0 ? n : 0;
    *first = *first < 0 ? 0 : *first;
    *last = *last >= n ? n - 1 : *last;
    return *first <= *last && *first < n;
}

void lists_reply(struct resp_reply *out, const struct list_at *at)
{
    struct pack_value v;

    list_get(at, &v);
    if (v.p) {
        resp_bulk(out, v.p, v.n);
    } else {
        resp_bulk_int(out, v.i);
    }
}

void lists_refuse(struct call *c, int error)
{
    if (error == -EFBIG) {
        resp_error(c->out, "ERR element is too large for a list");
    } else {
        cmd_oom(c);
    }
}

/* ---- Pushing ---- */

/* All of argv from 2 on, or none. */
static int push_all(struct call *c, struct list *l, enum list_end end)
{
    size_t before = list_count(l);

    list_set_fill(l, lists_fill(c));
    for (size_t i = 2; i < c->argc; i++) {
        int r = list_push(l, end, c->argv[i]);

        if (r != 0) {
            list_cut(l, end == LIST_HEAD ? 0 : before, i - 2);
            return r;
        }
    }
    return 0;
}

static int push_new(struct call *c, enum list_end end)
{
    struct list *l = list_new(lists_fill(c));
    int r = l ? push_all(c, l, end) : -ENOMEM;

    if (r == 0) {
        return db_put(c->tx, c->argv[1], DB_LIST, l, DB_NO_EXPIRE);
    }
    if (l) {
        list_free(l);
    }
    return r;
}

static void push(struct call *c, enum list_end end, bool must_exist)
{
    const struct db_entry *e;
    size_t n = c->argc - 2;
    int r;

    if (!lists_write(c, c->argv[1], &e)) {
        return;
    }
    if (e == NULL && must_exist) {
        resp_int(c->out, 0);
        return;
    }
    if (e == NULL) {
        r = push_new(c, end);
    } else {
        struct list *l = db_edit(c->tx, c->argv[1], e);

        r = push_all(c, l, end);
        n = list_count(l);
        db_edited(c->tx, c->argv[1], e);
    }
    if (r != 0) {
        lists_refuse(c, r);
        return;
    }
    tx_notify(c->tx, NOTIFY_LIST, end == LIST_HEAD ? "lpush" : "rpush",
              c->argv[1]);
    resp_int(c->out, (int64_t)n);
}

void cmd_lpush(struct call *c)
{
    push(c, LIST_HEAD, false);
}

void cmd_rpush(struct call *c)
{
    push(c, LIST_TAIL, false);
}

void cmd_lpushx(struct call *c)
{
    push(c, LIST_HEAD, true);
}

void cmd_rpushx(struct call *c)
{
    push(c, LIST_TAIL, true);
}

void cmd_llen(struct call *c)
{
    const struct db_entry *e;

    if (lists_read(c, c->argv[1], &e)) {
        resp_int(c->out, e ? (int64_t)list_count(lists_of(e)) : 0);
    }
}
