/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whatever changes a pack of a chain calls settle() afterwards, which keeps the
 * sums and takes an empty node out.
 */
#include "type/list.h"

#include <errno.h>

#include "base/check.h"
#include "base/mem.h"

#define PACK_OVERHEAD 7    /* as Redis counts a pack, beside its elements */
#define COST_GUESS    8    /* beside an element's bytes */
#define COUNTED_BYTES 8192 /* of a pack that is bounded by its count */

struct list_node {
    struct list_node *prev, *next;
    struct pack *pack;
    uint32_t count, bytes; /* of the pack when it was settled */
};

struct chain {
    struct list_node *head, *tail;
    size_t count, bytes; /* sums over the nodes */
    size_t nodes;
};

struct list {
    union {
        struct pack *pack;
        struct chain *chain;
    } u;
    int fill;
    bool chained;
};

/* ---- Limits ---- */

struct limit {
    size_t bytes;
    size_t count; /* 0: any */
};

static struct limit limit_of(int fill)
{
    if (fill >= 0) {
        return (struct limit){COUNTED_BYTES, fill > 0 ? (size_t)fill : 1};
    }
    return (struct limit){(size_t)2048 << (fill < -5 ? 5 : -fill), 0};
}

static bool exceeds(int fill, size_t bytes, size_t count)
{
    struct limit l = limit_of(fill);

    return bytes > l.bytes || (l.count > 0 && count > l.count);
}

/* May an element of n bytes go into this pack? */
static bool admits(const struct list *l, const struct pack *p, size_t n)
{
    return !exceeds(l->fill, pack_used(p) + PACK_OVERHEAD + COST_GUESS + n,
                    (size_t)pack_count(p) + 1);
}

void list_set_fill(struct list *l, int fill)
{
    l->fill = fill;
}

/* ---- Chains ---- */

static struct list_node *node_new(struct pack *p)
{
    struct list_node *n = bt_mem_get(sizeof *n);

    if (n) {
        *n = (struct list_node){.pack = p};
    }
    return n;
}

static void node_free(struct list_node *n)
{
    pack_free(n->pack);
    bt_mem_put(n, sizeof *n);
}

static void unlink_node(struct chain *c, struct list_node *n)
{
    *(n->prev ? &n->prev->next : &c->head) = n->next;
    *(n->next ? &n->next->prev : &c->tail) = n->prev;
    c->nodes--;
}

/* before NULL: at the end. */
static void link_node(struct chain *c, struct list_node *n,
                      struct list_node *before)
{
    n->next = before;
    n->prev = before ? before->prev : c->tail;
    *(n->prev ? &n->prev->next : &c->head) = n;
    *(n->next ? &n->next->prev : &c->tail) = n;
    c->nodes++;
}

static void settle(struct chain *c, struct list_node *n)
{
    uint32_t bytes = (uint32_t)pack_bytes(n->pack);

    c->count += pack_count(n->pack);
    c->count -= n->count;
    c->bytes += bytes;
    c->bytes -= n->bytes;
    n->count = pack_count(n->pack);
    n->bytes = bytes;
    if (n->count == 0) {
        c->bytes -= n->bytes;
        unlink_node(c, n);
        node_free(n);
    }
}

/* A node with this pack, which it takes; NULL (and the pack is freed): out of
 * memory. */
static struct list_node *add_node(struct chain *c, struct pack *p,
                                  struct list_node *before)
{
    struct list_node *n = p ? node_new(p) : NULL;

    if (!n) {
        pack_free(p);
        return NULL;
    }
    link_node(c, n, before);
    settle(c, n);
    return n;
}

static struct pack *pack_of_one(struct bt_slice s, int *error)
{
    struct pack *p = pack_new();

    *error = p ? pack_append(&p, s) : -ENOMEM;
    if (*error != 0) {
        pack_free(p);
        return NULL;
    }
    return p;
}

/* A node with one element. */
static int add_single(struct chain *c, struct bt_slice s,
                      struct list_node *before)
{
    int error;
    struct pack *p = pack_of_one(s, &error);

    if (!p) {
        return error;
    }
    return add_node(c, p, before) ? 0 : -ENOMEM;
}

static void chain_free(struct chain *c)
{
    for (struct list_node *n = c->head, *next; n; n = next) {
        next = n->next;
        node_free(n);
    }
    bt_mem_put(c, sizeof *c);
}

/* ---- The whole ---- */

struct list *list_new(int fill)
{
    struct list *l = bt_mem_get(sizeof *l);

    if (l) {
        *l = (struct list){.u.pack = pack_new(), .fill = fill};
        if (!l->u.pack) {
            bt_mem_put(l, sizeof *l);
            return NULL;
        }
    }
    return l;
}

void list_free(struct list *l)
{
    if (l->chained) {
        chain_free(l->u.chain);
    } else {
        pack_free(l->u.pack);
    }
    bt_mem_put(l, sizeof *l);
}

