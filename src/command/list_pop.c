/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elements leave lists: LPOP, RPOP, LMPOP, LMOVE, RPOPLPUSH.
 */
#include "command/list.h"

#include "command/commands.h"
#include "command/key.h"
#include "db/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Popping ---- */

static void notify_taken(struct tx *tx, enum list_end end, struct bt_slice key)
{
    tx_notify(tx, NOTIFY_LIST, end == LIST_HEAD ? "lpop" : "rpop", key);
}

static void finish(struct tx *tx, struct bt_slice key, const struct db_entry *e,
                   enum list_end end)
{
    notify_taken(tx, end, key);
    if (db_edited(tx, key, e)) {
        tx_notify(tx, NOTIFY_GENERIC, "del", key);
    }
}

void lists_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                const struct db_entry *e, enum list_end end, size_t n)
{
    struct list *l = db_edit(tx, key, e);
    struct list_at at = list_end_at(l, end);
    bool back = end == LIST_TAIL;

    if (n == 1) {
        lists_reply(out, &at);
        list_remove(l, &at, back);
    } else {
        for (size_t i = 0; i < n; i++) {
            lists_reply(out, &at);
            if (back) {
                list_prev(&at);
            } else {
                list_next(&at);
            }
        }
        list_cut(l, back ? list_count(l) - n : 0, n);
    }
    list_shrink(l);
    finish(tx, key, e, end);
}

static void pop_some(struct call *c, const struct db_entry *e,
                     enum list_end end, int64_t count)
{
    size_t n = e ? list_count(lists_of(e)) : 0;

    if (e == NULL) {
        resp_null_array(c->out);
    } else if (count == 0) {
        resp_array(c->out, 0);
    } else {
        n = (uint64_t)count < n ? (size_t)count : n;
        resp_array(c->out, n);
        lists_take(c->tx, c->out, c->argv[1], e, end, n);
    }
}

static void pop(struct call *c, enum list_end end)
{
    const struct db_entry *e;
    int64_t count = -1;

    if (c->argc > 3) {
        cmd_arity_error(c);
        return;
    }
    if (c->argc == 3 &&
        !cmd_range(c, c->argv[2], 0, INT64_MAX,
                   "value is out of range, must be positive", &count)) {
        return;
    }
    if (!lists_write(c, c->argv[1], &e)) {
        return;
    }
    if (count >= 0) {
        pop_some(c, e, end, count);
    } else if (e == NULL) {
        resp_null(c->out);
    } else {
        lists_take(c->tx, c->out, c->argv[1], e, end, 1);
    }
}

void cmd_lpop(struct call *c)
{
    pop(c, LIST_HEAD);
}

void cmd_rpop(struct call *c)
{
    pop(c, LIST_TAIL);
}

/* ---- LMPOP ---- */

bool lists_mpop_args(struct call *c, size_t at, struct lists_mpop *m)
{
    int64_t n;
    size_t where;

    m->count = 1;
    if (!cmd_range(c, c->argv[at], 1, INT64_MAX,
                   "numkeys should be greater than 0", &n)) {
        return false;
    }
    if ((uint64_t)n >= c->argc - at - 1) {
        return cmd_syntax(c);
    }
    m->first = at + 1;
    m->n = (size_t)n;
    where = m->first + m->n;
    if (!lists_end(c, c->argv[where], &m->end)) {
        return false;
    }
    for (size_t i = where + 1; i < c->argc; i += 2) {
        if (i > where + 1 || i + 1 == c->argc ||
            !bt_slice_is(c->argv[i], "count")) {
            return cmd_syntax(c);
        }
        if (!cmd_range(c, c->argv[i + 1], 1, INT64_MAX,
                       "count should be greater than 0", &m->count)) {
            return false;
        }
    }
    return true;
}

void lists_mpop_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                     const struct db_entry *e, const struct lists_mpop *m)
{
    size_t n = list_count(lists_of(e));

    n = (uint64_t)m->count < n ? (size_t)m->count : n;
    resp_array(out, 2);
    resp_bulk(out, key.p, key.n);
    resp_array(out, n);
    lists_take(tx, out, key, e, m->end, n);
}

void cmd_lmpop(struct call *c)
{
    struct lists_mpop m;

    if (!lists_mpop_args(c, 1, &m)) {
        return;
    }
    for (size_t i = m.first; i < m.first + m.n; i++) {
        const struct db_entry *e;

        if (!lists_write(c, c->argv[i], &e)) {
            return;
        }
        if (e != NULL) {
            lists_mpop_take(c->tx, c->out, c->argv[i], e, &m);
            return;
        }
    }
    resp_null_array(c->out);
}

/* ---- Moving ---- */

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
    finish(tx, m->from, e, m->from_end);
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
        notify_taken(tx, m->from_end, m->from);
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
