/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/ztree_sound.c -- for tests: does a tree keep its rules?
 */
#include "type/ztree_node.h"

struct walk {
    const struct ztree_leaf *leaf; /* the last one */
    const struct zkey *key;        /* the last one */
    uint32_t leaves, inners;
    bool sound;
};

static void walk_leaf(struct walk *w, const struct ztree_leaf *l)
{
    w->sound &=
        l->node.n > 0 && l->node.n <= ZTREE_LEAF_KEYS && l->prev == w->leaf;
    w->sound &= !w->leaf || w->leaf->next == l;
    for (uint32_t i = 0; i < l->node.n; i++) {
        struct zpoint p = zkey_behind(l->key[i]);

        w->sound &= l->key[i].m->score == l->key[i].score;
        p.after = false;
        w->sound &= !w->key || zkey_before(w->key, &p);
        w->key = &l->key[i];
    }
    w->leaf = l;
    w->leaves++;
}

static uint32_t walk_node(struct walk *w, struct ztree_node *n, unsigned height)
{
    uint32_t count = 0;

    if (height == 1) {
        walk_leaf(w, ztree_as_leaf(n));
        return n->n;
    }
    w->inners++;
    w->sound &= n->n > 0 && n->n <= ZTREE_INNER_KEYS;
    for (uint32_t i = 0; w->sound && i < n->n; i++) {
        const struct ztree_inner *in = ztree_as_inner(n);
        const struct zkey *first = ztree_first_key(in, i, height - 1);
        uint32_t below = walk_node(w, in->child[i], height - 1);

        w->sound &= in->key[i].m == first->m;
        w->sound &= in->key[i].score == first->score && in->count[i] == below;
        count += below;
    }
    return count;
}

bool ztree_sound(const struct ztree *t)
{
    struct walk w = {.sound = true};
    uint32_t count = t->root ? walk_node(&w, t->root, t->height) : 0;

    return w.sound && count == t->count && w.leaves == t->leaves &&
           w.inners == t->inners && (!w.leaf || !w.leaf->next) &&
           (t->height > 1 ? t->root->n > 1 : true);
}