size_t list_count(const struct list *l)
{
    return l->chained ? l->u.chain->count : pack_count(l->u.pack);
}

/* An empty pack must not become a node: settle() would free it. */
static int to_chain(struct list *l)
{
    struct chain *c = bt_mem_get(sizeof *c);
    struct list_node *n;

    if (!c) {
        return -ENOMEM;
    }
    *c = (struct chain){.head = NULL};
    if (pack_count(l->u.pack) == 0) {
        pack_free(l->u.pack);
    } else {
        n = node_new(l->u.pack);
        if (!n) {
            bt_mem_put(c, sizeof *c);
            return -ENOMEM;
        }
        link_node(c, n, NULL);
        settle(c, n);
    }
    l->u.chain = c;
    l->chained = true;
    return 0;
}

void list_shrink(struct list *l)
{
    struct chain *c = l->u.chain;
    struct limit most = limit_of(l->fill);
    struct list_node *n;

    if (!l->chained || c->nodes != 1) {
        return;
    }
    n = c->head;
    if (most.count > 0 ? n->count > most.count / 2
                       : pack_used(n->pack) + PACK_OVERHEAD > most.bytes / 2) {
        return;
    }
    l->u.pack = n->pack;
    l->chained = false;
    bt_mem_put(n, sizeof *n);
    bt_mem_put(c, sizeof *c);
}

static struct list *list_copy(const struct list *from)
{
    struct list *l = list_new(from->fill);

    if (!l) {
        return NULL;
    }
    if (!from->chained) {
        pack_free(l->u.pack);
        l->u.pack = pack_copy(from->u.pack);
        if (!l->u.pack) {
            bt_mem_put(l, sizeof *l);
            return NULL;
        }
        return l;
    }
    if (to_chain(l) != 0) {
        list_free(l);
        return NULL;
    }
    for (const struct list_node *n = from->u.chain->head; n; n = n->next) {
        if (!add_node(l->u.chain, pack_copy(n->pack), NULL)) {
            list_free(l);
            return NULL;
        }
    }
    return l;
}

/* ---- Reading ---- */

static struct list_at nowhere(void)
{
    return (struct list_at){NULL, NULL, PACK_NONE};
}

static struct list_at in_pack(struct list_node *n, const struct pack *p,
                              uint32_t at)
{
    return at == PACK_NONE ? nowhere() : (struct list_at){n, p, at};
}

struct list_at list_end_at(const struct list *l, enum list_end end)
{
    struct list_node *n;
    const struct pack *p = l->u.pack;

    if (l->chained) {
        n = end == LIST_HEAD ? l->u.chain->head : l->u.chain->tail;
        if (!n) {
            return nowhere();
        }
        p = n->pack;
    } else {
        n = NULL;
    }
    return in_pack(n, p, end == LIST_HEAD ? pack_first(p) : pack_last(p));
}

struct list_at list_index(const struct list *l, int64_t i)
{
    int64_t count = (int64_t)list_count(l);
    struct list_node *n;

    i += i < 0 ? count : 0;
    if (i < 0 || i >= count) {
        return nowhere();
    }
    if (!l->chained) {
        return in_pack(NULL, l->u.pack, pack_index(l->u.pack, i));
    }
    if (i < count / 2) {
        for (n = l->u.chain->head; i >= n->count; n = n->next) {
            i -= n->count;
        }
    } else {
        i = count - i; /* the i-th from the end, from 1 */
        for (n = l->u.chain->tail; i > n->count; n = n->prev) {
            i -= n->count;
        }
        i = n->count - i;
    }
    return in_pack(n, n->pack, pack_index(n->pack, i));
}

void list_next(struct list_at *at)
{
    struct list_node *n = at->node;

    at->at = pack_next(at->pack, at->at);
    if (at->at == PACK_NONE) {
        n = n ? n->next : NULL;
        *at = n ? in_pack(n, n->pack, pack_first(n->pack)) : nowhere();
    }
}

void list_prev(struct list_at *at)
{
    struct list_node *n = at->node;

    at->at = pack_prev(at->pack, at->at);
    if (at->at == PACK_NONE) {
        n = n ? n->prev : NULL;
        *at = n ? in_pack(n, n->pack, pack_last(n->pack)) : nowhere();
    }
}

/* ---- Adding ---- */

static int add_to(struct chain *c, struct list_node *n, enum list_end end,
                  struct bt_slice s)
{
    int r =
        end == LIST_HEAD ? pack_prepend(&n->pack, s) : pack_append(&n->pack, s);

    if (r == 0) {
        settle(c, n);
    }
    return r;
}

static int push_chain(struct list *l, enum list_end end, struct bt_slice s)
{
    struct chain *c = l->u.chain;
    struct list_node *n = end == LIST_HEAD ? c->head : c->tail;

    if (!n || !admits(l, n->pack, s.n)) {
        return add_single(c, s, end == LIST_HEAD ? n : NULL);
    }
    return add_to(c, n, end, s);
}

