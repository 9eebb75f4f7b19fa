/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SETBIT, GETBIT, BITOP, and what all bit commands share.
 */
#include "command/bit.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/string.h"
#include "db/notify.h"

#include <stdlib.h>
#include <string.h>

/* ---- Shared ---- */

bool bits_offset(struct call *c, struct bt_slice arg, unsigned width,
                 uint64_t *offset)
{
    bool counted = width > 0 && arg.n > 0 && arg.p[0] == '#';
    int64_t n;

    if (counted) {
        arg = bt_slice(arg.p + 1, arg.n - 1);
    }
    if (cmd_parse_int(arg, &n) && n >= 0 &&
        (!counted || n <= INT64_MAX / (int64_t)width)) {
        *offset = (uint64_t)n * (counted ? width : 1);
        if (*offset >> 3 < cmd_max_bulk(c)) {
            return true;
        }
    }
    resp_error(c->out, "ERR bit offset is not an integer or out of range");
    return false;
}

bool bits_read(struct call *c, struct bt_slice key, struct bt_slice *s)
{
    const struct db_entry *e = tx_find(c->tx, key);

    *s = e && db_entry_type(e) == DB_STRING ? db_entry_string(e)
                                            : bt_slice("", 0);
    return string_check(c, e);
}

char *bits_edit(struct call *c, size_t n)
{
    char *p = db_rewrite(c->tx, c->argv[1], n);

    if (p == NULL) {
        cmd_oom(c);
    }
    return p;
}

void bits_done(struct call *c, bool changed)
{
    db_rewritten(c->tx, c->argv[1], changed);
}

static unsigned byte_at(struct bt_slice s, uint64_t i)
{
    return i < s.n ? (unsigned char)s.p[i] : 0;
}

uint64_t bits_get(struct bt_slice s, uint64_t offset, unsigned n)
{
    uint64_t v = 0;

    for (; n > 0; n--, offset++) {
        v = v << 1 | (byte_at(s, offset >> 3) >> (7 - (offset & 7)) & 1);
    }
    return v;
}

void bits_set(char *p, uint64_t offset, unsigned n, uint64_t v)
{
    for (; n > 0; n--, offset++) {
        unsigned mask = 0x80u >> (offset & 7);
        unsigned byte = (unsigned char)p[offset >> 3];

        byte = v >> (n - 1) & 1 ? byte | mask : byte & ~mask;
        p[offset >> 3] = (char)byte;
    }
}

/* ---- SETBIT, GETBIT ---- */

void cmd_setbit(struct call *c)
{
    const struct db_entry *e;
    struct bt_slice old = {"", 0};
    uint64_t offset, was;
    int64_t bit;
    bool changes;
    char *p;

    if (!bits_offset(c, c->argv[2], 0, &offset) ||
        !cmd_range(c, c->argv[3], 0, 1, "bit is not an integer or out of range",
                   &bit) ||
        !string_write(c, &e)) {
        return;
    }
    if (e != NULL) {
        old = db_entry_string(e);
    }
    was = bits_get(old, offset, 1);
    changes = offset >> 3 >= old.n || was != (uint64_t)bit;
    if (changes || !db_entry_raw(e)) {
        p = bits_edit(c, (size_t)(offset >> 3) + 1);
        if (p == NULL) {
            return;
        }
        bits_set(p, offset, 1, (uint64_t)bit);
        bits_done(c, changes);
    }
    if (changes) {
        tx_notify(c->tx, NOTIFY_STRING, "setbit", c->argv[1]);
    }
    resp_int(c->out, (int64_t)was);
}

void cmd_getbit(struct call *c)
{
    uint64_t offset;
    struct bt_slice s;

    if (bits_offset(c, c->argv[2], 0, &offset) &&
        bits_read(c, c->argv[1], &s)) {
        resp_int(c->out, (int64_t)bits_get(s, offset, 1));
    }
}

/* ---- BITOP ---- */

enum operation {
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_NOT
};

static bool read_operation(struct call *c, enum operation *op)
{
    static const char *const names[] = {"and", "or", "xor", "not"};

    for (unsigned i = 0; i < 4; i++) {
        if (bt_slice_is(c->argv[1], names[i])) {
            *op = (enum operation)i;
            if (*op == OP_NOT && c->argc != 4) {
                resp_error(c->out, "ERR BITOP NOT must be called with a single "
                                   "source key.");
                return false;
            }
            return true;
        }
    }
    return cmd_syntax(c);
}

/* Eight bytes at a time; which is first makes no difference here. */
static void combine(char *to, const char *from, size_t n, enum operation op)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t a, b;

        memcpy(&a, to + i, 8);
        memcpy(&b, from + i, 8);
        a = op == OP_AND ? a & b : op == OP_OR ? a | b : a ^ b;
        memcpy(to + i, &a, 8);
    }
    for (; i < n; i++) {
        int a = to[i], b = from[i];

        to[i] = (char)(op == OP_AND ? a & b : op == OP_OR ? a | b : a ^ b);
    }
}

/* s, and zero bytes behind it up to n, into the result. */
static void apply(char *p, size_t n, struct bt_slice s, enum operation op)
{
    combine(p, s.p, s.n, op);
    if (op == OP_AND) {
        memset(p + s.n, 0, n - s.n);
    }
}

static void invert(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        p[i] = (char)~p[i];
    }
}

/* The sources stay readable until the result is published. */
static bool build(struct call *c, const struct bt_slice *from, size_t n_from,
                  size_t n, enum operation op)
{
    char *p = db_make(c->tx, c->argv[2], n);

    if (p == NULL) {
        return cmd_oom(c);
    }
    memcpy(p, from[0].p, from[0].n);
    memset(p + from[0].n, 0, n - from[0].n);
    for (size_t i = 1; i < n_from; i++) {
        apply(p, n, from[i], op);
    }
    if (op == OP_NOT) {
        invert(p, n);
    }
    db_publish(c->tx, DB_NO_EXPIRE, true);
    tx_notify(c->tx, NOTIFY_STRING, "set", c->argv[2]);
    return true;
}

static void bitop(struct call *c, struct bt_slice *from, enum operation op)
{
    size_t n_from = c->argc - 3, n = 0;

    for (size_t i = 0; i < n_from; i++) {
        if (!bits_read(c, c->argv[i + 3], &from[i])) {
            return;
        }
        n = from[i].n > n ? from[i].n : n;
    }
    if (n > 0) {
        if (!build(c, from, n_from, n, op)) {
            return;
        }
    } else if (db_remove(c->tx, c->argv[2])) {
        tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[2]);
    }
    resp_int(c->out, (int64_t)n);
}

void cmd_bitop(struct call *c)
{
    struct bt_slice *from;
    enum operation op = OP_AND;

    if (!read_operation(c, &op)) {
        return;
    }
    from = malloc((c->argc - 3) * sizeof *from);
    if (from == NULL) {
        cmd_oom(c);
        return;
    }
    bitop(c, from, op);
    free(from);
}
