/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/list_chain.h -- what a list is made of (inside type/list*.c only).
 *
 * Purpose    The nodes of a large list, and the limit of each. Whatever changes
 *            a node's pack calls list_node_settle() afterwards, which keeps the
 *            sums and takes an empty node out.
 * Threads    As the list.
 * Ownership  A chain owns its nodes, a node its pack.
 * Errors     0, -ENOMEM or -EFBIG, the list as it was.
 */
#ifndef BATON_TYPE_LIST_CHAIN_H
#define BATON_TYPE_LIST_CHAIN_H

#include "type/list.h"

#define LIST_PACK_OVERHEAD 7 /* as Redis counts a pack, beside its elements */
#define LIST_COST_GUESS    8 /* beside an element's bytes */
#define LIST_COUNTED_BYTES 8192 /* of a pack that is bounded by its count */

struct list_node {
    struct list_node *prev, *next;
    struct pack *pack;
    uint32_t count, bytes; /* of the pack when it was settled */
};

struct list_chain {
    struct list_node *head, *tail;
    size_t count, bytes; /* sums over the nodes */
    size_t nodes;
};

struct list {
    union {
        struct pack *pack;
        struct list_chain *chain;
    } u;
    int fill;
    bool chained;
};

/* ---- Limits ---- */

struct list_limit {
    size_t bytes;
    size_t count; /* 0: any */
};

static inline struct list_limit list_limit_of(int fill)
{
    if (fill >= 0) {
        return (struct list_limit){LIST_COUNTED_BYTES,
                                   fill > 0 ? (size_t)fill : 1};
    }
    return (struct list_limit){(size_t)2048 << (fill < -5 ? 5 : -fill), 0};
}

static inline bool list_exceeds(int fill, size_t bytes, size_t count)
{
    struct list_limit l = list_limit_of(fill);

    return bytes > l.bytes || (l.count > 0 && count > l.count);
}

/* May an element of n bytes go into this pack? */
static inline bool list_admits(const struct list *l, const struct pack *p,
                               size_t n)
{
    return !list_exceeds(
        l->fill, pack_used(p) + LIST_PACK_OVERHEAD + LIST_COST_GUESS + n,
        (size_t)pack_count(p) + 1);
}

/* ---- Places ---- */

static inline struct list_at list_nowhere(void)
{
    return (struct list_at){NULL, NULL, PACK_NONE};
}

static inline struct list_at list_in_pack(struct list_node *n,
                                          const struct pack *p, uint32_t at)
{
    return at == PACK_NONE ? list_nowhere() : (struct list_at){n, p, at};
}

/* NULL: nowhere. */
static inline struct list_at list_first_of(struct list_node *n)
{
    return n ? list_in_pack(n, n->pack, pack_first(n->pack)) : list_nowhere();
}

static inline struct list_at list_last_of(struct list_node *n)
{
    return n ? list_in_pack(n, n->pack, pack_last(n->pack)) : list_nowhere();
}

/* ---- Nodes ---- */

void list_node_settle(struct list_chain *c, struct list_node *n);
/* Out of the chain and of its sums. */
void list_node_drop(struct list_chain *c, struct list_node *n);
/* New ones stand in front of `before`; NULL: at the end. The first takes the
 * pack, in any case; NULL: -ENOMEM. The other has one element. */
int list_node_add(struct list_chain *c, struct pack *p,
                  struct list_node *before);
int list_node_add_single(struct list_chain *c, struct bt_slice s,
                         struct list_node *before);
/* Moves what is from `at` on into a node of its own, behind n. */
int list_node_split(struct list_chain *c, struct list_node *n, uint32_t at);

/* Into a node that admits it. */
static inline int list_node_push(struct list_chain *c, struct list_node *n,
                                 enum list_end end, struct bt_slice s)
{
    int r =
        end == LIST_HEAD ? pack_prepend(&n->pack, s) : pack_append(&n->pack, s);

    if (r == 0) {
        list_node_settle(c, n);
    }
    return r;
}

/* ---- Chains ---- */

/* The list is a chain from now on, of no node if it was empty. */
int list_to_chain(struct list *l);
/* Gives up the chain, of one node, and returns its pack. */
struct pack *list_chain_take(struct list_chain *c);
void list_chain_free(struct list_chain *c);

#endif
