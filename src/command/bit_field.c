/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BITFIELD and BITFIELD_RO: integers of any width at any bit of a string.
 */
#include "command/bit.h"

#include "command/commands.h"
#include "command/string.h"
#include "db/notify.h"

#include <stdlib.h>

enum action {
    FIELD_GET,
    FIELD_SET,
    FIELD_INCRBY
};

enum overflow {
    OVERFLOW_WRAP,
    OVERFLOW_SAT,
    OVERFLOW_FAIL
};

struct field {
    enum action action;
    enum overflow overflow;
    bool is_signed;
    unsigned width;
    uint64_t offset;
    int64_t operand;
};

struct fields {
    struct field *v;
    size_t n;
    size_t write_bytes; /* the string must be as long, when something writes */
    bool writes;
};

/* ---- Arguments ---- */

static bool read_type(struct call *c, struct bt_slice s, struct field *f)
{
    int64_t width;

    f->is_signed = s.n > 0 && s.p[0] == 'i';
    if (s.n > 1 && (f->is_signed || s.p[0] == 'u') &&
        cmd_parse_int(bt_slice(s.p + 1, s.n - 1), &width) && width >= 1 &&
        width <= (f->is_signed ? 64 : 63)) {
        f->width = (unsigned)width;
        return true;
    }
    resp_error(c->out, "ERR Invalid bitfield type. Use something like i16 u8. "
                       "Note that u64 is not supported but i64 is.");
    return false;
}

static bool read_overflow(struct call *c, struct bt_slice s,
                          enum overflow *overflow)
{
    static const char *const names[] = {"wrap", "sat", "fail"};

    for (unsigned i = 0; i < 3; i++) {
        if (bt_slice_is(s, names[i])) {
            *overflow = (enum overflow)i;
            return true;
        }
    }
    resp_error(c->out, "ERR Invalid OVERFLOW type specified");
    return false;
}

/* The arguments that an action takes, its name included; 0: no such action. */
static size_t read_action(struct bt_slice s, enum action *action)
{
    if (bt_slice_is(s, "get")) {
        *action = FIELD_GET;
        return 3;
    }
    *action = bt_slice_is(s, "set") ? FIELD_SET : FIELD_INCRBY;
    return *action == FIELD_SET || bt_slice_is(s, "incrby") ? 4 : 0;
}

static void note_write(struct fields *fs, const struct field *f)
{
    size_t bytes = (size_t)((f->offset + f->width - 1) >> 3) + 1;

    fs->writes = true;
    fs->write_bytes = bytes > fs->write_bytes ? bytes : fs->write_bytes;
}

static bool read_fields(struct call *c, bool read_only, struct fields *fs)
{
    enum overflow overflow = OVERFLOW_WRAP;
    size_t step;

    for (size_t i = 2; i < c->argc; i += step) {
        struct field *f = &fs->v[fs->n];
        const struct bt_slice *arg = &c->argv[i];

        if (bt_slice_is(arg[0], "overflow") && i + 1 < c->argc) {
            if (!read_overflow(c, arg[1], &overflow)) {
                return false;
            }
            step = 2;
            continue;
        }
        step = read_action(arg[0], &f->action);
        if (step == 0 || c->argc - i < step) {
            return cmd_syntax(c);
        }
        f->overflow = overflow;
        if (!read_type(c, arg[1], f) ||
            !bits_offset(c, arg[2], f->width, &f->offset) ||
            (step == 4 && !cmd_int(c, arg[3], &f->operand))) {
            return false;
        }
        if (step == 4) {
            note_write(fs, f);
        }
        fs->n++;
    }
    if (read_only && fs->writes) {
        resp_error(c->out, "ERR BITFIELD_RO only supports the GET subcommand");
        return false;
    }
    return true;
}

/* ---- Arithmetic ---- */

static int64_t extend(uint64_t v, unsigned width)
{
    uint64_t sign = UINT64_C(1) << (width - 1);

    if (width < 64) {
        v &= (UINT64_C(1) << width) - 1;
    }
    v = (v ^ sign) - sign;
    return v <= INT64_MAX ? (int64_t)v : -(int64_t)~v - 1;
}

