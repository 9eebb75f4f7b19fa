/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/zpack.h -- a small sorted set: one pack of member, score, member,
 * score... in order (inside type/ only).
 *
 * Score      An integer, where it is one, else nine bytes: a zero, so that they
 *            look like no number, and the double as it lies in memory. Like in
 *            Redis, -0 becomes 0.
 * Threads, Ownership, Errors    As type/pack.h.
 */
#ifndef BATON_TYPE_ZPACK_H
#define BATON_TYPE_ZPACK_H

#include "type/pack.h"
#include "type/ztree.h"

/* The score of the member at `at`; and the place of the next one, or
 * PACK_NONE. */
uint32_t zpack_get(const struct pack *p, uint32_t at, double *score);
/* Where the member is; PACK_NONE: not there. */
uint32_t zpack_find(const struct pack *p, struct bt_slice member);
/* How many members are before the point; *at: the first that is not, or
 * PACK_NONE. */
size_t zpack_before(const struct pack *p, const struct zpoint *point,
                    uint32_t *at);
/* Where the member of this rank is; PACK_NONE: outside. */
uint32_t zpack_at(const struct pack *p, size_t rank);
uint32_t zpack_prev(const struct pack *p, uint32_t at);
/* A member that is not there. */
int zpack_insert(struct pack **pp, struct bt_slice member, double score);
/* One that is behind all others. */
int zpack_append(struct pack **pp, struct bt_slice member, double score);
/* Gives the member, which is at `at`, another score. */
int zpack_move(struct pack **pp, uint32_t at, struct bt_slice member,
               double score);
void zpack_remove(struct pack **pp, uint32_t at, uint32_t n);

#endif
