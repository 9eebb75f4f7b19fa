/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/set.h -- what the files of set commands share.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_SET_H
#define BATON_COMMAND_SET_H

#include <stdbool.h>

#include "command/command.h"
#include "command/scan.h"
#include "type/set.h"

void set_cmd_limits(struct call *c, struct set_limits *limits);

/* The set at key, for reading. Absent: true, and *s is NULL. false after the
 * error reply. */
bool set_cmd_read(struct call *c, struct bt_slice key, const struct set **s);

/* A set on its way through a command that may change it. */
struct set_change {
    struct bt_slice key;
    const struct db_entry *e; /* NULL: there is no such key yet */
    struct set *s;            /* NULL: likewise */
    bool begun;
    struct set_limits limits;
};

/* Looks it up, to be read only. false after the error reply. */
bool set_cmd_find(struct call *c, struct set_change *w, struct bt_slice key);
/* From now on w->s may be changed, and is not NULL: a new set is made for
 * members like `first`, about `hint` of them. false after the error reply. What
 * was found in it stays where it is. */
bool set_cmd_begin(struct call *c, struct set_change *w, struct bt_slice first,
                   size_t hint);
/* After the last change, if any; says `event`, and "del" when nothing is left.
 * false after an error reply. */
bool set_cmd_end(struct call *c, struct set_change *w, const char *event);
/* As set_cmd_end, when memory ran out in between; the error is replied. */
void set_cmd_fail(struct call *c, struct set_change *w);

/* The member as a bulk; a whole set (NULL: an empty one); and a set of members
 * that were collected. */
void set_cmd_reply(struct call *c, struct set_key *k);
void set_cmd_reply_all(struct call *c, const struct set *s);
void set_cmd_reply_found(struct call *c, const struct scan_found *found);

#endif
