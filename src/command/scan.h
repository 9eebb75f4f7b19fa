/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/scan.h -- what SCAN, HSCAN, SSCAN and ZSCAN share: their arguments,
 * and collecting what was found before the reply can begin.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_SCAN_H
#define BATON_COMMAND_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "command/command.h"

struct scan_options {
    struct bt_slice pattern; /* p == NULL: none */
    size_t count;
    const struct bt_slice *type; /* SCAN: NULL: keys of all types */
};

/* As Redis reads it: an empty cursor is 0, and a sign is allowed. False after
 * the error reply. */
bool scan_cursor(struct call *c, struct bt_slice arg, uint64_t *cursor);
/* The arguments from number `first` on; TYPE only where `typed`. False after
 * the error reply. */
bool scan_options(struct call *c, size_t first, bool typed,
                  struct scan_options *o);

static inline bool scan_matches(const struct scan_options *o, struct bt_slice s)
{
    return o->pattern.p == NULL || cmd_glob(o->pattern, s, false);
}

/* Byte strings, one behind the other, each with its length in front. {0} is an
 * empty one; freed by scan_found_fini. */
struct scan_found {
    struct bt_buf bytes;
    size_t n;
    int error; /* of any scan_found_add before: then nothing more is added */
};

void scan_found_add(struct scan_found *f, struct bt_slice s);
/* The string at *at (0: the first), which moves on to the next. */
struct bt_slice scan_found_next(const struct scan_found *f, size_t *at);
void scan_found_fini(struct scan_found *f);

/* An array of all; and the reply of a scan, or that memory ran out. */
void scan_reply_found(struct call *c, const struct scan_found *f);
void scan_reply(struct call *c, uint64_t cursor, const struct scan_found *f);

#endif
