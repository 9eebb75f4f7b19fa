/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/key.h -- what the key and the string commands share: looking keys
 * up, and times to live as arguments.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_KEY_H
#define BATON_COMMAND_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "command/command.h"

/* Looks a key up for a command that changes it: the access is noted, but it is
 * neither a hit nor a miss. NULL: no such key. */
const struct db_entry *key_find_write(struct call *c, struct bt_slice key);

/* For a command that only asks about a key: a hit or a miss, but no access. */
const struct db_entry *key_ask(struct call *c, struct bt_slice key);

/* A time to live as a client gave it. */
struct key_time {
    struct bt_slice arg;
    bool seconds;  /* else milliseconds */
    bool absolute; /* since 1970, else from now on */
};

/* In milliseconds since 1970. The first is for commands where a time must be
 * positive (SET, GETEX, ...), the other for those where it may lie in the past
 * (EXPIRE, ...). false after the error reply. */
bool key_time_positive(struct call *c, const struct key_time *t, int64_t *at);
bool key_time_any(struct call *c, const struct key_time *t, int64_t *at);

/* A key with such an end is over already. */
bool key_is_past(struct call *c, int64_t at);

#endif
