/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/zset_pop.h -- taking members from either end of a sorted set, at once
 * or when there are some.
 *
 * Threads    zset_pop_take: any that has a locked tx; else as for commands.
 */
#ifndef BATON_COMMAND_ZSET_POP_H
#define BATON_COMMAND_ZSET_POP_H

#include "command/zset.h"

struct zset_pop {
    bool max;      /* from the end, backwards */
    size_t count;  /* at most */
    bool with_key; /* the key stands in front */
    bool nested;   /* an array of pairs, else all side by side */
};

/* Replies up to p->count (> 0) members of the sorted set e at key, and takes
 * them out. */
void zset_pop_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                   const struct db_entry *e, const struct zset_pop *p);

/* Where the keys of ZMPOP and its kin are, and what is to be done. `at` is the
 * argument that counts them. False after the error reply. */
struct zset_pop_keys {
    size_t first, n;
};
bool zset_pop_args(struct call *c, size_t at, struct zset_pop_keys *keys,
                   struct zset_pop *p);

/* The first of the keys that is there; *e is NULL when none is. False after the
 * error reply: it is no sorted set. */
bool zset_pop_find(struct call *c, const struct zset_pop_keys *keys,
                   struct bt_slice *key, const struct db_entry **e);

#endif