int list_push(struct list *l, enum list_end end, struct bt_slice s)
{
    if (!l->chained) {
        int r;

        if (admits(l, l->u.pack, s.n)) {
            return end == LIST_HEAD ? pack_prepend(&l->u.pack, s)
                                    : pack_append(&l->u.pack, s);
        }
        r = to_chain(l);
        if (r != 0) {
            return r;
        }
    }
    return push_chain(l, end, s);
}

/* Moves what is from `at` on into a node of its own, behind n. */
static int split_node(struct chain *c, struct list_node *n, uint32_t at)
{
    struct list_node *tail = node_new(NULL);

    if (!tail) {
        return -ENOMEM;
    }
    tail->pack = pack_split(&n->pack, at);
    if (!tail->pack) {
        bt_mem_put(tail, sizeof *tail);
        return -ENOMEM;
    }
    settle(c, n);
    link_node(c, tail, n->next);
    settle(c, tail);
    return 0;
}

/* In front of position `at` of node n, which is full, and where PACK_NONE means
 * behind the last. A split stays when the memory for more is missing: the list
 * reads the same. */
static int insert_beside(struct list *l, struct list_node *n, uint32_t at,
                         struct bt_slice s)
{
    struct chain *c = l->u.chain;
    struct list_node *prev = n;
    int r;

    if (at == 0) {
        prev = n->prev;
    } else if (at == PACK_NONE) {
        if (n->next && admits(l, n->next->pack, s.n)) {
            return add_to(c, n->next, LIST_HEAD, s);
        }
        return add_single(c, s, n->next);
    } else {
        r = split_node(c, n, at);
        if (r != 0) {
            return r;
        }
    }
    if (prev && admits(l, prev->pack, s.n)) {
        return add_to(c, prev, LIST_TAIL, s);
    }
    return add_single(c, s, prev ? prev->next : n);
}

int list_insert(struct list *l, struct list_at at, bool after,
                struct bt_slice s)
{
    struct list_node *n = at.node;
    uint32_t before = after ? pack_next(at.pack, at.at) : at.at;
    int r;

    if (!l->chained) {
        if (admits(l, l->u.pack, s.n)) {
            return pack_insert(&l->u.pack, before, s);
        }
        r = to_chain(l);
        if (r != 0) {
            return r;
        }
        n = l->u.chain->head;
    }
    if (!admits(l, n->pack, s.n)) {
        return insert_beside(l, n, before, s);
    }
    r = pack_insert(&n->pack, before, s);
    if (r == 0) {
        settle(l->u.chain, n);
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
           exceeds(l->fill,
                   pack_used(p) - old + PACK_OVERHEAD + COST_GUESS + s.n, 0);
}

int list_replace(struct list *l, struct list_at at, struct bt_slice s)
{
    int r = 0;

    if (!l->chained && !admits(l, l->u.pack, s.n)) {
        r = to_chain(l);
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
        settle(l->u.chain, at.node);
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
        struct list_node *next = n ? n->next : NULL;

        to = gone != PACK_NONE ? in_pack(n, *pp, gone)
             : next ? in_pack(next, next->pack, pack_first(next->pack))
                    : nowhere();
    } else if (to.node == n && list_at_is(&to)) {
        to.pack = *pp; /* it may have moved */
    }
    if (n) {
        settle(l->u.chain, n);
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
            l->u.chain->count -= was;
            l->u.chain->bytes -= node->bytes;
            unlink_node(l->u.chain, node);
            node_free(node);
            n -= was;
            continue;
        }
        pack_remove(&node->pack, at.at,
                    (uint32_t)(n < UINT32_MAX ? n : UINT32_MAX));
        n -= was - pack_count(node->pack);
        at.at = 0;
        settle(l->u.chain, node);
    }
}

/* ---- For the keyspace ---- */

static void free_object(void *object)
{
    list_free(object);
}

static size_t object_bytes(const void *object)
{
    const struct list *l = object;
    size_t n = bt_mem_size(sizeof *l);

    if (!l->chained) {
        return n + pack_bytes(l->u.pack);
    }
    return n + bt_mem_size(sizeof(struct chain)) + l->u.chain->bytes +
           l->u.chain->nodes * bt_mem_size(sizeof(struct list_node));
}

static size_t object_count(const void *object)
{
    return list_count(object);
}

static size_t object_effort(const void *object)
{
    const struct list *l = object;

    return l->chained ? 2 * l->u.chain->nodes : 1;
}

static const char *object_encoding(const void *object)
{
    const struct list *l = object;

    return l->chained ? "quicklist" : "listpack";
}

static void *copy_object(const void *object)
{
    return list_copy(object);
}

const struct object_ops list_ops = {
    .name = "list",
    .free = free_object,
    .bytes = object_bytes,
    .count = object_count,
    .effort = object_effort,
    .encoding = object_encoding,
    .copy = copy_object,
};
