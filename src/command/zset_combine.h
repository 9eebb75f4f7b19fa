/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/zset_combine.h -- unions, intersections and differences of sorted
 * sets, and of sets beside them.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_ZSET_COMBINE_H
#define BATON_COMMAND_ZSET_COMBINE_H

#include <stdbool.h>
#include <stddef.h>

#include "command/zset_input.h"

enum zset_operation {
    ZSET_UNION,
    ZSET_INTER,
    ZSET_DIFF
};

enum zset_aggregate {
    ZSET_SUM,
    ZSET_MIN,
    ZSET_MAX
};

struct zset_combine {
    enum zset_operation op;
    bool store, only_count;
    enum zset_aggregate aggregate;
    bool scores;
    size_t limit; /* only_count; 0: none */
    struct zset_input *in;
    size_t n_in;
    /* The result. */
    struct zset *z; /* the caller's to free; NULL with only_count */
    size_t count;
    bool no_memory;
};

/* Changes the order of the inputs. */
void zset_combine(struct zset_combine *k);

#endif
