/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every node knows the least key of each child and how many members lie below
 * it; both are put right on the way up from a leaf. On the way down full nodes
 * are split before they are entered, so that an insertion that runs out of
 * memory leaves a sound tree behind. A node that becomes small is merged with
 * its neighbour where both fit into one, and is never left empty.
 */
#include "type/ztree.h"

#include <errno.h>

#include "base/check.h"
#include "base/mem.h"

#define LEAF_KEYS  30
#define INNER_KEYS 32
#define MAX_HEIGHT 24 /* more than ZTREE_MAX members need, thinly spread */

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
    struct zkey key[LEAF_KEYS];
};

struct inner {
    struct ztree_node node;
    uint32_t count[INNER_KEYS]; /* members below each child */
    struct ztree_node *child[INNER_KEYS];
    struct zkey key[INNER_KEYS]; /* the least of each child */
};

/* The way from the root to a leaf: the child that was taken in each node. */
struct path {
    unsigned n;
    struct step {
        struct inner *node;
        unsigned i;
    } step[MAX_HEIGHT];
};

static struct ztree_leaf *as_leaf(struct ztree_node *n)
{
    return (struct ztree_leaf *)n;
}

static struct inner *as_inner(struct ztree_node *n)
{
    return (struct inner *)n;
}

/* ---- Nodes ---- */

static struct ztree_leaf *leaf_new(struct ztree *t)
{
    struct ztree_leaf *l = bt_mem_get(sizeof *l);

    if (l) {
        l->node.n = 0;
        l->prev = l->next = NULL;
        t->leaves++;
    }
    return l;
}

static struct inner *inner_new(struct ztree *t)
{
    struct inner *in = bt_mem_get(sizeof *in);

    if (in) {
        in->node.n = 0;
        t->inners++;
    }
    return in;
}

static void leaf_free(struct ztree *t, struct ztree_leaf *l)
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

static void inner_free(struct ztree *t, struct inner *in)
{
    t->inners--;
    bt_mem_put(in, sizeof *in);
}

/* height: of the node, 1 = a leaf. */
static void node_free(struct ztree *t, struct ztree_node *n, unsigned height)
{
    if (height == 1) {
        leaf_free(t, as_leaf(n));
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        node_free(t, as_inner(n)->child[i], height - 1);
    }
    inner_free(t, as_inner(n));
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
           t->inners * bt_mem_size(sizeof(struct inner));
}

/* ---- Searching ---- */

static inline bool key_before(const struct zkey *k, const struct zpoint *p)
{
    if (!p->lex && k->score != p->score) {
        return k->score < p->score;
    }
    return zpoint_follows_member(p, zmember_slice(k->m));
}

/* How many of the keys are before the point. */
static unsigned keys_before(const struct zkey *key, unsigned n,
                            const struct zpoint *p)
{
    unsigned from = 0;

    while (from < n) {
        unsigned mid = (from + n) / 2;

        if (key_before(&key[mid], p)) {
            from = mid + 1;
        } else {
            n = mid;
        }
    }
    return from;
}

/* The child in which the point lies. */
static unsigned child_of(const struct inner *in, const struct zpoint *p)
{
    unsigned n = keys_before(in->key, in->node.n, p);

    return n > 0 ? n - 1 : 0;
}

/* Behind the key, if it is there. */
static struct zpoint behind(struct zkey key)
{
    return (struct zpoint){
        .score = key.score, .after = true, .member = zmember_slice(key.m)};
}

static struct ztree_leaf *descend(const struct ztree *t, const struct zpoint *p,
                                  struct path *path)
{
    struct ztree_node *n = t->root;

    path->n = 0;
    for (unsigned h = t->height; h > 1; h--) {
        struct inner *in = as_inner(n);
        unsigned i = child_of(in, p);

        path->step[path->n++] = (struct step){in, i};
        n = in->child[i];
    }
    return as_leaf(n);
}

size_t ztree_before(const struct ztree *t, const struct zpoint *p)
{
    struct ztree_node *n = t->root;
    size_t before = 0;

    if (!n) {
        return 0;
    }
    for (unsigned h = t->height; h > 1; h--) {
        struct inner *in = as_inner(n);
        unsigned c = child_of(in, p);

        for (unsigned i = 0; i < c; i++) {
            before += in->count[i];
        }
        n = in->child[c];
    }
    return before + keys_before(as_leaf(n)->key, n->n, p);
}

/* ---- Places ---- */

struct ztree_place ztree_at(const struct ztree *t, size_t rank)
{
    struct ztree_node *n = t->root;

