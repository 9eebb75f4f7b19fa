/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What concerns two databases: COPY, MOVE, SWAPDB.
 */
#include "command/commands.h"
#include "command/key.h"
#include "db/notify.h"

#include <limits.h>

#define SAME "ERR source and destination objects are the same"

static bool has_database(struct call *c, int64_t n)
{
    if (n < 0 || n >= (int64_t)db_databases(c->tx->db)) {
        resp_error(c->out, "ERR DB index is out of range");
        return false;
    }
    return true;
}

static bool read_database(struct call *c, struct bt_slice arg, unsigned *dbi)
{
    int64_t n;

    if (!cmd_range(c, arg, INT_MIN, INT_MAX, NULL, &n) || !has_database(c, n)) {
        return false;
    }
    *dbi = (unsigned)n;
    return true;
}

/* Is there such a key in that database? */
static bool is_there(struct call *c, struct bt_slice key, unsigned dbi)
{
    unsigned home = tx_select(c->tx, dbi);
    bool found = key_find_write(c, key) != NULL;

    tx_select(c->tx, home);
    return found;
}

static void tell(struct call *c, const char *event, struct bt_slice key,
                 unsigned dbi)
{
    unsigned home = tx_select(c->tx, dbi);

    tx_notify(c->tx, NOTIFY_GENERIC, event, key);
    tx_select(c->tx, home);
}

/* ---- COPY ---- */

struct copying {
    unsigned dbi;
    bool replace;
};

static bool read_options(struct call *c, struct copying *o)
{
    for (size_t i = 3; i < c->argc; i++) {
        if (bt_slice_is(c->argv[i], "replace")) {
            o->replace = true;
        } else if (bt_slice_is(c->argv[i], "db") && i + 1 < c->argc) {
            if (!read_database(c, c->argv[++i], &o->dbi)) {
                return false;
            }
        } else {
            return cmd_syntax(c);
        }
    }
    return true;
}

void cmd_copy(struct call *c)
{
    struct copying o = {.dbi = c->tx->dbi};
    struct bt_slice from = c->argv[1], to = c->argv[2];

    if (!read_options(c, &o)) {
        return;
    }
    if (o.dbi == c->tx->dbi && bt_slice_eq(from, to)) {
        resp_error(c->out, SAME);
        return;
    }
    if (!tx_find(c->tx, from) || (is_there(c, to, o.dbi) && !o.replace)) {
        resp_int(c->out, 0);
        return;
    }
    if (db_copy(c->tx, from, to, o.dbi) != 0) {
        cmd_oom(c);
        return;
    }
    tell(c, "copy_to", to, o.dbi);
    resp_int(c->out, 1);
}

/* ---- MOVE ---- */

void cmd_move(struct call *c)
{
    struct bt_slice key = c->argv[1];
    unsigned dbi;

    if (!read_database(c, c->argv[2], &dbi)) {
        return;
    }
    if (dbi == c->tx->dbi) {
        resp_error(c->out, SAME);
        return;
    }
    if (!key_find_write(c, key) || is_there(c, key, dbi)) {
        resp_int(c->out, 0);
        return;
    }
    if (db_move(c->tx, key, dbi) != 0) {
        cmd_oom(c);
        return;
    }
    tx_notify(c->tx, NOTIFY_GENERIC, "move_from", key);
    tell(c, "move_to", key, dbi);
    resp_int(c->out, 1);
}

/* ---- SWAPDB ---- */

void cmd_swapdb(struct call *c)
{
    int64_t a, b;

    if (cmd_range(c, c->argv[1], INT_MIN, INT_MAX, "invalid first DB index",
                  &a) &&
        cmd_range(c, c->argv[2], INT_MIN, INT_MAX, "invalid second DB index",
                  &b) &&
        has_database(c, a) && has_database(c, b)) {
        db_swap(c->tx, (unsigned)a, (unsigned)b);
        resp_status(c->out, "OK");
    }
}