/* value + by as the field can hold it; false: it cannot, and FAIL was asked. */
static bool add_signed(const struct field *f, int64_t value, int64_t by,
                       int64_t *sum)
{
    int64_t max = (int64_t)((UINT64_C(1) << (f->width - 1)) - 1);
    int64_t min = -max - 1;
    /* As in Redis: what is further below max than 64 bits can tell counts as
     * above it. */
    bool far = f->width < 64 && value < max - INT64_MAX;
    bool above = far || (by >= 0 && value > max - by);
    bool below = by <= 0 && value < min - by;

    if ((above || below) && f->overflow != OVERFLOW_WRAP) {
        *sum = above ? max : min;
        return f->overflow == OVERFLOW_SAT;
    }
    *sum = extend((uint64_t)value + (uint64_t)by, f->width);
    return true;
}

static bool add_unsigned(const struct field *f, uint64_t value, int64_t by,
                         int64_t *sum)
{
    uint64_t max = (UINT64_C(1) << f->width) - 1; /* width < 64 */
    bool above = value > max || (by > 0 && (uint64_t)by > max - value);
    bool below = by < 0 && 0 - (uint64_t)by > value;

    if ((above || below) && f->overflow != OVERFLOW_WRAP) {
        *sum = above ? (int64_t)max : 0;
        return f->overflow == OVERFLOW_SAT;
    }
    *sum = (int64_t)((value + (uint64_t)by) & max);
    return true;
}

static int64_t value_of(const struct field *f, struct bt_slice s)
{
    uint64_t v = bits_get(s, f->offset, f->width);

    return f->is_signed ? extend(v, f->width) : (int64_t)v;
}

/* A string that is being changed. */
struct edit {
    char *p;
    struct bt_slice s; /* the same bytes */
    bool grown;
    bool changed; /* as a write to a string that had to grow always is */
};

/* Answers, and writes the new value. */
static void change(struct call *c, const struct field *f, struct edit *e)
{
    int64_t old = value_of(f, e->s), new;
    bool set = f->action == FIELD_SET, ok;
    int64_t from = set ? f->operand : old, by = set ? 0 : f->operand;

    ok = f->is_signed ? add_signed(f, from, by, &new)
                      : add_unsigned(f, (uint64_t)from, by, &new);
    if (!ok) {
        resp_null(c->out);
        return;
    }
    bits_set(e->p, f->offset, f->width, (uint64_t) new);
    e->changed |= e->grown || new != old;
    resp_int(c->out, set ? old : new);
}

/* ---- Commands ---- */

static void only_get(struct call *c, const struct fields *fs)
{
    struct bt_slice s;

    if (!bits_read(c, c->argv[1], &s)) {
        return;
    }
    resp_array(c->out, fs->n);
    for (size_t i = 0; i < fs->n; i++) {
        resp_int(c->out, value_of(&fs->v[i], s));
    }
}

static void get_and_set(struct call *c, const struct fields *fs)
{
    const struct db_entry *old;
    struct edit e = {.grown = false};
    size_t size;

    if (!string_write(c, &old)) {
        return;
    }
    size = old ? db_entry_string(old).n : 0;
    e.grown = fs->write_bytes > size;
    e.p = bits_edit(c, fs->write_bytes);
    if (e.p == NULL) {
        return;
    }
    e.s = bt_slice(e.p, e.grown ? fs->write_bytes : size);
    resp_array(c->out, fs->n);
    for (size_t i = 0; i < fs->n; i++) {
        if (fs->v[i].action == FIELD_GET) {
            resp_int(c->out, value_of(&fs->v[i], e.s));
        } else {
            change(c, &fs->v[i], &e);
        }
    }
    bits_done(c, e.changed || e.grown);
    if (e.changed) {
        tx_notify(c->tx, NOTIFY_STRING, "setbit", c->argv[1]);
    }
}

static void bitfield(struct call *c, bool read_only)
{
    struct fields fs = {.v = malloc(c->argc * sizeof *fs.v)};

    if (fs.v == NULL) {
        cmd_oom(c);
    } else if (read_fields(c, read_only, &fs)) {
        (fs.writes ? get_and_set : only_get)(c, &fs);
    }
    free(fs.v);
}

void cmd_bitfield(struct call *c)
{
    bitfield(c, false);
}

void cmd_bitfield_ro(struct call *c)
{
    bitfield(c, true);
}