    if (rank >= t->count) {
        return (struct ztree_place){NULL, 0};
    }
    for (unsigned h = t->height; h > 1; h--) {
        struct inner *in = as_inner(n);
        unsigned i = 0;

        while (rank >= in->count[i]) {
            rank -= in->count[i++];
        }
        n = in->child[i];
    }
    return (struct ztree_place){as_leaf(n), (unsigned)rank};
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

/* ---- Parts of nodes ---- */

static void leaf_insert(struct ztree_leaf *l, unsigned i, struct zkey key)
{
    memmove(&l->key[i + 1], &l->key[i], (l->node.n - i) * sizeof key);
    l->key[i] = key;
    l->node.n++;
}

static void leaf_remove(struct ztree_leaf *l, unsigned i)
{
    l->node.n--;
    memmove(&l->key[i], &l->key[i + 1], (l->node.n - i) * sizeof l->key[0]);
}

/* Moves n children from one node to the place `at` of another; those are cut
 * out of the first. */
static void inner_move(struct inner *from, unsigned i, unsigned n,
                       struct inner *to, unsigned at)
{
    memcpy(&to->count[at], &from->count[i], n * sizeof to->count[0]);
    memcpy(&to->child[at], &from->child[i], n * sizeof(void *));
    memcpy(&to->key[at], &from->key[i], n * sizeof to->key[0]);
    to->node.n += n;
    from->node.n -= n;
}

/* Makes a hole for a child at i, or (by -1) closes one. */
static void inner_shift(struct inner *in, unsigned i, int by)
{
    unsigned from = by > 0 ? i : i + 1, to = by > 0 ? i + 1 : i;
    unsigned n = in->node.n - from;

    memmove(&in->count[to], &in->count[from], n * sizeof in->count[0]);
    memmove(&in->child[to], &in->child[from], n * sizeof in->child[0]);
    memmove(&in->key[to], &in->key[from], n * sizeof in->key[0]);
    in->node.n = (uint32_t)((int)in->node.n + by);
}

/* Puts right what a node says of its child. height: of the child. */
static void refresh(struct inner *in, unsigned i, unsigned height)
{
    const struct ztree_node *c = in->child[i];

    if (height == 1) {
        in->key[i] = ((const struct ztree_leaf *)c)->key[0];
        in->count[i] = c->n;
        return;
    }
    in->key[i] = ((const struct inner *)c)->key[0];
    in->count[i] = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        in->count[i] += ((const struct inner *)c)->count[k];
    }
}

/* ---- Splitting ---- */

