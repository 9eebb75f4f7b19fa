/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/dict_room.h -- the buckets of a dict (inside type/dict*.c only).
 *
 * Purpose    Buckets lie in segments of one size, but for the first, which alone
 *            comes in several sizes. A directory leads to them.
 * Threads    As the dict.
 * Ownership  A dict owns its segments and its directory.
 */
#ifndef BATON_TYPE_DICT_ROOM_H
#define BATON_TYPE_DICT_ROOM_H

#include "type/dict.h"

#define DICT_SEGMENT_BITS  10 /* 8 KB: quickly zeroed, and quickly copied */
#define DICT_SEGMENT_SIZE  ((size_t)1 << DICT_SEGMENT_BITS)
#define DICT_SEGMENT_BYTES (DICT_SEGMENT_SIZE * sizeof(struct dict_node *))
#define DICT_FIRST_SIZE    ((size_t)16) /* buckets of a new dict */

static inline struct dict_node **dict_bucket(const struct dict *d, size_t i)
{
    return &d->segment[i >> DICT_SEGMENT_BITS][i & (DICT_SEGMENT_SIZE - 1)];
}

/* Is there room for bucket number n_buckets? */
static inline bool dict_has_room(const struct dict *d)
{
    return d->n_buckets < (d->n_segments == 1
                               ? d->first_size
                               : d->n_segments * DICT_SEGMENT_SIZE);
}

/* Is some of it to be given back? Later than it could be, so that a dict whose
 * size goes up and down does not give and take all the time. */
static inline bool dict_has_spare(const struct dict *d)
{
    if (d->n_segments == 1) {
        return d->first_size > DICT_FIRST_SIZE &&
               d->n_buckets <= d->first_size / 4;
    }
    return d->n_buckets + DICT_SEGMENT_SIZE / 2 <=
           (d->n_segments - 1) * DICT_SEGMENT_SIZE;
}

/* For the first buckets. False: out of memory. */
bool dict_room_begin(struct dict *d);
/* There is no room; likewise. */
bool dict_room_more(struct dict *d);
/* There is some to spare: gives a segment back, or half of the only one. */
void dict_room_less(struct dict *d);
/* Gives back all. */
void dict_room_end(struct dict *d);

#endif
