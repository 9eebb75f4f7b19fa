/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SCAN and KEYS.
 *
 * Keys are copied out of the keyspace in batches and compared with the pattern
 * afterwards, since the database holds a shard's lock while it shows us keys
 * and a client's pattern may be slow. KEYS is no snapshot: it tells each key
 * that was there throughout.
 */
#include "command/key.h"

#include "base/buf.h"
#include "command/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 1024 /* keys for which db_scan is asked at once, at most */

/* ---- Names of keys, one behind the other, each with its length in front ---- */

struct names {
    struct bt_buf bytes;
    size_t n;
    const struct bt_slice *type; /* NULL: keys of all types */
    int error;
};

static int names_add(struct names *names, struct bt_slice key)
{
    int r = bt_buf_reserve(&names->bytes, sizeof(key.n) + key.n);

    if (r != 0) {
        return r;
    }
    bt_buf_add(&names->bytes, &key.n, sizeof(key.n));
    bt_buf_add(&names->bytes, key.p, key.n);
    names->n++;
    return 0;
}

/* The name at *at, which moves on to the next. */
static struct bt_slice names_next(const struct names *names, size_t *at)
{
    struct bt_slice key;

    memcpy(&key.n, names->bytes.p + *at, sizeof(key.n));
    key.p = names->bytes.p + *at + sizeof(key.n);
    *at += sizeof(key.n) + key.n;
    return key;
}

static void see_key(void *arg, const struct db_entry *e)
{
    struct names *names = arg;

    if (names->error != 0) {
        return;
    }
    if (names->type != NULL &&
        !bt_slice_is(*names->type, db_type_name(db_entry_type(e)))) {
        return;
    }
    names->error = names_add(names, db_entry_key(e));
}

/* ---- The walk ---- */

struct scan {
    struct bt_slice pattern; /* p == NULL: none */
    struct names seen;       /* of one batch */
    struct names found;
    uint64_t cursor;
};

static void scan_fini(struct scan *s)
{
    bt_buf_fini(&s->seen.bytes);
    bt_buf_fini(&s->found.bytes);
}

/* "*" is what many clients send for "all". */
static void scan_match(struct scan *s, struct bt_slice pattern)
{
    if (!bt_slice_eq(pattern, bt_str("*"))) {
        s->pattern = pattern;
    }
}

static int scan_batch(struct call *c, struct scan *s, size_t count)
{
    int r = 0;

    s->seen.bytes.n = s->seen.n = 0;
    s->cursor = db_scan(c->tx, s->cursor, count, see_key, &s->seen);
    r = s->seen.error;
    for (size_t i = 0, at = 0; r == 0 && i < s->seen.n; i++) {
        struct bt_slice key = names_next(&s->seen, &at);

        if (s->pattern.p == NULL || cmd_glob(s->pattern, key, false)) {
            r = names_add(&s->found, key);
        }
    }
    return r;
}

static void reply_names(struct call *c, const struct names *names)
{
    resp_array(c->out, names->n);
    for (size_t i = 0, at = 0; i < names->n; i++) {
        struct bt_slice key = names_next(names, &at);

        resp_bulk(c->out, key.p, key.n);
    }
}

void cmd_keys(struct call *c)
{
    struct scan s = {.cursor = 0};
    int r;

    scan_match(&s, c->argv[1]);
    cmd_slow_begin(c);
    do {
        r = scan_batch(c, &s, BATCH);
    } while (r == 0 && s.cursor != 0);
    cmd_slow_end(c);
    if (r == 0) {
        reply_names(c, &s.found);
    } else {
        cmd_oom(c);
    }
    scan_fini(&s);
}

/* ---- SCAN ---- */

/* As the reference reads it: an empty cursor is 0, and a sign is allowed. */
static bool read_cursor(struct call *c, struct bt_slice arg, uint64_t *cursor)
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

static bool read_options(struct call *c, struct scan *s, size_t *count)
{
    for (size_t i = 2; i < c->argc; i += 2) {
        if (i + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (bt_slice_is(c->argv[i], "count")) {
            if (!read_count(c, c->argv[i + 1], count)) {
                return false;
            }
        } else if (bt_slice_is(c->argv[i], "match")) {
            s->pattern.p = NULL; /* the last one holds */
            scan_match(s, c->argv[i + 1]);
        } else if (bt_slice_is(c->argv[i], "type")) {
            s->seen.type = &c->argv[i + 1];
        } else {
            return cmd_syntax(c);
        }
    }
    return true;
}

/* Goes on until about `count` keys were looked at. */
static int scan(struct call *c, struct scan *s, size_t count)
{
    int r;

    do {
        size_t n = count < BATCH ? count : BATCH;

        r = scan_batch(c, s, n);
        count -= n;
    } while (r == 0 && s->cursor != 0 && count != 0);
    return r;
}

void cmd_scan(struct call *c)
{
    struct scan s = {.cursor = 0};
    size_t count = 10;
    char cursor[24];
    int r;

    if (!read_cursor(c, c->argv[1], &s.cursor) ||
        !read_options(c, &s, &count)) {
        return;
    }
    if (count > BATCH) {
        cmd_slow_begin(c);
    }
    r = scan(c, &s, count);
    if (count > BATCH) {
        cmd_slow_end(c);
    }
    if (r == 0) {
        resp_array(c->out, 2);
        resp_bulk(
            c->out, cursor,
            (size_t)snprintf(cursor, sizeof(cursor), "%" PRIu64, s.cursor));
        reply_names(c, &s.found);
    } else {
        cmd_oom(c);
    }
    scan_fini(&s);
}
