/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/hash.h -- what the files of hash commands share.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_HASH_H
#define BATON_COMMAND_HASH_H

#include <stdbool.h>

#include "command/command.h"
#include "type/hash.h"

/* The hash at argv[1], for reading. Absent: true, and *h is NULL. false after
 * the error reply. */
bool hash_cmd_read(struct call *c, const struct hash **h);

/* A hash on its way through a command that may change it. */
struct hash_change {
    const struct db_entry *e; /* NULL: there is no such key yet */
    struct hash *h;           /* NULL: likewise */
    struct hash_limits limits;
};

/* Looks it up, to be read only. false after the error reply. */
bool hash_cmd_find(struct call *c, struct hash_change *w);
/* From now on w->h may be changed, and is not NULL; false after the error
 * reply. What was found in it stays where it is. */
bool hash_cmd_begin(struct call *c, struct hash_change *w);
/* After the last change; says `event`, and "del" when nothing is left. false
 * after an error reply. */
bool hash_cmd_end(struct call *c, struct hash_change *w, const char *event);
/* As hash_cmd_end, when memory ran out in between; the error is replied. */
void hash_cmd_fail(struct call *c, struct hash_change *w);

#endif
