/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/hash_form.h -- the forms of a hash (inside type/hash*.c only).
 *
 * Threads    As the hash.
 * Ownership  A hash owns what lies below it.
 */
#ifndef BATON_TYPE_HASH_FORM_H
#define BATON_TYPE_HASH_FORM_H

#include "type/hash.h"
#include "type/table.h"

/* One of the two is NULL. */
struct hash {
    struct pack *pack;
    struct table *table;
};

/* Of a table. */
struct hash_node {
    struct dict_node dict;
    uint32_t value_n;
    char text[]; /* the field, then the value */
};

static inline struct bt_slice hash_node_field(const struct hash_node *n)
{
    return bt_slice(n->text, n->dict.key_n);
}

static inline struct bt_slice hash_node_value(const struct hash_node *n)
{
    return bt_slice(n->text + n->dict.key_n, n->value_n);
}

#endif
