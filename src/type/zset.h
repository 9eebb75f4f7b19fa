/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/zset.h -- sorted sets: members with a score each, in order.
 *
 * Purpose    Small: one pack (type/zpack.h). Large: a hash table of the members
 *            and a tree of them in order (type/ztree.h). It becomes large when
 *            the limits say so and never small again, but by zset_compact.
 * Order      By score, then by the members' bytes; ranks begin at 0.
 * Threads    One at a time.
 * Ownership  What is given is copied, and what is shown lies in the set: good
 *            until its next change.
 * Errors     0 or -ENOMEM; the set is as it was then.
 */
#ifndef BATON_TYPE_ZSET_H
#define BATON_TYPE_ZSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "type/object.h"
#include "type/pack.h"
#include "type/ztree.h"

struct zset;

/* Up to which it is small: zset-max-listpack-entries, -value. */
struct zset_limits {
    size_t entries, value;
};

/* ---- The whole ---- */
struct zset *zset_new(void); /* empty, small */
static inline void zset_free(struct zset *z)
{
    zset_ops.free(z);
}

size_t zset_count(const struct zset *z);
/* Makes it small if the limits allow it. */
void zset_compact(struct zset *z, const struct zset_limits *l);

/* ---- One member ---- */

/* Where a member is, or would be; void after any change of the set. */
struct zset_place {
    struct bt_slice member;
    bool found;
    double score; /* found */
    /* The set's own. */
    uint32_t at, hash;
    struct zmember *m;
};
/* p->found. The bytes of the member must stay while the place is used. */
bool zset_find(const struct zset *z, struct bt_slice member,
               struct zset_place *p);
/* The first is for a member that was not found, the others for one that was. No
 * score is NaN. */
int zset_add(struct zset *z, const struct zset_place *p, double score,
             const struct zset_limits *l);
int zset_move(struct zset *z, const struct zset_place *p, double score);
void zset_remove(struct zset *z, const struct zset_place *p);

/* ---- In order ---- */

/* How many members are before the point: a rank. */
size_t zset_before(const struct zset *z, const struct zpoint *p);
size_t zset_rank(const struct zset *z, const struct zset_place *p);

struct zset_item {
    struct bt_slice member; /* good until the walk goes on */
    double score;
};
struct zset_walk {
    const struct zset *z;
    bool back;
    uint32_t at;
    struct ztree_place place;
    char text[PACK_TEXT];
};
/* From the member of this rank on, forth or back. */
void zset_walk(const struct zset *z, size_t rank, bool back,
               struct zset_walk *w);
/* False: there are no more. */
bool zset_next(struct zset_walk *w, struct zset_item *item);

/* Takes out n members from this rank on; they are there. */
void zset_remove_ranks(struct zset *z, size_t rank, size_t n);

/* ---- In any order ---- */

/* As dict_scan(); a small set is visited as a whole. */
typedef void zset_scan_fn(void *arg, const struct zset_item *item);
uint64_t zset_scan(const struct zset *z, uint64_t cursor, size_t count,
                   zset_scan_fn *fn, void *arg);
bool zset_is_small(const struct zset *z);

/* For tests: everything is as the rules say. */
bool zset_sound(const struct zset *z);

#endif
