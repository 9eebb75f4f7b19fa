/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Parts of strings: APPEND, GETRANGE, SETRANGE, SUBSTR.
 */
#include "command/string.h"

#include "command/commands.h"

/* ---- Writing ---- */

/* May a string become `size` bytes long? */
static bool size_allowed(struct call *c, uint64_t size)
{
    if (size > cmd_max_bulk(c)) {
        resp_error(c->out, "ERR string exceeds maximum allowed size "
                           "(proto-max-bulk-len)");
        return false;
    }
    return true;
}

/* Writes `part` over the bytes of argv[1] from `at` on, with zero bytes where
 * there was nothing before; answers the length, `n` now or more. */
static void overwrite(struct call *c, size_t n, struct bt_slice part, size_t at,
                      const char *event)
{
    size_t end = at + part.n;
    char *p = db_rewrite(c->tx, c->argv[1], end);

    if (p == NULL) {
        cmd_oom(c);
        return;
    }
    memcpy(p + at, part.p, part.n);
    db_rewritten(c->tx, c->argv[1], true);
    tx_notify(c->tx, NOTIFY_STRING, event, c->argv[1]);
    resp_int(c->out, (int64_t)(end > n ? end : n));
}

void cmd_append(struct call *c)
{
    struct bt_slice part = c->argv[2];
    const struct db_entry *e;
    struct bt_slice old;

    if (!string_write(c, &e)) {
        return;
    }
    if (e == NULL) { /* a plain SET */
        if (string_set(c, c->argv[1], part, DB_NO_EXPIRE)) {
            tx_notify(c->tx, NOTIFY_STRING, "append", c->argv[1]);
            resp_int(c->out, (int64_t)part.n);
        }
        return;
    }
    old = db_entry_string(e);
    if (size_allowed(c, (uint64_t)old.n + part.n)) {
        overwrite(c, old.n, part, old.n, "append");
    }
}

void cmd_setrange(struct call *c)
{
    struct bt_slice part = c->argv[3];
    struct bt_slice old = {"", 0};
    const struct db_entry *e;
    int64_t at;

    if (!cmd_int(c, c->argv[2], &at)) {
        return;
    }
    if (at < 0) {
        resp_error(c->out, "ERR offset is out of range");
        return;
    }
    if (!string_write(c, &e)) {
        return;
    }
    if (e != NULL) {
        old = db_entry_string(e);
    }
    if (part.n == 0) { /* nothing to write: nothing is made longer either */
        resp_int(c->out, (int64_t)old.n);
    } else if (size_allowed(c, (uint64_t)at + part.n)) {
        overwrite(c, old.n, part, (size_t)at, "setrange");
    }
}

/* ---- Reading ---- */

/* First and last count from the end when negative. Turns them into positions
 * inside a value of n bytes; false when there is nothing between them. */
static bool clip(int64_t *first, int64_t *last, size_t n)
{
    int64_t size = (int64_t)n;

    if (*first < 0 && *last < 0 && *first > *last) {
        return false;
    }
    if (*first < 0) {
        *first = *first < -size ? 0 : *first + size;
    }
    if (*last < 0) {
        *last = *last < -size ? 0 : *last + size;
    }
    if (*last >= size) {
        *last = size - 1;
    }
    return *first <= *last;
}

void cmd_getrange(struct call *c)
{
    int64_t first, last;
    const struct db_entry *e;

    if (!cmd_int(c, c->argv[2], &first) || !cmd_int(c, c->argv[3], &last) ||
        !string_read(c, &e)) {
        return;
    }
    if (e == NULL || !clip(&first, &last, db_entry_string(e).n)) {
        resp_bulk(c->out, "", 0);
        return;
    }
    cmd_reply_range(c, e, (size_t)first, (size_t)(last - first + 1));
}

void cmd_substr(struct call *c)
{
    cmd_getrange(c);
}
