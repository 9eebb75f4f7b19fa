/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/keys.h -- which arguments of a call are keys.
 *
 * Purpose    One answer for all who ask: the locks of execute, EXEC's queue,
 *            COMMAND GETKEYS, ACL patterns. It follows from the command's row:
 *            a range (first, last, step), then those behind a count
 *            (`numkeys`), then what a function of the command finds (`more`).
 * Threads    Any.
 */
#ifndef BATON_COMMAND_KEYS_H
#define BATON_COMMAND_KEYS_H

#include <stddef.h>

#include "command/command.h"

/* The places of keys in argv, in the order in which Redis names them; a key
 * that is named twice stands there twice. */
struct cmd_key_list {
    size_t n, cap;
    unsigned *at;
    unsigned few[16];
};

void cmd_keys_init(struct cmd_key_list *list);
void cmd_keys_fini(struct cmd_key_list *list);
/* 0 or -ENOMEM. */
int cmd_keys_add(struct cmd_key_list *list, size_t at);

/* Fills the list, which was initialised, for a call whose arity fits. 0;
 * -EINVAL: the arguments do not say where the keys are, so the command will
 * refuse them, and the list is empty; CMD_KEYS_ALL: it may touch any key beside
 * these; -ENOMEM. */
#define CMD_KEYS_ALL 1
int cmd_keys_of(const struct command *c, const struct bt_slice *argv,
                size_t argc, struct cmd_key_list *list);

/* What is done with the i-th key of such a list, in Redis' words. */
struct bt_slice cmd_key_flags(const struct command *c,
                              const struct bt_slice *argv, size_t argc,
                              size_t i);

/* Nothing but a range: the list is not needed to lock. */
static inline bool cmd_keys_plain(const struct command *c)
{
    return !c->keys.numkeys && !c->keys.more;
}

#endif
