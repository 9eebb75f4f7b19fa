/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/list_walk.c -- where elements are.
 */
#include "type/list_chain.h"

struct list_at list_end_at(const struct list *l, enum list_end end)
{
    const struct pack *p = l->u.pack;

    if (l->chained) {
        return end == LIST_HEAD ? list_first_of(l->u.chain->head)
                                : list_last_of(l->u.chain->tail);
    }
    return list_in_pack(NULL, p,
                        end == LIST_HEAD ? pack_first(p) : pack_last(p));
}

struct list_at list_index(const struct list *l, int64_t i)
{
    int64_t count = (int64_t)list_count(l);
    struct list_node *n;

    i += i < 0 ? count : 0;
    if (i < 0 || i >= count) {
        return list_nowhere();
    }
    if (!l->chained) {
        return list_in_pack(NULL, l->u.pack, pack_index(l->u.pack, i));
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
    return list_in_pack(n, n->pack, pack_index(n->pack, i));
}

void list_next(struct list_at *at)
{
    at->at = pack_next(at->pack, at->at);
    if (at->at == PACK_NONE) {
        *at = list_first_of(at->node ? at->node->next : NULL);
    }
}

void list_prev(struct list_at *at)
{
    at->at = pack_prev(at->pack, at->at);
    if (at->at == PACK_NONE) {
        *at = list_last_of(at->node ? at->node->prev : NULL);
    }
}
