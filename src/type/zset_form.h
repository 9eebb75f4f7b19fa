/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/zset_form.h -- the forms of a sorted set (inside type/zset*.c only).
 *
 * Threads    As the set.
 * Ownership  A set owns what lies below it, the table of a large one its
 *            members; the tree only refers to them.
 */
#ifndef BATON_TYPE_ZSET_FORM_H
#define BATON_TYPE_ZSET_FORM_H

#include "type/table.h"
#include "type/zpack.h"
#include "type/zset.h"

struct zlarge {
    struct table table;
    struct ztree tree;
};

struct zset {
    struct pack *pack; /* NULL: large */
    struct zlarge *large;
};

void zset_large_remove(struct zlarge *l, struct zmember *m);

#endif
