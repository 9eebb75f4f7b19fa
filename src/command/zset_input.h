/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/zset_input.h -- what ZUNION, ZINTER and ZDIFF are given: sorted sets,
 * and sets, whose members all have the score 1.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_ZSET_INPUT_H
#define BATON_COMMAND_ZSET_INPUT_H

#include "command/zset.h"
#include "type/set.h"

struct zset_input {
    const struct zset *z; /* both NULL: there is no such key */
    const struct set *set;
    double weight;
    size_t count, number; /* number: as they were given */
};

/* What there is at key. False after the error reply: something else. */
bool zset_input_open(struct call *c, struct bt_slice key,
                     struct zset_input *in);

/* Fewest members first; those with as many stay in order. */
void zset_input_sort(struct zset_input *in, size_t n);

bool zset_input_find(const struct zset_input *in, struct bt_slice member,
                     double *score);

/* Shows all members until fn says false; then it says false too. */
typedef bool zset_input_fn(void *arg, const struct zset_item *item);
bool zset_input_each(const struct zset_input *in, zset_input_fn *fn, void *arg);

#endif
