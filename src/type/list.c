/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/list.c -- a list as a whole, and its ends.
 */
#include "type/list.h"

#include "base/mem.h"
#include "type/list_chain.h"

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

size_t list_count(const struct list *l)
{
    return l->chained ? l->u.chain->count : pack_count(l->u.pack);
}

void list_set_fill(struct list *l, int fill)
{
    l->fill = fill;
}

void list_shrink(struct list *l)
{
    struct list_chain *c = l->u.chain;
    struct list_limit most = list_limit_of(l->fill);
    struct list_node *n;

    if (!l->chained || c->nodes != 1) {
        return;
    }
    n = c->head;
    if (most.count > 0
            ? n->count > most.count / 2
            : pack_used(n->pack) + LIST_PACK_OVERHEAD > most.bytes / 2) {
        return;
    }
    l->u.pack = list_chain_take(c);
    l->chained = false;
}

/* ---- Ends ---- */

static int push_chain(struct list *l, enum list_end end, struct bt_slice s)
{
    struct list_chain *c = l->u.chain;
    struct list_node *n = end == LIST_HEAD ? c->head : c->tail;

    if (!n || !list_admits(l, n->pack, s.n)) {
        return list_node_add_single(c, s, end == LIST_HEAD ? n : NULL);
    }
    return list_node_push(c, n, end, s);
}

int list_push(struct list *l, enum list_end end, struct bt_slice s)
{
    if (!l->chained) {
        int r;

        if (list_admits(l, l->u.pack, s.n)) {
            return end == LIST_HEAD ? pack_prepend(&l->u.pack, s)
                                    : pack_append(&l->u.pack, s);
        }
        r = list_to_chain(l);
        if (r != 0) {
            return r;
        }
    }
    return push_chain(l, end, s);
}

/* ---- For the keyspace ---- */

static void object_free(void *object)
{
    struct list *l = object;

    if (l->chained) {
        list_chain_free(l->u.chain);
    } else {
        pack_free(l->u.pack);
    }
    bt_mem_put(l, sizeof *l);
}

static size_t object_bytes(const void *object)
{
    const struct list *l = object;
    size_t n = bt_mem_size(sizeof *l);

    if (!l->chained) {
        return n + pack_bytes(l->u.pack);
    }
    return n + bt_mem_size(sizeof(struct list_chain)) + l->u.chain->bytes +
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

static int copy_chain(struct list *l, const struct list_chain *from)
{
    int r = list_to_chain(l);

    for (const struct list_node *n = from->head; r == 0 && n; n = n->next) {
        r = list_node_add(l->u.chain, pack_copy(n->pack), NULL);
    }
    return r;
}

static void *object_copy(const void *object)
{
    const struct list *from = object;
    struct list *l = list_new(from->fill);

    if (l && from->chained && copy_chain(l, from->u.chain) != 0) {
        list_free(l);
        l = NULL;
    } else if (l && !from->chained) {
        pack_free(l->u.pack);
        l->u.pack = pack_copy(from->u.pack);
        if (!l->u.pack) {
            bt_mem_put(l, sizeof *l);
            l = NULL;
        }
    }
    return l;
}

const struct object_ops list_ops = {
    .name = "list",
    .free = object_free,
    .bytes = object_bytes,
    .count = object_count,
    .effort = object_effort,
    .encoding = object_encoding,
    .copy = object_copy,
};
