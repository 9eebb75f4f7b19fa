/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/table.h -- the commands of commands.def, found by name.
 *
 * Threads    cmd_table_init: once, before the threads start. Everything else:
 *            any thread; the table never changes afterwards.
 */
#ifndef BATON_COMMAND_TABLE_H
#define BATON_COMMAND_TABLE_H

#include <stddef.h>

#include "command/command.h"

void cmd_table_init(void);

/* NULL: no such command. Whatever the case of the letters; no subcommands. */
const struct command *cmd_find(struct bt_slice name);
/* Of a command with subcommands, by the part behind the "|". */
const struct command *cmd_find_sub(const struct command *parent,
                                   struct bt_slice name);
/* "config|get" as COMMAND INFO takes it, or a plain name. */
const struct command *cmd_find_path(struct bt_slice path);

/* The top level, i < cmd_count(), in the order of commands.def. */
size_t cmd_count(void);
const struct command *cmd_at(size_t i);

size_t cmd_count_subs(const struct command *c);

/* For the lists in a row: the next word, words being divided by one of `stops`.
 * Moves *list behind it; false at the end. */
bool cmd_next_word(const char **list, const char *stops, struct bt_slice *word);

/* A number below cmd_rows() for each row, subcommands too, for tables beside
 * this one; cmd_row gives the command back, or NULL where there is none. */
size_t cmd_rows(void);
size_t cmd_index(const struct command *c);
const struct command *cmd_row(size_t i);

#endif
