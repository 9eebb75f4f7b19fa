/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/zset.h -- what the files of sorted set commands share.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_ZSET_H
#define BATON_COMMAND_ZSET_H

#include <stdbool.h>

#include "command/command.h"
#include "type/zset.h"

/* The sorted set at key, for reading. Absent: true, and *z is NULL. false after
 * the error reply. */
bool zset_cmd_read(struct call *c, struct bt_slice key, const struct zset **z);

/* A sorted set on its way through a command that may change it. */
struct zset_change {
    struct bt_slice key;
    const struct db_entry *e; /* NULL: there is no such key yet */
    struct zset *z;           /* NULL: likewise */
    struct zset_limits limits;
    bool begun;
};

/* Looks it up, to be read only. false after the error reply. */
bool zset_cmd_find(struct call *c, struct bt_slice key, struct zset_change *w);
/* From now on w->z may be changed, and is not NULL; may be called again. What
 * was found in it stays where it is. false after the error reply. */
bool zset_cmd_begin(struct call *c, struct zset_change *w);
/* After the last change; says `event`, and "del" when nothing is left. false
 * after an error reply. */
bool zset_cmd_end(struct call *c, struct zset_change *w, const char *event);
/* As zset_cmd_end, when memory ran out in between; the error is replied. */
void zset_cmd_fail(struct call *c, struct zset_change *w);

struct zset_limits zset_cmd_limits(struct call *c);
/* Makes z (taken; it may be empty) the value of key, whatever was there, and
 * replies how many members it has. */
void zset_cmd_store(struct call *c, struct bt_slice key, struct zset *z,
                    const char *event);

/* Reply of n members from this rank on, forth or back. In RESP3 a score makes
 * a pair of the member and itself. */
void zset_cmd_reply(struct call *c, const struct zset *z, size_t rank, size_t n,
                    bool back, bool scores);
void zset_cmd_item(struct resp_reply *out, const struct zset_item *item,
                   bool pair);

#endif
