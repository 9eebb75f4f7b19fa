/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elements by their place or their value: LINDEX, LSET, LINSERT, LREM.
 */
#include "command/list.h"

#include "command/commands.h"
#include "db/notify.h"

void cmd_lindex(struct call *c)
{
    const struct db_entry *e;
    struct list_at at;
    int64_t i;

    if (!lists_read(c, c->argv[1], &e)) {
        return;
    }
    if (e == NULL) {
        resp_null(c->out);
        return;
    }
    if (!cmd_int(c, c->argv[2], &i)) {
        return;
    }
    at = list_index(lists_of(e), i);
    if (list_at_is(&at)) {
        lists_reply(c->out, &at);
    } else {
        resp_null(c->out);
    }
}

void cmd_lset(struct call *c)
{
    const struct db_entry *e;
    struct list *l;
    struct list_at at;
    int64_t i;
    int r;

    if (!lists_write(c, c->argv[1], &e)) {
        return;
    }
    if (e == NULL) {
        resp_error(c->out, "ERR no such key");
        return;
    }
    if (!cmd_int(c, c->argv[2], &i)) {
        return;
    }
    at = list_index(lists_of(e), i);
    if (!list_at_is(&at)) {
        resp_error(c->out, "ERR index out of range");
        return;
    }
    l = db_edit(c->tx, c->argv[1], e);
    list_set_fill(l, lists_fill(c));
    r = list_replace(l, at, c->argv[3]);
    list_shrink(l);
    db_edited(c->tx, c->argv[1], e);
    if (r != 0) {
        lists_refuse(c, r);
        return;
    }
    tx_notify(c->tx, NOTIFY_LIST, "lset", c->argv[1]);
    resp_status(c->out, "OK");
}

static struct list_at find(const struct list *l, struct bt_slice s)
{
    struct pack_value v = pack_value_of(s);
    struct list_at at = list_end_at(l, LIST_HEAD);

    while (list_at_is(&at) && !list_is(&at, &v)) {
        list_next(&at);
    }
    return at;
}

void cmd_linsert(struct call *c)
{
    bool after = bt_slice_is(c->argv[2], "after");
    const struct db_entry *e;
    struct list_at at;
    struct list *l;
    int r;

    if (!after && !bt_slice_is(c->argv[2], "before")) {
        cmd_syntax(c);
        return;
    }
    if (!lists_write(c, c->argv[1], &e)) {
        return;
    }
    if (e == NULL) {
        resp_int(c->out, 0);
        return;
    }
    at = find(lists_of(e), c->argv[3]);
    if (!list_at_is(&at)) {
        resp_int(c->out, -1);
        return;
    }
    l = db_edit(c->tx, c->argv[1], e);
    list_set_fill(l, lists_fill(c));
    r = list_insert(l, at, after, c->argv[4]);
    db_edited(c->tx, c->argv[1], e);
    if (r != 0) {
        lists_refuse(c, r);
        return;
    }
    tx_notify(c->tx, NOTIFY_LIST, "linsert", c->argv[1]);
    resp_int(c->out, (int64_t)list_count(l));
}

/* ---- LREM ---- */

/* At most `most` of those that are v, from the end that `back` says. */
static int64_t remove_matches(struct list *l, const struct pack_value *v,
                              int64_t most, bool back)
{
    struct list_at at = list_end_at(l, back ? LIST_TAIL : LIST_HEAD);
    int64_t n = 0;

    while (list_at_is(&at) && n < most) {
        if (list_is(&at, v)) {
            list_remove(l, &at, back);
            n++;
        } else if (back) {
            list_prev(&at);
        } else {
            list_next(&at);
        }
    }
    return n;
}

void cmd_lrem(struct call *c)
{
    struct pack_value v = pack_value_of(c->argv[3]);
    const struct db_entry *e;
    struct list_at first;
    struct list *l;
    int64_t count, n;

    if (!cmd_range(c, c->argv[2], -INT64_MAX, INT64_MAX, NULL, &count) ||
        !lists_write(c, c->argv[1], &e)) {
        return;
    }
    first = e ? find(lists_of(e), c->argv[3]) : (struct list_at){.pack = NULL};
    if (!list_at_is(&first)) {
        resp_int(c->out, 0);
        return;
    }
    l = db_edit(c->tx, c->argv[1], e);
    n = remove_matches(l, &v,
                       count == 0  ? INT64_MAX
                       : count < 0 ? -count
                                   : count,
                       count < 0);
    list_shrink(l);
    tx_notify(c->tx, NOTIFY_LIST, "lrem", c->argv[1]);
    if (db_edited(c->tx, c->argv[1], e)) {
        tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[1]);
    }
    resp_int(c->out, n);
}