static struct ztree_node *leaf_split(struct ztree *t, struct ztree_leaf *l,
                                     unsigned keep)
{
    struct ztree_leaf *r = leaf_new(t);

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

static struct ztree_node *inner_split(struct ztree *t, struct inner *l,
                                      unsigned keep)
{
    struct inner *r = inner_new(t);

    if (!r) {
        return NULL;
    }
    inner_move(l, keep, l->node.n - keep, r, 0);
    return &r->node;
}

static bool is_full(const struct ztree_node *n, unsigned height)
{
    return n->n == (height == 1 ? LEAF_KEYS : INNER_KEYS);
}

/* Splits the full child i of a node that has room. Where keys come in order,
 * at one end, the nodes that are left behind stay full. height: of the child. */
static int split_child(struct ztree *t, struct inner *in, unsigned i,
                       unsigned height, const struct zpoint *p)
{
    struct ztree_node *c = in->child[i], *right;
    const struct zkey *key = height == 1 ? as_leaf(c)->key : as_inner(c)->key;
    unsigned keep = c->n / 2;

    if (i + 1 == in->node.n && key_before(&key[c->n - 1], p)) {
        keep = c->n - 1;
    } else if (i == 0 && !key_before(&key[0], p)) {
        keep = 1;
    }
    right = height == 1 ? leaf_split(t, as_leaf(c), keep)
                        : inner_split(t, as_inner(c), keep);
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
static int grow(struct ztree *t)
{
    struct inner *in = inner_new(t);

    if (!in) {
        return -ENOMEM;
    }
    bt_assert(t->height < MAX_HEIGHT);
    in->node.n = 1;
    in->child[0] = t->root;
    refresh(in, 0, t->height);
    t->root = &in->node;
    t->height++;
    return 0;
}

/* As descend, but there is room in all nodes on the way. NULL: no memory. */
static struct ztree_leaf *descend_with_room(struct ztree *t,
                                            const struct zpoint *p,
                                            struct path *path)
{
    struct ztree_node *n;

    if (is_full(t->root, t->height) && grow(t) != 0) {
        return NULL;
    }
    n = t->root;
    path->n = 0;
    for (unsigned h = t->height - 1; h >= 1; h--) {
        struct inner *in = as_inner(n);
        unsigned i = child_of(in, p);

        if (is_full(in->child[i], h)) {
            if (split_child(t, in, i, h, p) != 0) {
                return NULL;
            }
            i = child_of(in, p);
        }
        path->step[path->n++] = (struct step){in, i};
        n = in->child[i];
    }
    return as_leaf(n);
}

/* ---- Insertion ---- */

static const struct zkey *first_key(const struct inner *in, unsigned i,
                                    unsigned height)
{
    struct ztree_node *c = in->child[i];

    return height == 1 ? as_leaf(c)->key : as_inner(c)->key;
}

/* Tells the nodes above a leaf that it has so many members more, and what its
 * least one is. */
static void climb(const struct path *path, int by)
{
    for (unsigned k = path->n, height = 1; k > 0; k--, height++) {
        const struct step *s = &path->step[k - 1];

        s->node->count[s->i] = (uint32_t)((int64_t)s->node->count[s->i] + by);
        s->node->key[s->i] = *first_key(s->node, s->i, height);
    }
}

static int insert_key(struct ztree *t, struct zkey key)
{
    struct zpoint p = behind(key);
    struct ztree_leaf *l;
    struct path path;

    if (t->count == ZTREE_MAX) {
        return -ENOMEM;
    }
    if (!t->root) {
        l = leaf_new(t);
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
    leaf_insert(l, keys_before(l->key, l->node.n, &p), key);
    climb(&path, 1);
    t->count++;
    return 0;
}

int ztree_insert(struct ztree *t, const struct zmember *m)
{
    return insert_key(t, (struct zkey){m->score, m});
}

/* ---- Removal ---- */

/* Takes the child i out of a node; it was emptied. */
static void drop_child(struct ztree *t, struct inner *in, unsigned i,
                       unsigned height)
{
    if (height == 1) {
        leaf_free(t, as_leaf(in->child[i]));
    } else {
        inner_free(t, as_inner(in->child[i]));
    }
    inner_shift(in, i, -1);
}

/* The right one of two neighbours into the left one, if both fit. */
static void merge(struct ztree *t, struct inner *in, unsigned left,
                  unsigned height)
{
    struct ztree_node *l = in->child[left], *r = in->child[left + 1];
    unsigned room = height == 1 ? LEAF_KEYS : INNER_KEYS;

    if (l->n + r->n > room) {
        return;
    }
    if (height == 1) {
        memcpy(&as_leaf(l)->key[l->n], as_leaf(r)->key,
               r->n * sizeof(struct zkey));
        l->n += r->n;
    } else {
        inner_move(as_inner(r), 0, r->n, as_inner(l), l->n);
    }
    drop_child(t, in, left + 1, height);
    refresh(in, left, height);
}

/* After the child i became smaller. height: of the child. */
static void tidy(struct ztree *t, struct inner *in, unsigned i, unsigned height)
{
    uint32_t n = in->child[i]->n;

    if (n == 0) {
        drop_child(t, in, i, height);
        return;
    }
    in->key[i] = *first_key(in, i, height);
    in->count[i]--;
    if (n >= LEAF_KEYS / 4) {
        return;
    }
    if (i + 1 < in->node.n) {
        merge(t, in, i, height);
    } else if (i > 0) {
        merge(t, in, i - 1, height);
    }
}

static void shrink(struct ztree *t)
{
    while (t->height > 1 && t->root->n == 1) {
        struct inner *in = as_inner(t->root);

        t->root = in->child[0];
        t->height--;
        inner_free(t, in);
    }
    if (t->count == 0) {
        ztree_fini(t);
    }
}

static void remove_key(struct ztree *t, struct zkey key)
{
    struct zpoint p = behind(key);
    struct path path;
    struct ztree_leaf *l = descend(t, &p, &path);
    unsigned i = keys_before(l->key, l->node.n, &p);

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
    struct zpoint p = behind(key);
    const struct ztree_leaf *pl = i > 0 ? l : l->prev;
    const struct ztree_leaf *nl = i + 1 < l->node.n ? l : l->next;

    if (pl && !key_before(&pl->key[i > 0 ? i - 1 : pl->node.n - 1], &p)) {
        return false;
    }
    return !nl || !key_before(&nl->key[nl == l ? i + 1 : 0], &p);
}

int ztree_move(struct ztree *t, struct zmember *m, double score)
{
    struct zkey old = {m->score, m}, key = {score, m};
    struct zpoint p = behind(old);
    struct path path;
    struct ztree_leaf *l = descend(t, &p, &path);
    unsigned i = keys_before(l->key, l->node.n, &p);
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

/* ---- For tests ---- */

struct walk {
    const struct ztree_leaf *leaf; /* the last one */
    const struct zkey *key;        /* the last one */
    uint32_t leaves, inners;
    bool sound;
};

static void walk_leaf(struct walk *w, const struct ztree_leaf *l)
{
    w->sound &= l->node.n > 0 && l->node.n <= LEAF_KEYS && l->prev == w->leaf;
    w->sound &= !w->leaf || w->leaf->next == l;
    for (uint32_t i = 0; i < l->node.n; i++) {
        struct zpoint p = behind(l->key[i]);

        w->sound &= l->key[i].m->score == l->key[i].score;
        p.after = false;
        w->sound &= !w->key || key_before(w->key, &p);
        w->key = &l->key[i];
    }
    w->leaf = l;
    w->leaves++;
}

static uint32_t walk_node(struct walk *w, struct ztree_node *n, unsigned height)
{
    uint32_t count = 0;

    if (height == 1) {
        walk_leaf(w, as_leaf(n));
        return n->n;
    }
    w->inners++;
    w->sound &= n->n > 0 && n->n <= INNER_KEYS;
    for (uint32_t i = 0; w->sound && i < n->n; i++) {
        const struct inner *in = as_inner(n);
        const struct zkey *first = first_key(in, i, height - 1);
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
