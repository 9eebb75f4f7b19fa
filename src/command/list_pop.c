/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elements leave lists: LPOP, RPOP, LMPOP.
 */
#include "command/list.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/mpop.h"
#include "db/notify.h"

/* ---- Popping ---- */

void lists_notify_taken(struct tx *tx, struct bt_slice key, enum list_end end)
{
    tx_notify(tx, NOTIFY_LIST, end == LIST_HEAD ? "lpop" : "rpop", key);
}

void lists_taken(struct tx *tx, struct bt_slice key, const struct db_entry *e,
                 enum list_end end)
{
    lists_notify_taken(tx, key, end);
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
    lists_taken(tx, key, e, end);
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
    struct mpop args;

    if (!mpop_args(c, at, "left", "right", &args)) {
        return false;
    }
    *m = (struct lists_mpop){.first = args.first,
                             .n = args.n,
                             .end = args.tail ? LIST_TAIL : LIST_HEAD,
                             .count = args.count};
    return true;
}

void lists_mpop_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                     const struct db_entry *e, const struct lists_mpop *m)
{
    size_t n = list_count(lists_of(e));

    n = m->count < n ? m->count : n;
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
