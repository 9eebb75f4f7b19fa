/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/ztree_node.h -- the nodes of a tree (inside type/ztree*.c only).
 *
 * Purpose    Every node knows the least key of each child and how many members
 *            lie below it; both are put right on the way up from a leaf.
 * Threads    As the tree.
 * Ownership  A node owns its children, the tree its root.
 * Heights    1 is a leaf; `height` beside a child is the child's.
 */
#ifndef BATON_TYPE_ZTREE_NODE_H
#define BATON_TYPE_ZTREE_NODE_H

#include "type/ztree.h"

#define ZTREE_LEAF_KEYS  30
#define ZTREE_INNER_KEYS 32
#define ZTREE_MAX_HEIGHT                                                       \
    24 /* more than ZTREE_MAX members need, thinly spread */

struct zkey {
    double score;
    const struct zmember *m;
};

struct ztree_node {
    uint32_t n; /* never 0 in a tree */
};

struct ztree_leaf {
    struct ztree_node node;
    struct ztree_leaf *prev, *next;
    struct zkey key[ZTREE_LEAF_KEYS];
};

struct ztree_inner {
    struct ztree_node node;
    uint32_t count[ZTREE_INNER_KEYS]; /* members below each child */
    struct ztree_node *child[ZTREE_INNER_KEYS];
    struct zkey key[ZTREE_INNER_KEYS]; /* the least of each child */
};

static inline struct ztree_leaf *ztree_as_leaf(struct ztree_node *n)
{
    return (struct ztree_leaf *)n;
}

static inline struct ztree_inner *ztree_as_inner(struct ztree_node *n)
{
    return (struct ztree_inner *)n;
}

/* ---- Keys ---- */

static inline bool zkey_before(const struct zkey *k, const struct zpoint *p)
{
    if (!p->lex && k->score != p->score) {
        return k->score < p->score;
    }
    return zpoint_follows_member(p, zmember_slice(k->m));
}

/* Behind the key, if it is there. */
static inline struct zpoint zkey_behind(struct zkey key)
{
    return (struct zpoint){
        .score = key.score, .after = true, .member = zmember_slice(key.m)};
}

/* How many of the keys are before the point. */
unsigned zkeys_before(const struct zkey *key, unsigned n,
                      const struct zpoint *p);

/* The child in which the point lies. */
static inline unsigned ztree_child_of(const struct ztree_inner *in,
                                      const struct zpoint *p)
{
    unsigned n = zkeys_before(in->key, in->node.n, p);

    return n > 0 ? n - 1 : 0;
}

static inline const struct zkey *ztree_first_key(const struct ztree_inner *in,
                                                 unsigned i, unsigned height)
{
    struct ztree_node *c = in->child[i];

    return height == 1 ? ztree_as_leaf(c)->key : ztree_as_inner(c)->key;
}

/* ---- Nodes ---- */

struct ztree_leaf *ztree_leaf_new(struct ztree *t); /* empty; NULL: no memory */
void ztree_leaf_free(struct ztree *t, struct ztree_leaf *l); /* and its links */
struct ztree_inner *ztree_inner_new(struct ztree *t);        /* likewise */
void ztree_inner_free(struct ztree *t, struct ztree_inner *in);

/* ---- Balance: full nodes are split, small ones merged ---- */

static inline bool ztree_is_full(const struct ztree_node *n, unsigned height)
{
    return n->n == (height == 1 ? ZTREE_LEAF_KEYS : ZTREE_INNER_KEYS);
}

/* Splits the full child i of a node that has room, for a key at the point. 0 or
 * -ENOMEM, and then nothing has changed. */
int ztree_split(struct ztree *t, struct ztree_inner *in, unsigned i,
                unsigned height, const struct zpoint *p);
/* A new root above the old one; likewise. */
int ztree_grow(struct ztree *t);
/* Takes the child i, which was emptied, out of its node. */
void ztree_drop(struct ztree *t, struct ztree_inner *in, unsigned i,
                unsigned height);
/* Merges the child i with a neighbour, if both fit into one node. */
void ztree_join(struct ztree *t, struct ztree_inner *in, unsigned i,
                unsigned height);

#endif
