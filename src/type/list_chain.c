/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/list_chain.h"

#include <errno.h>

#include "base/mem.h"

/* ---- Nodes ---- */

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

/* before NULL: at the end. */
static void link_node(struct list_chain *c, struct list_node *n,
                      struct list_node *before)
{
    n->next = before;
    n->prev = before ? before->prev : c->tail;
    *(n->prev ? &n->prev->next : &c->head) = n;
    *(n->next ? &n->next->prev : &c->tail) = n;
    c->nodes++;
}

void list_node_drop(struct list_chain *c, struct list_node *n)
{
    c->count -= n->count;
    c->bytes -= n->bytes;
    *(n->prev ? &n->prev->next : &c->head) = n->next;
    *(n->next ? &n->next->prev : &c->tail) = n->prev;
    c->nodes--;
    node_free(n);
}

void list_node_settle(struct list_chain *c, struct list_node *n)
{
    uint32_t bytes = (uint32_t)pack_bytes(n->pack);

    c->count += pack_count(n->pack);
    c->count -= n->count;
    c->bytes += bytes;
    c->bytes -= n->bytes;
    n->count = pack_count(n->pack);
    n->bytes = bytes;
    if (n->count == 0) {
        list_node_drop(c, n);
    }
}

int list_node_add(struct list_chain *c, struct pack *p,
                  struct list_node *before)
{
    struct list_node *n = p ? node_new(p) : NULL;

    if (!n) {
        pack_free(p);
        return -ENOMEM;
    }
    link_node(c, n, before);
    list_node_settle(c, n);
    return 0;
}

int list_node_add_single(struct list_chain *c, struct bt_slice s,
                         struct list_node *before)
{
    struct pack *p = pack_new();
    int r = p ? pack_append(&p, s) : -ENOMEM;

    if (r != 0) {
        pack_free(p);
        return r;
    }
    return list_node_add(c, p, before);
}

int list_node_split(struct list_chain *c, struct list_node *n, uint32_t at)
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
    list_node_settle(c, n);
    link_node(c, tail, n->next);
    list_node_settle(c, tail);
    return 0;
}

/* ---- Chains ---- */

/* An empty pack must not become a node: settling would free it. */
int list_to_chain(struct list *l)
{
    struct list_chain *c = bt_mem_get(sizeof *c);
    struct list_node *n;

    if (!c) {
        return -ENOMEM;
    }
    *c = (struct list_chain){.head = NULL};
    if (pack_count(l->u.pack) == 0) {
        pack_free(l->u.pack);
    } else {
        n = node_new(l->u.pack);
        if (!n) {
            bt_mem_put(c, sizeof *c);
            return -ENOMEM;
        }
        link_node(c, n, NULL);
        list_node_settle(c, n);
    }
    l->u.chain = c;
    l->chained = true;
    return 0;
}

struct pack *list_chain_take(struct list_chain *c)
{
    struct pack *p = c->head->pack;

    bt_mem_put(c->head, sizeof *c->head);
    bt_mem_put(c, sizeof *c);
    return p;
}

void list_chain_free(struct list_chain *c)
{
    for (struct list_node *n = c->head, *next; n; n = next) {
        next = n->next;
        node_free(n);
    }
    bt_mem_put(c, sizeof *c);
}
