/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/ztree.c -- a tree as a whole, and what changes it.
 *
 * On the way down full nodes are split before they are entered, so that an
 * insertion that runs out of memory leaves a sound tree behind. A node that
 * becomes small is merged with its neighbour where both fit into one, and is
 * never left empty.
 */
#include "type/ztree.h"

#include <errno.h>

#include "base/check.h"
#include "base/mem.h"
#include "type/ztree_node.h"

/* The way from the root to a leaf: the child that was taken in each node. */
struct path {
    unsigned n;
    struct step {
        struct ztree_inner *node;
        unsigned i;
    } step[ZTREE_MAX_HEIGHT];
};

/* ---- The whole ---- */

/* height: of the node, 1 = a leaf. */
static void node_free(struct ztree *t, struct ztree_node *n, unsigned height)
{
    if (height == 1) {
        ztree_leaf_free(t, ztree_as_leaf(n));
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        node_free(t, ztree_as_inner(n)->child[i], height - 1);
    }
    ztree_inner_free(t, ztree_as_inner(n));
}

void ztree_init(struct ztree *t)
{
    *t = (struct ztree){.root = NULL};
}

void ztree_fini(struct ztree *t)
{
    if (t->root) {
        node_free(t, t->root, t->height);
    }
    ztree_init(t);
}

size_t ztree_bytes(const struct ztree *t)
{
    return t->leaves * bt_mem_size(sizeof(struct ztree_leaf)) +
           t->inners * bt_mem_size(sizeof(struct ztree_inner));
}

/* ---- Ways down and up ---- */

static inline struct ztree_leaf *descend(const struct ztree *t,
                                         const struct zpoint *p,
                                         struct path *path)
{
    struct ztree_node *n = t->root;

    path->n = 0;
    for (unsigned h = t->height; h > 1; h--) {
        struct ztree_inner *in = ztree_as_inner(n);
        unsigned i = ztree_child_of(in, p);

        path->step[path->n++] = (struct step){in, i};
        n = in->child[i];
    }
    return ztree_as_leaf(n);
}

/* As descend, but there is room in all nodes on the way. NULL: no memory. */
static struct ztree_leaf *descend_with_room(struct ztree *t,
                                            const struct zpoint *p,
                                            struct path *path)
{
    struct ztree_node *n;

    if (ztree_is_full(t->root, t->height) && ztree_grow(t) != 0) {
        return NULL;
    }
    n = t->root;
    path->n = 0;
    for (unsigned h = t->height - 1; h >= 1; h--) {
        struct ztree_inner *in = ztree_as_inner(n);
        unsigned i = ztree_child_of(in, p);

        if (ztree_is_full(in->child[i], h)) {
            if (ztree_split(t, in, i, h, p) != 0) {
                return NULL;
            }
            i = ztree_child_of(in, p);
        }
        path->step[path->n++] = (struct step){in, i};
        n = in->child[i];
    }
    return ztree_as_leaf(n);
}

/* Tells the nodes above a leaf that it has so many members more, and what its
 * least one is. */
static void climb(const struct path *path, int by)
{
    for (unsigned k = path->n, height = 1; k > 0; k--, height++) {
        const struct step *s = &path->step[k - 1];

        s->node->count[s->i] = (uint32_t)((int64_t)s->node->count[s->i] + by);
        s->node->key[s->i] = *ztree_first_key(s->node, s->i, height);
    }
}

/* ---- Insertion ---- */

static void leaf_insert(struct ztree_leaf *l, unsigned i, struct zkey key)
{
    memmove(&l->key[i + 1], &l->key[i], (l->node.n - i) * sizeof key);
    l->key[i] = key;
    l->node.n++;
}

static int insert_key(struct ztree *t, struct zkey key)
{
    struct zpoint p = zkey_behind(key);
    struct ztree_leaf *l;
    struct path path;

    if (t->count == ZTREE_MAX) {
        return -ENOMEM;
    }
    if (!t->root) {
        l = ztree_leaf_new(t);
        if (!l) {
            return -ENOMEM;
        }
        t->root = &l->node;
        t->height = 1;
        path.n = 0;
    } else {
        l = descend_with_room(t, &p, &path);
        if (!l) {
            return -ENOMEM;
        }
    }
    leaf_insert(l, zkeys_before(l->key, l->node.n, &p), key);
    climb(&path, 1);
    t->count++;
    return 0;
}

int ztree_insert(struct ztree *t, const struct zmember *m)
{
    return insert_key(t, (struct zkey){m->score, m});
}

/* ---- Removal ---- */

static void leaf_remove(struct ztree_leaf *l, unsigned i)
{
    l->node.n--;
    memmove(&l->key[i], &l->key[i + 1], (l->node.n - i) * sizeof l->key[0]);
}

/* After the child i became smaller. height: of the child. */
static void tidy(struct ztree *t, struct ztree_inner *in, unsigned i,
                 unsigned height)
{
    uint32_t n = in->child[i]->n;

    if (n == 0) {
        ztree_drop(t, in, i, height);
        return;
    }
    in->key[i] = *ztree_first_key(in, i, height);
    in->count[i]--;
    if (n < ZTREE_LEAF_KEYS / 4) {
        ztree_join(t, in, i, height);
    }
}

/* The root gives way to its only child. */
static void shrink(struct ztree *t)
{
    while (t->height > 1 && t->root->n == 1) {
        struct ztree_inner *in = ztree_as_inner(t->root);

        t->root = in->child[0];
        t->height--;
        ztree_inner_free(t, in);
    }
    if (t->count == 0) {
        ztree_fini(t);
    }
}

static void remove_key(struct ztree *t, struct zkey key)
{
    struct zpoint p = zkey_behind(key);
    struct path path;
    struct ztree_leaf *l = descend(t, &p, &path);
    unsigned i = zkeys_before(l->key, l->node.n, &p);

    bt_assert(i > 0 && l->key[i - 1].m == key.m);
    leaf_remove(l, i - 1);
    for (unsigned k = path.n, height = 1; k > 0; k--, height++) {
        tidy(t, path.step[k - 1].node, path.step[k - 1].i, height);
    }
    t->count--;
    shrink(t);
}

void ztree_remove(struct ztree *t, const struct zmember *m)
{
    remove_key(t, (struct zkey){m->score, m});
}

/* ---- Another score ---- */

/* May the key at i of the leaf have this score where it stands? */
static bool stays(const struct ztree_leaf *l, unsigned i, struct zkey key)
{
    struct zpoint p = zkey_behind(key);
    const struct ztree_leaf *pl = i > 0 ? l : l->prev;
    const struct ztree_leaf *nl = i + 1 < l->node.n ? l : l->next;

    if (pl && !zkey_before(&pl->key[i > 0 ? i - 1 : pl->node.n - 1], &p)) {
        return false;
    }
    return !nl || !zkey_before(&nl->key[nl == l ? i + 1 : 0], &p);
}

int ztree_move(struct ztree *t, struct zmember *m, double score)
{
    struct zkey old = {m->score, m}, key = {score, m};
    struct zpoint p = zkey_behind(old);
    struct path path;
    struct ztree_leaf *l = descend(t, &p, &path);
    unsigned i = zkeys_before(l->key, l->node.n, &p);
    int r = 0;

    bt_assert(i > 0 && l->key[i - 1].m == m);
    if (stays(l, i - 1, key)) {
        l->key[i - 1] = key;
        climb(&path, 0);
    } else {
        r = insert_key(t, key);
        if (r == 0) {
            remove_key(t, old);
        }
    }
    if (r == 0) {
        m->score = score;
    }
    return r;
}
