/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Strings as numbers: INCR, DECR, INCRBY, DECRBY, INCRBYFLOAT. The time to live
 * stays.
 */
#include "command/string.h"

#include "base/decimal.h"
#include "command/commands.h"
#include "command/float.h"

/* ---- Integers ---- */

static void add(struct call *c, int64_t delta)
{
    const struct db_entry *e;
    struct bt_slice value;
    int64_t v = 0;
    char text[BT_DECIMAL_MAX];

    if (!string_write(c, &e) ||
        (e != NULL && !cmd_int(c, db_entry_string(e), &v))) {
        return;
    }
    if (delta < 0 ? v < INT64_MIN - delta : v > INT64_MAX - delta) {
        resp_error(c->out, "ERR increment or decrement would overflow");
        return;
    }
    v += delta;
    value = bt_slice(text, bt_decimal_write(text, v));
    if (string_set(c, c->argv[1], value, DB_KEEP_EXPIRE)) {
        tx_notify(c->tx, NOTIFY_STRING, "incrby", c->argv[1]);
        resp_int(c->out, v);
    }
}

void cmd_incr(struct call *c)
{
    add(c, 1);
}

void cmd_decr(struct call *c)
{
    add(c, -1);
}

void cmd_incrby(struct call *c)
{
    int64_t delta;

    if (cmd_int(c, c->argv[2], &delta)) {
        add(c, delta);
    }
}

void cmd_decrby(struct call *c)
{
    int64_t delta;

    if (!cmd_int(c, c->argv[2], &delta)) {
        return;
    }
    if (delta == INT64_MIN) { /* has no negative */
        resp_error(c->out, "ERR decrement would overflow");
        return;
    }
    add(c, -delta);
}

/* ---- Floating point ---- */

static bool read_float(struct call *c, struct bt_slice s, long double *out)
{
    if (!float_parse(s, out)) {
        resp_error(c->out, "ERR value is not a valid float");
        return false;
    }
    return true;
}

void cmd_incrbyfloat(struct call *c)
{
    const struct db_entry *e;
    long double v = 0, delta;
    char text[FLOAT_TEXT];
    struct bt_slice value;

    if (!string_write(c, &e) ||
        (e != NULL && !read_float(c, db_entry_string(e), &v)) ||
        !read_float(c, c->argv[2], &delta)) {
        return;
    }
    if (float_add(c->out, v, delta, text, &value) &&
        string_set(c, c->argv[1], value, DB_KEEP_EXPIRE)) {
        tx_notify(c->tx, NOTIFY_STRING, "incrbyfloat", c->argv[1]);
        resp_bulk(c->out, value.p, value.n);
    }
}
