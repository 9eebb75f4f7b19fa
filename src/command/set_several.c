/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several sets: SINTER, SUNION, SDIFF, each also with a destination;
 * SINTERCARD.
 *
 * A result that is stored is built as a set, a union always; others go by way
 * of a list of members, since the reply begins with their number.
 */
#include "command/set_combine.h"

#include "command/commands.h"
#include "db/notify.h"

static void answer(struct call *c, enum set_way way)
{
    struct scan_found found = {.n = 0};
    struct set_result r = {.found = way == SET_UNITE ? NULL : &found};
    struct set_several s;

    if (!set_several_find(c, &s, 1, c->argc - 1)) {
        return;
    }
    set_cmd_limits(c, &r.limits);
    set_combine(way, &s, &r);
    if (r.failed) {
        cmd_oom(c);
    } else if (way == SET_UNITE) {
        set_cmd_reply_all(c, r.set);
    } else {
        set_cmd_reply_found(c, &found);
    }
    set_free(r.set);
    scan_found_fini(&found);
    set_several_fini(&s);
}

/* Nothing is a value that cannot be stored: the key goes then. */
static void store_result(struct call *c, struct set *set, const char *event)
{
    struct bt_slice key = c->argv[1];
    size_t n = set ? set_count(set) : 0;

    if (n == 0) {
        if (db_remove(c->tx, key)) {
            tx_notify(c->tx, NOTIFY_GENERIC, "del", key);
        }
    } else if (db_put(c->tx, key, DB_SET, set, DB_NO_EXPIRE) == 0) {
        tx_notify(c->tx, NOTIFY_SET, event, key);
    } else {
        cmd_oom(c);
        return;
    }
    resp_int(c->out, (int64_t)n);
}

static void store(struct call *c, enum set_way way, const char *event)
{
    struct set_result r = {.n = 0};
    struct set_several s;

    if (!set_several_find(c, &s, 2, c->argc - 2)) {
        return;
    }
    set_cmd_limits(c, &r.limits);
    set_combine(way, &s, &r);
    if (r.failed) {
        set_free(r.set);
        cmd_oom(c);
    } else {
        store_result(c, r.set, event);
    }
    set_several_fini(&s);
}

void cmd_sinter(struct call *c)
{
    answer(c, SET_INTERSECT);
}

void cmd_sunion(struct call *c)
{
    answer(c, SET_UNITE);
}

void cmd_sdiff(struct call *c)
{
    answer(c, SET_SUBTRACT);
}

void cmd_sinterstore(struct call *c)
{
    store(c, SET_INTERSECT, "sinterstore");
}

void cmd_sunionstore(struct call *c)
{
    store(c, SET_UNITE, "sunionstore");
}

void cmd_sdiffstore(struct call *c)
{
    store(c, SET_SUBTRACT, "sdiffstore");
}

/* ---- SINTERCARD ---- */

static bool read_limit(struct call *c, size_t at, size_t *limit)
{
    *limit = 0;
    for (; at < c->argc; at += 2) {
        if (!bt_slice_is(c->argv[at], "limit") || at + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (!cmd_size(c, c->argv[at + 1], 0, "LIMIT can't be negative",
                      limit)) {
            return false;
        }
    }
    return true;
}

void cmd_sintercard(struct call *c)
{
    struct set_result r = {.counted = true};
    struct set_several s;
    size_t n;

    if (!cmd_size(c, c->argv[1], 1, "numkeys should be greater than 0", &n)) {
        return;
    }
    if (n > c->argc - 2) {
        resp_error(c->out,
                   "ERR Number of keys can't be greater than number of args");
        return;
    }
    if (!read_limit(c, 2 + n, &r.limit) || !set_several_find(c, &s, 2, n)) {
        return;
    }
    set_combine(SET_INTERSECT, &s, &r);
    resp_int(c->out, (int64_t)r.n);
    set_several_fini(&s);
}
