/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parts of lists: LRANGE, LTRIM, LPOS.
 */
#include "command/list.h"

#include "command/commands.h"
#include "db/notify.h"

void cmd_lrange(struct call *c)
{
    int64_t first, last;
    const struct db_entry *e;
    struct list_at at;

    if (!cmd_int(c, c->argv[2], &first) || !cmd_int(c, c->argv[3], &last) ||
        !lists_read(c, c->argv[1], &e)) {
        return;
    }
    if (e == NULL || !lists_clip(&first, &last, list_count(lists_of(e)))) {
        resp_array(c->out, 0);
        return;
    }
    resp_array(c->out, (size_t)(last - first + 1));
    at = list_index(lists_of(e), first);
    for (int64_t i = first; i <= last; i++) {
        lists_reply(c->out, &at);
        list_next(&at);
    }
}

static void trim(struct call *c, const struct db_entry *e, int64_t first,
                 int64_t last)
{
    struct bt_slice key = c->argv[1];
    size_t n = list_count(lists_of(e));
    struct list *l;

    if (!lists_clip(&first, &last, n)) {
        db_remove(c->tx, key);
        tx_notify(c->tx, NOTIFY_LIST, "ltrim", key);
        tx_notify(c->tx, NOTIFY_GENERIC, "del", key);
        return;
    }
    l = db_edit(c->tx, key, e);
    list_cut(l, (size_t)last + 1, n - (size_t)last - 1);
    list_cut(l, 0, (size_t)first);
    list_shrink(l);
    db_edited(c->tx, key, e);
    tx_notify(c->tx, NOTIFY_LIST, "ltrim", key);
}

void cmd_ltrim(struct call *c)
{
    int64_t first, last;
    const struct db_entry *e;

    if (!cmd_int(c, c->argv[2], &first) || !cmd_int(c, c->argv[3], &last) ||
        !lists_write(c, c->argv[1], &e)) {
        return;
    }
    if (e != NULL) {
        trim(c, e, first, last);
    }
    resp_status(c->out, "OK");
}

/* ---- LPOS ---- */

struct search {
    int64_t rank;   /* which match is the first to be told; negative: counted
                       from the end of the list */
    int64_t count;  /* how many are told, 0: all, -1: one, not in an array */
    int64_t maxlen; /* elements that are looked at, 0: all */
};

static bool read_rank(struct call *c, struct bt_slice arg, int64_t *rank)
{
    if (!cmd_range(c, arg, -INT64_MAX, INT64_MAX, NULL, rank)) {
        return false;
    }
    if (*rank == 0) {
        resp_error(c->out,
                   "ERR RANK can't be zero: use 1 to start from the first "
                   "match, 2 from the second ... or use negative to start from "
                   "the end of the list");
        return false;
    }
    return true;
}

static bool read_search(struct call *c, struct search *s)
{
    for (size_t i = 3; i < c->argc; i += 2) {
        bool ok;

        if (i + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (bt_slice_is(c->argv[i], "rank")) {
            ok = read_rank(c, c->argv[i + 1], &s->rank);
        } else if (bt_slice_is(c->argv[i], "count")) {
            ok = cmd_range(c, c->argv[i + 1], 0, INT64_MAX,
                           "COUNT can't be negative", &s->count);
        } else if (bt_slice_is(c->argv[i], "maxlen")) {
            ok = cmd_range(c, c->argv[i + 1], 0, INT64_MAX,
                           "MAXLEN can't be negative", &s->maxlen);
        } else {
            return cmd_syntax(c);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

struct matches {
    struct resp_reply *out; /* NULL: they are only counted */
    int64_t n, first;
};

static void search(const struct list *l, const struct search *s,
                   struct bt_slice element, struct matches *m)
{
    struct pack_value v = pack_value_of(element);
    bool back = s->rank < 0;
    int64_t skip = (back ? -s->rank : s->rank) - 1, seen = 0;
    int64_t most = s->count < 0 ? 1 : s->count, size = (int64_t)list_count(l);
    struct list_at at = list_end_at(l, back ? LIST_TAIL : LIST_HEAD);

    while (list_at_is(&at) && (s->maxlen == 0 || seen < s->maxlen) &&
           (most == 0 || m->n < most)) {
        if (list_is(&at, &v) && skip-- <= 0) {
            int64_t i = back ? size - 1 - seen : seen;

            m->first = m->n++ == 0 ? i : m->first;
            if (m->out) {
                resp_int(m->out, i);
            }
        }
        seen++;
        if (back) {
            list_prev(&at);
        } else {
            list_next(&at);
        }
    }
}

void cmd_lpos(struct call *c)
{
    struct search s = {.rank = 1, .count = -1, .maxlen = 0};
    struct matches m = {.out = NULL};
    const struct db_entry *e;

    if (!read_search(c, &s) || !lists_read(c, c->argv[1], &e)) {
        return;
    }
    if (e != NULL) {
        search(lists_of(e), &s, c->argv[2], &m);
    }
    if (s.count >= 0) {
        /* Once more, since an array's length comes first. */
        resp_array(c->out, (size_t)m.n);
        if (m.n > 0) {
            m = (struct matches){.out = c->out};
            search(lists_of(e), &s, c->argv[2], &m);
        }
    } else if (m.n > 0) {
        resp_int(c->out, m.first);
    } else {
        resp_null(c->out);
    }
}
