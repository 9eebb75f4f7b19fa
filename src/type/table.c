/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/table.h"

void table_init(struct table *t, const struct dict_type *type)
{
    dict_init(&t->dict, type);
    t->bytes = 0;
}

void table_fini(struct table *t, void (*free_node)(struct dict_node *n))
{
    dict_fini(&t->dict, free_node);
    t->bytes = 0;
}

struct table *table_new(const struct dict_type *type)
{
    struct table *t = bt_mem_get(sizeof *t);

    if (t) {
        table_init(t, type);
    }
    return t;
}

void table_free(struct table *t, void (*free_node)(struct dict_node *n))
{
    if (t) {
        table_fini(t, free_node);
        bt_mem_put(t, sizeof *t);
    }
}

size_t table_bytes(const struct table *t)
{
    return t->bytes + dict_bytes(&t->dict);
}
