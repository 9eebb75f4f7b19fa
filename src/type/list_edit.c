/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/list_edit.c -- changes in the middle.
 */
#include "type/list_chain.h"

#include "base/check.h"

/* ---- Adding ---- */

/* In front of position `at` of node n, which is full, and where PACK_NONE means
 * behind the last. A split stays when the memory for more is missing: the list
 * reads the same. */
static int insert_beside(struct list *l, struct list_node *n, uint32_t at,
                         struct bt_slice s)
{
    struct list_chain *c = l->u.chain;
    struct list_node *prev = n;
    int r;

    if (at == 0) {
        prev = n->prev;
    } else if (at == PACK_NONE) {
        if (n->next && list_admits(l, n->next->pack, s.n)) {
            return list_node_push(c, n->next, LIST_HEAD, s);
        }
        return list_node_add_single(c, s, n->next);
    } else {
        r = list_node_split(c, n, at);
        if (r != 0) {
            return r;
        }
    }
    if (prev && list_admits(l, prev->pack, s.n)) {
        return list_node_push(c, prev, LIST_TAIL, s);
    }
    return list_node_add_single(c, s, prev ? prev->next : n);
}

int list_insert(struct list *l, struct list_at at, bool after,
                struct bt_slice s)
{
    struct list_node *n = at.node;
    uint32_t before = after ? pack_next(at.pack, at.at) : at.at;
    int r;

    if (!l->chained) {
        if (list_admits(l, l->u.pack, s.n)) {
            return pack_insert(&l->u.pack, before, s);
        }
        r = list_to_chain(l);
        if (r != 0) {
            return r;
        }
        n = l->u.chain->head;
    }
    if (!list_admits(l, n->pack, s.n)) {
        return insert_beside(l, n, before, s);
    }
    r = pack_insert(&n->pack, before, s);
    if (r == 0) {
        list_node_settle(l->u.chain, n);
    }
    return r;
}

/* ---- Replacing and removing ---- */

static struct pack **pack_slot(struct list *l, struct list_node *n)
{
    return n ? &n->pack : &l->u.pack;
}

/* Would the node be too large with s in place of the element? */
static bool bursts(const struct list *l, const struct list_at *at,
                   struct bt_slice s)
{
    const struct pack *p = at->pack;
    uint32_t next = pack_next(p, at->at);
    size_t old = (next == PACK_NONE ? pack_used(p) : next) - at->at;

    return pack_count(p) > 1 &&
           list_exceeds(l->fill,
                        pack_used(p) - old + LIST_PACK_OVERHEAD +
                            LIST_COST_GUESS + s.n,
                        0);
}

int list_replace(struct list *l, struct list_at at, struct bt_slice s)
{
    int r = 0;

    if (!l->chained && !list_admits(l, l->u.pack, s.n)) {
        r = list_to_chain(l);
        if (r != 0) {
            return r;
        }
        at.node = l->u.chain->head;
    }
    if (at.node && bursts(l, &at, s)) {
        r = list_insert(l, at, true, s);
        if (r == 0) {
            list_remove(l, &at, false);
        }
        return r;
    }
    r = pack_replace(pack_slot(l, at.node), at.at, s);
    if (r == 0 && at.node) {
        list_node_settle(l->u.chain, at.node);
    }
    return r;
}

void list_remove(struct list *l, struct list_at *at, bool back)
{
    struct list_node *n = at->node;
    struct pack **pp = pack_slot(l, n);
    struct list_at to = *at;
    uint32_t gone = at->at;

    if (back) {
        list_prev(&to);
    }
    gone = pack_remove(pp, gone, 1);
    if (!back) {
        to = gone != PACK_NONE ? list_in_pack(n, *pp, gone)
                               : list_first_of(n ? n->next : NULL);
    } else if (to.node == n && list_at_is(&to)) {
        to.pack = *pp; /* it may have moved */
    }
    if (n) {
        list_node_settle(l->u.chain, n);
    }
    *at = to;
}

void list_cut(struct list *l, size_t from, size_t n)
{
    struct list_at at;

    if (n == 0) {
        return;
    }
    at = list_index(l, (int64_t)from);
    bt_assert(list_at_is(&at) && n <= list_count(l) - from);
    if (!at.node) {
        pack_remove(&l->u.pack, at.at, (uint32_t)n);
        return;
    }
    for (struct list_node *node = at.node, *next; n > 0; node = next) {
        size_t was = node->count;

        next = node->next;
        if (at.at == 0 && was <= n) { /* as a whole */
            list_node_drop(l->u.chain, node);
            n -= was;
            continue;
        }
        pack_remove(&node->pack, at.at,
                    (uint32_t)(n < UINT32_MAX ? n : UINT32_MAX));
        n -= was - pack_count(node->pack);
        at.at = 0;
        list_node_settle(l->u.chain, node);
    }
}
