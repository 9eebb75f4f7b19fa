/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Times to live: EXPIRE and its kin set them, TTL and its kin tell them,
 * PERSIST takes them away.
 */
#include "command/key.h"

#include "command/commands.h"

/* ---- Times as arguments ---- */

static bool bad_time(struct call *c)
{
    resp_errorf(c->out, "ERR invalid expire time in '%s' command",
                c->command->name);
    return false;
}

/* Reads the number and brings it to milliseconds since 1970, if they exist. */
static bool read_time(struct call *c, const struct key_time *t, int64_t least,
                      int64_t *at)
{
    int64_t base = t->absolute ? 0 : tx_now(c->tx);
    int64_t v;

    if (!cmd_int(c, t->arg, &v)) {
        return false;
    }
    if (v < least) {
        return bad_time(c);
    }
    if (t->seconds) {
        if (v > INT64_MAX / 1000 || v < INT64_MIN / 1000) {
            return bad_time(c);
        }
        v *= 1000;
    }
    if (v > INT64_MAX - base) {
        return bad_time(c);
    }
    *at = v + base;
    return true;
}

bool key_time_positive(struct call *c, const struct key_time *t, int64_t *at)
{
    return read_time(c, t, 1, at);
}

bool key_time_any(struct call *c, const struct key_time *t, int64_t *at)
{
    return read_time(c, t, INT64_MIN, at);
}

bool key_is_past(struct call *c, int64_t at)
{
    return at <= tx_now(c->tx);
}

/* ---- EXPIRE and its kin ---- */

enum {
    IF_NONE = 1,
    IF_ANY = 2,
    IF_LATER = 4,
    IF_SOONER = 8
};

/* NX, XX, GT, LT behind the time. */
static bool read_conditions(struct call *c, unsigned *conditions)
{
    static const char *const words[] = {"nx", "xx", "gt", "lt"};
    unsigned got = 0;

    for (size_t i = 3; i < c->argc; i++) {
        size_t w = 0;

        while (w < 4 && !bt_slice_is(c->argv[i], words[w])) {
            w++;
        }
        if (w == 4) {
            resp_errorf(c->out, "ERR Unsupported option %.*s",
                        (int)(c->argv[i].n < 1024 ? c->argv[i].n : 1024),
                        c->argv[i].p);
            return false;
        }
        got |= 1u << w;
    }
    if ((got & IF_NONE) && (got & (IF_ANY | IF_LATER | IF_SOONER))) {
        resp_error(c->out, "ERR NX and XX, GT or LT options at the same time "
                           "are not compatible");
        return false;
    }
    if ((got & IF_LATER) && (got & IF_SOONER)) {
        resp_error(c->out, "ERR GT and LT options at the same time are not "
                           "compatible");
        return false;
    }
    *conditions = got;
    return true;
}

/* A key without a time to live counts as one that lives for ever. */
static bool conditions_hold(unsigned conditions, int64_t old, int64_t at)
{
    if ((conditions & IF_NONE) && old != DB_NO_EXPIRE) {
        return false;
    }
    if ((conditions & IF_ANY) && old == DB_NO_EXPIRE) {
        return false;
    }
    if ((conditions & IF_LATER) && (old == DB_NO_EXPIRE || at <= old)) {
        return false;
    }
    return !(conditions & IF_SOONER) || old == DB_NO_EXPIRE || at < old;
}

static void expire(struct call *c, bool seconds, bool absolute)
{
    struct key_time t = {c->argv[2], seconds, absolute};
    const struct db_entry *e;
    unsigned conditions;
    int64_t at;

    if (!read_conditions(c, &conditions) || !key_time_any(c, &t, &at)) {
        return;
    }
    e = key_find_write(c, c->argv[1]);
    if (e == NULL || !conditions_hold(conditions, db_entry_expire(e), at)) {
        resp_int(c->out, 0);
        return;
    }
    if (key_is_past(c, at)) {
        db_remove(c->tx, c->argv[1]);
        tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[1]);
    } else if (db_expire_at(c->tx, c->argv[1], at) != 0) {
        cmd_oom(c);
        return;
    } else {
        tx_notify(c->tx, NOTIFY_GENERIC, "expire", c->argv[1]);
    }
    resp_int(c->out, 1);
}

void cmd_expire(struct call *c)
{
    expire(c, true, false);
}

void cmd_pexpire(struct call *c)
{
    expire(c, false, false);
}

void cmd_expireat(struct call *c)
{
    expire(c, true, true);
}

void cmd_pexpireat(struct call *c)
{
    expire(c, false, true);
}

void cmd_persist(struct call *c)
{
    const struct db_entry *e = key_find_write(c, c->argv[1]);

    if (e == NULL || db_entry_expire(e) == DB_NO_EXPIRE) {
        resp_int(c->out, 0);
    } else if (db_expire_at(c->tx, c->argv[1], DB_NO_EXPIRE) != 0) {
        cmd_oom(c);
    } else {
        tx_notify(c->tx, NOTIFY_GENERIC, "persist", c->argv[1]);
        resp_int(c->out, 1);
    }
}

/* ---- TTL and its kin ---- */

/* -2: no such key, -1: no time to live. Seconds are rounded to the nearest. */
static void tell_time(struct call *c, bool seconds, bool absolute)
{
    const struct db_entry *e = key_ask(c, c->argv[1]);
    int64_t v;

    if (e == NULL) {
        resp_int(c->out, -2);
        return;
    }
    v = db_entry_expire(e);
    if (v == DB_NO_EXPIRE) {
        resp_int(c->out, -1);
        return;
    }
    if (!absolute) {
        v -= tx_now(c->tx);
        v = v < 0 ? 0 : v;
    }
    if (seconds) {
        v = v / 1000 + (v % 1000 >= 500);
    }
    resp_int(c->out, v);
}

void cmd_ttl(struct call *c)
{
    tell_time(c, true, false);
}

void cmd_pttl(struct call *c)
{
    tell_time(c, false, false);
}

void cmd_expiretime(struct call *c)
{
    tell_time(c, true, true);
}

void cmd_pexpiretime(struct call *c)
{
    tell_time(c, false, true);
}
