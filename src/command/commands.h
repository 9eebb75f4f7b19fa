/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/commands.h -- prototypes of all command functions, made from
 * commands.def.
 */
#ifndef BATON_COMMAND_COMMANDS_H
#define BATON_COMMAND_COMMANDS_H

#include "command/command.h"

/* The `more` of rows: see struct cmd_keys. */
int debug_keys(const struct bt_slice *argv, size_t argc,
               struct cmd_key_list *list);
int sort_keys(const struct bt_slice *argv, size_t argc,
              struct cmd_key_list *list);
int sort_ro_keys(const struct bt_slice *argv, size_t argc,
                 struct cmd_key_list *list);

#define CMD(name, fn, ...)           cmd_fn fn;
#define CONTAINER(id, name, fn, ...) cmd_fn fn;
#define SUB(name, fn, ...)           cmd_fn fn;
#include "command/commands.def"
#undef CMD
#undef CONTAINER
#undef SUB

#endif
