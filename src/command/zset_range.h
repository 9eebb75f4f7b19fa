/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/zset_range.h -- ranges of sorted sets as arguments.
 *
 * Purpose    By rank, by score or by member: in each case a range of ranks of
 *            the set at hand.
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_ZSET_RANGE_H
#define BATON_COMMAND_ZSET_RANGE_H

#include "command/zset.h"

enum zset_by {
    BY_ANY, /* an option may still say it */
    BY_RANK,
    BY_SCORE,
    BY_LEX
};

struct zset_range {
    enum zset_by by;
    bool back;
    int64_t start, stop;    /* BY_RANK */
    struct zpoint from, to; /* BY_SCORE, BY_LEX */
    int64_t offset, limit;  /* limit < 0: none */
};

/* Reads both ends, given in the order of the set (by rank: of the reply). False
 * after the error reply. */
bool zset_range_ends(struct call *c, struct bt_slice first,
                     struct bt_slice last, struct zset_range *r);

/* How many members are in the range; *rank: of the first one to be taken, which
 * is the last one in the set when the range goes back. */
size_t zset_range_find(const struct zset *z, const struct zset_range *r,
                       size_t *rank);

#endif
