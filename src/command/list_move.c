/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From one list to another, or to the other end: LMOVE, RPOPLPUSH.
 */
#include "command/list.h"

#include "command/commands.h"
#include "db/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Into a list that may have to be made. */
static int push_to(struct tx *tx, const struct lists_move *m,
                   const struct db_entry *to, struct bt_slice s)
{
    struct list *l;
    int r;

    if (to != NULL) {
        l = db_edit(tx, m->to, to);
        list_set_fill(l, m->fill);
        r = list_push(l, m->to_end, s);
        db_edited(tx, m->to, to);
        return r;
    }
    l = list_new(m->fill);
    r = l ? list_push(l, m->to_end, s) : -ENOMEM;
    if (r == 0) {
        return db_put(tx, m->to, DB_LIST, l, DB_NO_EXPIRE);
    }
    if (l) {
        list_free(l);
    }
    return r;
}

/* Within one list: what is pushed must not lie in it. Also answers. */
static int rotate(struct tx *tx, struct resp_reply *out,
                  const struct lists_move *m, const struct db_entry *e,
                  struct bt_slice s)
{
    char *copy = malloc(s.n + 1);
    struct list *l;
    struct list_at at;
    int r;

    if (!copy) {
        return -ENOMEM;
    }
    memcpy(copy, s.p, s.n);
    l = db_edit(tx, m->from, e);
    list_set_fill(l, m->fill);
    r = list_push(l, m->to_end, bt_slice(copy, s.n));
    if (r == 0) {
        resp_bulk(out, copy, s.n);
        at = list_end_at(l, m->from_end);
        if (m->to_end == m->from_end) { /* it lies behind the new one */
            (m->from_end == LIST_HEAD ? list_next : list_prev)(&at);
        }
        list_remove(l, &at, false);
    }
    free(copy);
    db_edited(tx, m->from, e);
    return r;
}

static void notify_pushed(struct tx *tx, const struct lists_move *m)
{
    tx_notify(tx, NOTIFY_LIST, m->to_end == LIST_HEAD ? "lpush" : "rpush",
              m->to);
}

static void take_moved(struct tx *tx, const struct lists_move *m,
                       const struct db_entry *e)
{
    struct list *l = db_edit(tx, m->from, e);
    struct list_at at = list_end_at(l, m->from_end);

    list_remove(l, &at, false);
    list_shrink(l);
    lists_taken(tx, m->from, e, m->from_end);
}

void lists_move(struct tx *tx, struct resp_reply *out,
                const struct lists_move *m, const struct db_entry *e)
{
    bool same = bt_slice_eq(m->from, m->to);
    const struct db_entry *to = same ? e : tx_find_quiet(tx, m->to);
    struct list_at at = list_end_at(lists_of(e), m->from_end);
    char buf[PACK_TEXT];
    struct bt_slice s = pack_text(at.pack, at.at, buf);
    int r;

    if (!lists_check(out, to)) {
        return;
    }
    r = same ? rotate(tx, out, m, e, s) : push_to(tx, m, to, s);
    if (r != 0) {
        resp_error(out, CMD_OOM);
        return;
    }
    notify_pushed(tx, m);
    if (same) {
        lists_notify_taken(tx, m->from, m->from_end);
        return;
    }
    lists_reply(out, &at);
    take_moved(tx, m, e);
}

static void move(struct call *c, enum list_end from, enum list_end to)
{
    struct lists_move m = {c->argv[1], c->argv[2], from, to, lists_fill(c)};
    const struct db_entry *e;

    if (!lists_write(c, m.from, &e)) {
        return;
    }
    if (e == NULL) {
        resp_null(c->out);
    } else {
        lists_move(c->tx, c->out, &m, e);
    }
}

void cmd_rpoplpush(struct call *c)
{
    move(c, LIST_TAIL, LIST_HEAD);
}

void cmd_lmove(struct call *c)
{
    enum list_end from, to;

    if (lists_end(c, c->argv[3], &from) && lists_end(c, c->argv[4], &to)) {
        move(c, from, to);
    }
}
