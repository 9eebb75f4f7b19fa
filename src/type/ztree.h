/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/ztree.h -- the members of a large sorted set in order: a B+tree whose
 * inner nodes know how many members lie below each child.
 *
 * Purpose    Rank, insertion, removal and the start of any range in O(log n),
 *            with few cache misses: a leaf holds the scores of its members side
 *            by side, and a member's bytes are read only where scores are equal.
 * Order      By score, then by the members' bytes, as memcmp does. No score is
 *            NaN; -0 equals 0.
 * Places     Everything is asked by rank: ztree_before tells how many members
 *            lie before a point, ztree_at goes to a rank. A range of scores or
 *            of members is a range of ranks.
 * Threads    One at a time.
 * Ownership  The members are the caller's.
 * Errors     -ENOMEM leaves the tree as it was.
 */
#ifndef BATON_TYPE_ZTREE_H
#define BATON_TYPE_ZTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "type/dict.h"

struct zmember {
    struct dict_node node; /* of whoever owns it; key_n: the member's bytes */
    double score;
    char p[];
};

/* Between two members of any set. */
struct zpoint {
    double score;
    bool lex;               /* the scores do not count: they are all the same */
    bool after;             /* behind what is equal, else in front of it */
    struct bt_slice member; /* p NULL: equal scores are enough */
};

struct ztree_leaf;
struct ztree_node;

struct ztree {
    struct ztree_node *root; /* NULL: empty */
    uint32_t count, height;  /* 1: the root is a leaf */
    uint32_t leaves, inners; /* nodes, for ztree_bytes */
};

/* A place in the order; void after a change. */
struct ztree_place {
    const struct ztree_leaf *leaf; /* NULL: outside */
    unsigned i;
};

#define ZTREE_MAX UINT32_MAX

void ztree_init(struct ztree *t);
void ztree_fini(struct ztree *t); /* the nodes; the tree is empty then */
size_t ztree_bytes(const struct ztree *t);

/* The member must not be there. 0 or -ENOMEM. */
int ztree_insert(struct ztree *t, const struct zmember *m);
/* The member must be there, with its score. */
void ztree_remove(struct ztree *t, const struct zmember *m);
/* Gives it another score, also in *m. 0 or -ENOMEM. */
int ztree_move(struct ztree *t, struct zmember *m, double score);

size_t ztree_before(const struct ztree *t, const struct zpoint *p);
struct ztree_place ztree_at(const struct ztree *t, size_t rank);
/* NULL: outside. */
const struct zmember *ztree_member(const struct ztree_place *p);
void ztree_next(struct ztree_place *p);
void ztree_prev(struct ztree_place *p);

/* As memcmp; of two where one begins with the other, the longer is behind. */
static inline int zmember_compare(struct bt_slice a, struct bt_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static inline struct bt_slice zmember_slice(const struct zmember *m)
{
    return bt_slice(m->p, m->node.key_n);
}

/* Is such a member in front of the point, its scores being decided? */
static inline bool zpoint_follows_member(const struct zpoint *p,
                                         struct bt_slice member)
{
    int c;

    if (!p->member.p) {
        return p->after;
    }
    c = zmember_compare(member, p->member);
    return c < 0 || (c == 0 && p->after);
}

/* For tests: the tree is what the rules say. */
bool ztree_sound(const struct ztree *t);

#endif
