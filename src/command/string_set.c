/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SET and what shares its options: GETEX, SETEX, PSETEX, SETNX.
 */
#include "command/string.h"

#include "command/commands.h"
#include "command/key.h"

/* What becomes of the time to live. A request may name one of these, and the
 * same one again. */
enum ttl {
    TTL_CLEAR,
    TTL_KEEP,
    TTL_PERSIST,
    TTL_EX,
    TTL_PX,
    TTL_EXAT,
    TTL_PXAT
};

enum {
    SET_NX = 1, /* only if the key is absent */
    SET_XX = 2, /* only if it is there */
    SET_GET = 4,
    SET_COUNT = 8, /* answers 1 or 0 in place of OK or null */
    FOR_SET = 16,  /* which command knows the word */
    FOR_GETEX = 32
};

struct options {
    unsigned flags;
    enum ttl ttl;
    struct bt_slice time; /* with TTL_EX to TTL_PXAT */
};

static const struct word {
    const char *name;
    enum ttl ttl;
    unsigned flags;
} words[] = {
    {"nx", TTL_CLEAR, FOR_SET | SET_NX},
    {"xx", TTL_CLEAR, FOR_SET | SET_XX},
    {"get", TTL_CLEAR, FOR_SET | SET_GET},
    {"keepttl", TTL_KEEP, FOR_SET},
    {"persist", TTL_PERSIST, FOR_GETEX},
    {"ex", TTL_EX, FOR_SET | FOR_GETEX},
    {"px", TTL_PX, FOR_SET | FOR_GETEX},
    {"exat", TTL_EXAT, FOR_SET | FOR_GETEX},
    {"pxat", TTL_PXAT, FOR_SET | FOR_GETEX},
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

/* ---- Options ---- */

static const struct word *find_word(struct bt_slice arg, unsigned command)
{
    for (size_t i = 0; i < N_WORDS; i++) {
        if ((words[i].flags & command) && bt_slice_is(arg, words[i].name)) {
            return &words[i];
        }
    }
    return NULL;
}

static bool takes_time(enum ttl ttl)
{
    return ttl >= TTL_EX;
}

static bool read_options(struct call *c, size_t from, unsigned command,
                         struct options *o)
{
    for (size_t i = from; i < c->argc; i++) {
        const struct word *w = find_word(c->argv[i], command);

        if (w == NULL) {
            return cmd_syntax(c);
        }
        o->flags |= w->flags;
        if ((o->flags & SET_NX) && (o->flags & SET_XX)) {
            return cmd_syntax(c);
        }
        if (w->ttl == TTL_CLEAR) {
            continue;
        }
        if (o->ttl != TTL_CLEAR && o->ttl != w->ttl) {
            return cmd_syntax(c);
        }
        o->ttl = w->ttl;
        if (takes_time(w->ttl)) {
            if (++i == c->argc) {
                return cmd_syntax(c);
            }
            o->time = c->argv[i];
        }
    }
    return true;
}

/* When the key is to end, as db_publish takes it. */
static bool read_end(struct call *c, const struct options *o, int64_t *at)
{
    if (takes_time(o->ttl)) {
        struct key_time t = {o->time, o->ttl == TTL_EX || o->ttl == TTL_EXAT,
                             o->ttl == TTL_EXAT || o->ttl == TTL_PXAT};

        return key_time_positive(c, &t, at);
    }
    *at = o->ttl == TTL_KEEP ? DB_KEEP_EXPIRE : DB_NO_EXPIRE;
    return true;
}

/* ---- SET ---- */

/* Nothing was done, because of NX or XX. */
static void reply_unset(struct call *c, const struct options *o,
                        const struct db_entry *old)
{
    if (o->flags & SET_GET) {
        string_reply(c, old);
    } else if (o->flags & SET_COUNT) {
        resp_int(c->out, 0);
    } else {
        resp_null(c->out);
    }
}

static void reply_set(struct call *c, const struct options *o,
                      const struct db_entry *old)
{
    if (o->flags & SET_GET) {
        string_reply(c, old);
    } else if (o->flags & SET_COUNT) {
        resp_int(c->out, 1);
    } else {
        resp_status(c->out, "OK");
    }
}

/* GET reads the key, and so it minds its type; plain SET replaces anything. */
static bool find_old(struct call *c, const struct options *o,
                     const struct db_entry **old)
{
    *old = NULL;
    if (o->flags & SET_GET) {
        return string_read(c, old);
    }
    if (o->flags & (SET_NX | SET_XX)) {
        *old = key_find_write(c, c->argv[1]);
    }
    return true;
}

/* As Redis tells a SET: the value, then the time to live. */
static void notify_set(struct call *c, const struct options *o)
{
    tx_notify(c->tx, NOTIFY_STRING, "set", c->argv[1]);
    if (takes_time(o->ttl)) {
        tx_notify(c->tx, NOTIFY_GENERIC, "expire", c->argv[1]);
    }
}

static void set(struct call *c, struct bt_slice value, const struct options *o)
{
    const struct db_entry *old;
    int64_t at;

    if (!read_end(c, o, &at) || !find_old(c, o, &old)) {
        return;
    }
    if (((o->flags & SET_NX) && old) || ((o->flags & SET_XX) && !old)) {
        reply_unset(c, o, old);
        return;
    }
    if (takes_time(o->ttl) && key_is_past(c, at)) {
        reply_set(c, o, old); /* set, and over at once */
        db_remove(c->tx, c->argv[1]);
        notify_set(c, o);
        tx_notify(c->tx, NOTIFY_EXPIRED, "expired", c->argv[1]);
    } else if (!(o->flags & SET_GET)) {
        if (string_set(c, c->argv[1], value, at)) {
            reply_set(c, o, old);
            notify_set(c, o);
        }
    } else if (string_make(c, c->argv[1], value)) {
        reply_set(c, o, old); /* while old is still the key's */
        db_publish(c->tx, at, false);
        notify_set(c, o);
    }
}

void cmd_set(struct call *c)
{
    struct options o = {0};

    if (read_options(c, 3, FOR_SET, &o)) {
        set(c, c->argv[2], &o);
    }
}

void cmd_setex(struct call *c)
{
    struct options o = {.ttl = TTL_EX, .time = c->argv[2]};

    set(c, c->argv[3], &o);
}

void cmd_psetex(struct call *c)
{
    struct options o = {.ttl = TTL_PX, .time = c->argv[2]};

    set(c, c->argv[3], &o);
}

void cmd_setnx(struct call *c)
{
    struct options o = {.flags = SET_NX | SET_COUNT};

    set(c, c->argv[2], &o);
}

/* ---- GETEX ---- */

/* Sets or clears the end of the key and answers its value. The entry is looked
 * up again after the change, which is made first because it may fail. */
static void set_end(struct call *c, int64_t at)
{
    if (db_expire_at(c->tx, c->argv[1], at) != 0) {
        cmd_oom(c);
        return;
    }
    tx_notify(c->tx, NOTIFY_GENERIC, at == DB_NO_EXPIRE ? "persist" : "expire",
              c->argv[1]);
    cmd_reply_string(c, tx_find_quiet(c->tx, c->argv[1]));
}

void cmd_getex(struct call *c)
{
    struct options o = {0};
    const struct db_entry *e;
    int64_t at;

    if (!read_options(c, 2, FOR_GETEX, &o) || !string_read(c, &e)) {
        return;
    }
    if (e == NULL) {
        resp_null(c->out);
        return;
    }
    if (!read_end(c, &o, &at)) {
        return;
    }
    if (takes_time(o.ttl) && key_is_past(c, at)) {
        cmd_reply_string(c, e);
        db_remove(c->tx, c->argv[1]);
        tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[1]);
    } else if (takes_time(o.ttl) ||
               (o.ttl == TTL_PERSIST && db_entry_expire(e) != DB_NO_EXPIRE)) {
        set_end(c, at);
    } else {
        cmd_reply_string(c, e);
    }
}
