/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/pack.h -- small collections and pieces of lists: byte strings one behind
 * another in one block of memory.
 *
 * Purpose    The compact form. A string costs its bytes and two more (up to 63
 *            bytes long), an integer in its shortest decimal form two to ten.
 *            Walkable both ways; what is in the middle is found by walking, and
 *            changed by moving what is behind it: keep packs short.
 * Threads    As the value that it is part of: one at a time.
 * Positions  Byte offsets, PACK_NONE at either end. Any change to a pack makes
 *            positions behind the place of the change void, and all slices into
 *            it.
 * Ownership  What is given is copied, and must not lie in the pack itself.
 *            Functions that may move the block take its address.
 * Errors     Adding: 0, -ENOMEM or -EFBIG, the pack as it was. Removing cannot
 *            fail.
 * Limits     PACK_MAX bytes with all overhead.
 * Memory     Of base/mem.h. The block's size follows from the bytes used: a
 *            multiple of 16, and above BT_SLAB_MAX of an eighth of the power of
 *            two below, so that adding one by one costs O(1) on average.
 */
#ifndef BATON_TYPE_PACK_H
#define BATON_TYPE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define PACK_NONE UINT32_MAX
#define PACK_MAX  (UINT32_C(3) << 30)
#define PACK_TEXT 24 /* room for any integer */

struct pack {
    uint32_t used; /* bytes of b in use */
    uint32_t count : 31;
    uint32_t large : 1; /* could not be moved into a small block */
    unsigned char b[];
};

/* An element as it is kept: bytes, or (p is NULL) an integer. */
struct pack_value {
    const char *p;
    size_t n;
    int64_t i;
};

/* ---- The whole ---- */
struct pack *pack_new(void); /* empty; NULL: out of memory */
struct pack *pack_copy(const struct pack *p);
void pack_free(struct pack *p); /* may be NULL */
/* Of memory, as bt_mem_size() counts. */
size_t pack_bytes(const struct pack *p);

static inline uint32_t pack_count(const struct pack *p)
{
    return p->count;
}

/* Bytes of all elements, as pack_cost() counts each. */
static inline uint32_t pack_used(const struct pack *p)
{
    return p->used;
}

/* What this element takes in a pack (more than PACK_MAX: too much for any). */
size_t pack_cost(struct bt_slice s);

/* ---- Walking ---- */
uint32_t pack_first(const struct pack *p);
uint32_t pack_last(const struct pack *p);
uint32_t pack_next(const struct pack *p, uint32_t at);
uint32_t pack_prev(const struct pack *p, uint32_t at);
/* Number i, from 0; negative: from the end, which is -1. From the nearer end. */
uint32_t pack_index(const struct pack *p, int64_t i);

/* ---- Reading ---- */
void pack_get(const struct pack *p, uint32_t at, struct pack_value *v);
/* As text, in the pack itself or, an integer, in buf. */
struct bt_slice pack_text(const struct pack *p, uint32_t at,
                          char buf[PACK_TEXT]);
bool pack_is(const struct pack *p, uint32_t at, struct bt_slice s);
/* How s would be kept: to compare it with many. It points to s's bytes. */
struct pack_value pack_value_of(struct bt_slice s);
bool pack_match(const struct pack *p, uint32_t at, const struct pack_value *v);
/* The first element from `from` on that is s, leaving out `skip` elements
 * between those that are looked at (1: only the fields of field, value, field,
 * value...). `from` may be PACK_NONE, and the result then too. */
uint32_t pack_find(const struct pack *p, uint32_t from, struct bt_slice s,
                   unsigned skip);

/* ---- Changing ---- */
/* The new element stands at `at`, in front of the one that was there; PACK_NONE:
 * at the end. */
int pack_insert(struct pack **pp, uint32_t at, struct bt_slice s);
int pack_append(struct pack **pp, struct bt_slice s);
/* Both or neither. */
int pack_append_pair(struct pack **pp, struct bt_slice a, struct bt_slice b);
int pack_prepend(struct pack **pp, struct bt_slice s);
int pack_replace(struct pack **pp, uint32_t at, struct bt_slice s);
/* Takes out n elements (or all there are) from `at` on; returns where those
 * behind them are now. */
uint32_t pack_remove(struct pack **pp, uint32_t at, uint32_t n);
/* Moves the elements from `at` on into a new pack. NULL: out of memory. */
struct pack *pack_split(struct pack **pp, uint32_t at);
/* Puts copies of all elements of `from` at the end of *pp. */
int pack_join(struct pack **pp, const struct pack *from);

/* True when every length in it leads where it should: for tests, and for bytes
 * that came from elsewhere. `size` is the whole block's. */
bool pack_sound(const struct pack *p, size_t size);

#endif
