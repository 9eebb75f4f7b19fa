/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/ztree_rank.c -- from points to ranks, and from ranks to members.
 */
#include "type/ztree_node.h"

/* ---- Ranks ---- */

/* How many of the keys are before the point. */
unsigned zkeys_before(const struct zkey *key, unsigned n,
                      const struct zpoint *p)
{
    unsigned from = 0;

    while (from < n) {
        unsigned mid = (from + n) / 2;

        if (zkey_before(&key[mid], p)) {
            from = mid + 1;
        } else {
            n = mid;
        }
    }
    return from;
}

size_t ztree_before(const struct ztree *t, const struct zpoint *p)
{
    struct ztree_node *n = t->root;
    size_t before = 0;

    if (!n) {
        return 0;
    }
    for (unsigned h = t->height; h > 1; h--) {
        struct ztree_inner *in = ztree_as_inner(n);
        unsigned c = ztree_child_of(in, p);

        for (unsigned i = 0; i < c; i++) {
            before += in->count[i];
        }
        n = in->child[c];
    }
    return before + zkeys_before(ztree_as_leaf(n)->key, n->n, p);
}

/* ---- Places ---- */

struct ztree_place ztree_at(const struct ztree *t, size_t rank)
{
    struct ztree_node *n = t->root;

    if (rank >= t->count) {
        return (struct ztree_place){NULL, 0};
    }
    for (unsigned h = t->height; h > 1; h--) {
        struct ztree_inner *in = ztree_as_inner(n);
        unsigned i = 0;

        while (rank >= in->count[i]) {
            rank -= in->count[i++];
        }
        n = in->child[i];
    }
    return (struct ztree_place){ztree_as_leaf(n), (unsigned)rank};
}

const struct zmember *ztree_member(const struct ztree_place *p)
{
    return p->leaf ? p->leaf->key[p->i].m : NULL;
}

void ztree_next(struct ztree_place *p)
{
    if (++p->i == p->leaf->node.n) {
        p->leaf = p->leaf->next;
        p->i = 0;
    }
}

void ztree_prev(struct ztree_place *p)
{
    if (p->i-- == 0) {
        p->leaf = p->leaf->prev;
        p->i = p->leaf ? p->leaf->node.n - 1 : 0;
    }
}
