/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/list.h -- a doubly linked list with the links inside the elements.
 *
 * Threads    One at a time.
 */
#ifndef BT_BASE_LIST_H
#define BT_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

/* A head, or an element; an element that is on no list points to itself. */
struct bt_list {
    struct bt_list *next, *prev;
};

static inline void bt_list_init(struct bt_list *l)
{
    l->next = l->prev = l;
}

static inline bool bt_list_empty(const struct bt_list *l)
{
    return l->next == l;
}

static inline void bt_list_append(struct bt_list *head, struct bt_list *e)
{
    e->prev = head->prev;
    e->next = head;
    head->prev->next = e;
    head->prev = e;
}

static inline void bt_list_remove(struct bt_list *e)
{
    e->prev->next = e->next;
    e->next->prev = e->prev;
    bt_list_init(e);
}

#endif
