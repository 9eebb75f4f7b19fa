/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/string.h -- what the files of string commands share.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_STRING_H
#define BATON_COMMAND_STRING_H

#include <stdbool.h>
#include <stdint.h>

#include "command/command.h"

/* True when e is a string or NULL; else false after the error reply. */
bool string_check(struct call *c, const struct db_entry *e);

/* The string at argv[1], for reading. Absent: true, and *e is NULL. false after
 * the error reply. */
bool string_read(struct call *c, const struct db_entry **e);

/* The same for a command that will change it. */
bool string_write(struct call *c, const struct db_entry **e);

/* The value as a bulk, or a null when e is NULL. */
void string_reply(struct call *c, const struct db_entry *e);

/* db_set; false after the error reply. */
bool string_set(struct call *c, struct bt_slice key, struct bt_slice value,
                int64_t expire_ms);

/* db_make with the value written; false after the error reply. */
bool string_make(struct call *c, struct bt_slice key, struct bt_slice value);

#endif
