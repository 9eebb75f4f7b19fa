/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whole strings: GET, STRLEN, GETSET, GETDEL, MGET, MSET, MSETNX. SET and the
 * commands that share its options are in string_set.c.
 */
#include "command/string.h"

#include "command/commands.h"
#include "command/key.h"

/* ---- Shared ---- */

bool string_check(struct call *c, const struct db_entry *e)
{
    return e == NULL || db_entry_type(e) == DB_STRING || cmd_type_error(c);
}

bool string_read(struct call *c, const struct db_entry **e)
{
    *e = tx_find(c->tx, c->argv[1]);
    return string_check(c, *e);
}

bool string_write(struct call *c, const struct db_entry **e)
{
    *e = key_find_write(c, c->argv[1]);
    return string_check(c, *e);
}

void string_reply(struct call *c, const struct db_entry *e)
{
    if (e != NULL) {
        cmd_reply_string(c, e);
    } else {
        resp_null(c->out);
    }
}

bool string_set(struct call *c, struct bt_slice key, struct bt_slice value,
                int64_t expire_ms)
{
    return db_set(c->tx, key, value, expire_ms) == 0 || cmd_oom(c);
}

bool string_make(struct call *c, struct bt_slice key, struct bt_slice value)
{
    char *p = db_make(c->tx, key, value.n);

    if (p == NULL) {
        return cmd_oom(c);
    }
    memcpy(p, value.p, value.n);
    return true;
}

/* ---- One key ---- */

void cmd_get(struct call *c)
{
    const struct db_entry *e;

    if (string_read(c, &e)) {
        string_reply(c, e);
    }
}

void cmd_strlen(struct call *c)
{
    const struct db_entry *e;

    if (string_read(c, &e)) {
        resp_int(c->out, e ? (int64_t)db_entry_string(e).n : 0);
    }
}

/* The old value is answered while it is still the key's, but after all that
 * can fail. */
void cmd_getset(struct call *c)
{
    const struct db_entry *e;

    if (string_read(c, &e) && string_make(c, c->argv[1], c->argv[2])) {
        string_reply(c, e);
        db_publish(c->tx, DB_NO_EXPIRE, false);
        tx_notify(c->tx, NOTIFY_STRING, "set", c->argv[1]);
    }
}

void cmd_getdel(struct call *c)
{
    const struct db_entry *e;

    if (!string_read(c, &e)) {
        return;
    }
    string_reply(c, e);
    if (e != NULL) {
        db_remove(c->tx, c->argv[1]);
        tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[1]);
    }
}

/* ---- Several keys ---- */

/* A key that holds no string is answered like one that is not there. */
void cmd_mget(struct call *c)
{
    resp_array(c->out, c->argc - 1);
    for (size_t i = 1; i < c->argc; i++) {
        const struct db_entry *e = tx_find(c->tx, c->argv[i]);

        string_reply(c, e && db_entry_type(e) == DB_STRING ? e : NULL);
    }
}

/* Each key must have a value. */
static bool is_paired(struct call *c)
{
    if (c->argc % 2 == 0) {
        cmd_arity_error(c);
        return false;
    }
    return true;
}

/* Memory may run out between two keys; those before have their new values
 * then, and the client is told that the command failed. */
static bool set_pairs(struct call *c)
{
    for (size_t i = 1; i < c->argc; i += 2) {
        if (!string_set(c, c->argv[i], c->argv[i + 1], DB_NO_EXPIRE)) {
            return false;
        }
        tx_notify(c->tx, NOTIFY_STRING, "set", c->argv[i]);
    }
    return true;
}

void cmd_mset(struct call *c)
{
    if (is_paired(c) && set_pairs(c)) {
        resp_status(c->out, "OK");
    }
}

void cmd_msetnx(struct call *c)
{
    if (!is_paired(c)) {
        return;
    }
    for (size_t i = 1; i < c->argc; i += 2) {
        if (key_find_write(c, c->argv[i]) != NULL) {
            resp_int(c->out, 0);
            return;
        }
    }
    if (set_pairs(c)) {
        resp_int(c->out, 1);
    }
}
