/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/list.h -- a list of byte strings.
 *
 * Purpose    A small list is one pack (type/pack.h), a larger one a chain of
 *            nodes of a pack each. O(1) at the ends, O(nodes) to an index, then
 *            a walk through one pack.
 * Threads    See type/object.h.
 * Positions  struct list_at; void after any change but the one that returns a
 *            new one.
 * Errors     Adding: 0, -ENOMEM or -EFBIG, the list as it was. Removing cannot
 *            fail.
 * Limits     `fill`, as list-max-listpack-size has it, bounds a pack: so many
 *            elements (and 8 KB), or -1 to -5: 4, 8, 16, 32, 64 KB. An element
 *            that is too large for any has a node of its own.
 */
#ifndef BATON_TYPE_LIST_H
#define BATON_TYPE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "type/object.h"
#include "type/pack.h"

struct list;
struct list_node;

enum list_end {
    LIST_HEAD,
    LIST_TAIL
};

/* Where an element is; pack NULL: nowhere, behind either end. */
struct list_at {
    struct list_node *node; /* NULL in a small list */
    const struct pack *pack;
    uint32_t at;
};

/* ---- The whole ---- */
struct list *list_new(int fill);
static inline void list_free(struct list *l)
{
    list_ops.free(l);
}

size_t list_count(const struct list *l);
/* The limit from now on. */
void list_set_fill(struct list *l, int fill);

/* ---- Reading ---- */
/* The first or last element. */
struct list_at list_end_at(const struct list *l, enum list_end end);
/* Element i, from 0; negative: from the end. */
struct list_at list_index(const struct list *l, int64_t i);
void list_next(struct list_at *at);
void list_prev(struct list_at *at);

static inline bool list_at_is(const struct list_at *at)
{
    return at->pack != NULL;
}

static inline void list_get(const struct list_at *at, struct pack_value *v)
{
    pack_get(at->pack, at->at, v);
}

static inline bool list_is(const struct list_at *at, const struct pack_value *v)
{
    return pack_match(at->pack, at->at, v);
}

/* ---- Changing ---- */
/* s must not lie in this list. */
int list_push(struct list *l, enum list_end end, struct bt_slice s);
int list_insert(struct list *l, struct list_at at, bool after,
                struct bt_slice s);
int list_replace(struct list *l, struct list_at at, struct bt_slice s);
/* Takes out the element and steps on to the next one (or, back, to the one
 * before). */
void list_remove(struct list *l, struct list_at *at, bool back);
/* Takes out elements `from` to `from + n`, which are there. */
void list_cut(struct list *l, size_t from, size_t n);
/* After elements went: a chain that has become short is a pack again. */
void list_shrink(struct list *l);

#endif
