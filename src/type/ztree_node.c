/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/ztree_node.h"

#include <errno.h>

#include "base/check.h"
#include "base/mem.h"

struct ztree_leaf *ztree_leaf_new(struct ztree *t)
{
    struct ztree_leaf *l = bt_mem_get(sizeof *l);

    if (l) {
        l->node.n = 0;
        l->prev = l->next = NULL;
        t->leaves++;
    }
    return l;
}

struct ztree_inner *ztree_inner_new(struct ztree *t)
{
    struct ztree_inner *in = bt_mem_get(sizeof *in);

    if (in) {
        in->node.n = 0;
        t->inners++;
    }
    return in;
}

void ztree_leaf_free(struct ztree *t, struct ztree_leaf *l)
{
    if (l->prev) {
        l->prev->next = l->next;
    }
    if (l->next) {
        l->next->prev = l->prev;
    }
    t->leaves--;
    bt_mem_put(l, sizeof *l);
}

void ztree_inner_free(struct ztree *t, struct ztree_inner *in)
{
    t->inners--;
    bt_mem_put(in, sizeof *in);
}

/* ---- Parts of inner nodes ---- */

/* Moves n children from one node to the place `at` of another; those are cut
 * out of the first. */
static void inner_move(struct ztree_inner *from, unsigned i, unsigned n,
                       struct ztree_inner *to, unsigned at)
{
    memcpy(&to->count[at], &from->count[i], n * sizeof to->count[0]);
    memcpy(&to->child[at], &from->child[i], n * sizeof(void *));
    memcpy(&to->key[at], &from->key[i], n * sizeof to->key[0]);
    to->node.n += n;
    from->node.n -= n;
}

/* Makes a hole for a child at i, or (by -1) closes one. */
static void inner_shift(struct ztree_inner *in, unsigned i, int by)
{
    unsigned from = by > 0 ? i : i + 1, to = by > 0 ? i + 1 : i;
    unsigned n = in->node.n - from;

    memmove(&in->count[to], &in->count[from], n * sizeof in->count[0]);
    memmove(&in->child[to], &in->child[from], n * sizeof in->child[0]);
    memmove(&in->key[to], &in->key[from], n * sizeof in->key[0]);
    in->node.n = (uint32_t)((int)in->node.n + by);
}

/* Puts right what a node says of its child. height: of the child. */
static void refresh(struct ztree_inner *in, unsigned i, unsigned height)
{
    const struct ztree_node *c = in->child[i];

    if (height == 1) {
        in->key[i] = ((const struct ztree_leaf *)c)->key[0];
        in->count[i] = c->n;
        return;
    }
    in->key[i] = ((const struct ztree_inner *)c)->key[0];
    in->count[i] = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        in->count[i] += ((const struct ztree_inner *)c)->count[k];
    }
}

/* ---- Splitting ---- */

static struct ztree_node *leaf_split(struct ztree *t, struct ztree_leaf *l,
                                     unsigned keep)
{
    struct ztree_leaf *r = ztree_leaf_new(t);

    if (!r) {
        return NULL;
    }
    r->node.n = l->node.n - keep;
    memcpy(r->key, &l->key[keep], r->node.n * sizeof r->key[0]);
    l->node.n = keep;
    r->prev = l;
    r->next = l->next;
    if (r->next) {
        r->next->prev = r;
    }
    l->next = r;
    return &r->node;
}

static struct ztree_node *inner_split(struct ztree *t, struct ztree_inner *l,
                                      unsigned keep)
{
    struct ztree_inner *r = ztree_inner_new(t);

    if (!r) {
        return NULL;
    }
    inner_move(l, keep, l->node.n - keep, r, 0);
    return &r->node;
}

/* Splits the full child i of a node that has room. Where keys come in order,
 * at one end, the nodes that are left behind stay full. height: of the child. */
int ztree_split(struct ztree *t, struct ztree_inner *in, unsigned i,
                unsigned height, const struct zpoint *p)
{
    struct ztree_node *c = in->child[i], *right;
    const struct zkey *key =
        height == 1 ? ztree_as_leaf(c)->key : ztree_as_inner(c)->key;
    unsigned keep = c->n / 2;

    if (i + 1 == in->node.n && zkey_before(&key[c->n - 1], p)) {
        keep = c->n - 1;
    } else if (i == 0 && !zkey_before(&key[0], p)) {
        keep = 1;
    }
    right = height == 1 ? leaf_split(t, ztree_as_leaf(c), keep)
                        : inner_split(t, ztree_as_inner(c), keep);
    if (!right) {
        return -ENOMEM;
    }
    inner_shift(in, i + 1, 1);
    in->child[i + 1] = right;
    refresh(in, i, height);
    refresh(in, i + 1, height);
    return 0;
}

/* A new root above the old one. */
int ztree_grow(struct ztree *t)
{
    struct ztree_inner *in = ztree_inner_new(t);

    if (!in) {
        return -ENOMEM;
    }
    bt_assert(t->height < ZTREE_MAX_HEIGHT);
    in->node.n = 1;
    in->child[0] = t->root;
    refresh(in, 0, t->height);
    t->root = &in->node;
    t->height++;
    return 0;
}

/* ---- Merging ---- */

void ztree_drop(struct ztree *t, struct ztree_inner *in, unsigned i,
                unsigned height)
{
    if (height == 1) {
        ztree_leaf_free(t, ztree_as_leaf(in->child[i]));
    } else {
        ztree_inner_free(t, ztree_as_inner(in->child[i]));
    }
    inner_shift(in, i, -1);
}

/* The right one of two neighbours into the left one, if both fit. */
static void merge(struct ztree *t, struct ztree_inner *in, unsigned left,
                  unsigned height)
{
    struct ztree_node *l = in->child[left], *r = in->child[left + 1];
    unsigned room = height == 1 ? ZTREE_LEAF_KEYS : ZTREE_INNER_KEYS;

    if (l->n + r->n > room) {
        return;
    }
    if (height == 1) {
        memcpy(&ztree_as_leaf(l)->key[l->n], ztree_as_leaf(r)->key,
               r->n * sizeof(struct zkey));
        l->n += r->n;
    } else {
        inner_move(ztree_as_inner(r), 0, r->n, ztree_as_inner(l), l->n);
    }
    ztree_drop(t, in, left + 1, height);
    refresh(in, left, height);
}

void ztree_join(struct ztree *t, struct ztree_inner *in, unsigned i,
                unsigned height)
{
    if (i + 1 < in->node.n) {
        merge(t, in, i, height);
    } else if (i > 0) {
        merge(t, in, i - 1, height);
    }
}
