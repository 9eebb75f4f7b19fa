/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Arguments ---- */

bool scan_cursor(struct call *c, struct bt_slice arg, uint64_t *cursor)
{
    char digits[32];
    char *end;

    if (arg.n < sizeof(digits) &&
        (arg.n == 0 || (unsigned char)arg.p[0] > ' ')) {
        memcpy(digits, arg.p, arg.n);
        digits[arg.n] = '\0';
        errno = 0;
        *cursor = strtoull(digits, &end, 10);
        if (*end == '\0' && errno == 0) {
            return true;
        }
    }
    resp_error(c->out, "ERR invalid cursor");
    return false;
}

static bool read_count(struct call *c, struct bt_slice arg, size_t *count)
{
    int64_t v;

    if (!cmd_int(c, arg, &v)) {
        return false;
    }
    if (v < 1) {
        return cmd_syntax(c);
    }
    *count = (uint64_t)v < SIZE_MAX ? (size_t)v : SIZE_MAX;
    return true;
}

/* "*" is what many clients send for "all". The last pattern holds. */
static void read_pattern(struct scan_options *o, struct bt_slice pattern)
{
    o->pattern.p = NULL;
    if (!bt_slice_eq(pattern, bt_str("*"))) {
        o->pattern = pattern;
    }
}

bool scan_options(struct call *c, size_t first, bool typed,
                  struct scan_options *o)
{
    *o = (struct scan_options){.count = 10};
    for (size_t i = first; i < c->argc; i += 2) {
        if (i + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (bt_slice_is(c->argv[i], "count")) {
            if (!read_count(c, c->argv[i + 1], &o->count)) {
                return false;
            }
        } else if (bt_slice_is(c->argv[i], "match")) {
            read_pattern(o, c->argv[i + 1]);
        } else if (typed && bt_slice_is(c->argv[i], "type")) {
            o->type = &c->argv[i + 1];
        } else {
            return cmd_syntax(c);
        }
    }
    return true;
}

/* ---- What was found ---- */

void scan_found_add(struct scan_found *f, struct bt_slice s)
{
    if (f->error == 0) {
        f->error = bt_buf_reserve(&f->bytes, sizeof(s.n) + s.n);
    }
    if (f->error == 0) {
        bt_buf_add(&f->bytes, &s.n, sizeof(s.n));
        bt_buf_add(&f->bytes, s.p, s.n);
        f->n++;
    }
}

struct bt_slice scan_found_next(const struct scan_found *f, size_t *at)
{
    struct bt_slice s;

    memcpy(&s.n, f->bytes.p + *at, sizeof(s.n));
    s.p = f->bytes.p + *at + sizeof(s.n);
    *at += sizeof(s.n) + s.n;
    return s;
}

void scan_found_fini(struct scan_found *f)
{
    bt_buf_fini(&f->bytes);
}

void scan_reply_found(struct call *c, const struct scan_found *f)
{
    resp_array(c->out, f->n);
    for (size_t i = 0, at = 0; i < f->n; i++) {
        struct bt_slice s = scan_found_next(f, &at);

        resp_bulk(c->out, s.p, s.n);
    }
}

void scan_reply(struct call *c, uint64_t cursor, const struct scan_found *f)
{
    char text[24];

    if (f->error != 0) {
        cmd_oom(c);
        return;
    }
    resp_array(c->out, 2);
    resp_bulk(c->out, text,
              (size_t)snprintf(text, sizeof(text), "%" PRIu64, cursor));
    scan_reply_found(c, f);
}
