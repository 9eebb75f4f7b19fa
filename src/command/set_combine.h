/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/set_combine.h -- intersections, unions and differences of sets.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_SET_COMBINE_H
#define BATON_COMMAND_SET_COMBINE_H

#include <stdbool.h>
#include <stddef.h>

#include "command/set.h"

#define SET_FEW 16

struct set_several {
    size_t n;
    size_t missing; /* keys that are not there: NULL in `set` */
    const struct set **set;
    const struct set *few[SET_FEW];
};

/* Those at argv[first] and behind. False after the error reply: then there is
 * nothing to free. */
bool set_several_find(struct call *c, struct set_several *s, size_t first,
                      size_t n);
void set_several_fini(struct set_several *s);

/* Where members go. */
struct set_result {
    struct scan_found *found; /* a list, or */
    struct set *set;          /* a set, NULL before the first member, or */
    size_t n;                 /* only counted, up to */
    size_t limit;
    bool counted;
    bool failed; /* out of memory */
    struct set_limits limits;
};

enum set_way {
    SET_INTERSECT,
    SET_UNITE, /* into a set */
    SET_SUBTRACT
};

/* Changes the order of the sets. */
void set_combine(enum set_way way, struct set_several *s, struct set_result *r);

#endif
