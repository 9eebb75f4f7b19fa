/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/table.h -- a dict and the memory of its nodes: the large form of sets,
 * hashes and sorted sets (inside type/ only).
 *
 * Purpose    Keeps the sum that table_bytes() answers. Each node is one block of
 *            base/mem.h, whose size the type knows.
 * Threads    One at a time.
 * Ownership  A node belongs to the table once it was given to table_add().
 */
#ifndef BATON_TYPE_TABLE_H
#define BATON_TYPE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "base/mem.h"
#include "type/dict.h"

struct table {
    struct dict dict;
    size_t bytes; /* of all nodes */
};

/* As part of something else, and as a block of its own (NULL: out of memory;
 * to table_free: no table). */
void table_init(struct table *t, const struct dict_type *type);
void table_fini(struct table *t, void (*free_node)(struct dict_node *n));
struct table *table_new(const struct dict_type *type);
void table_free(struct table *t, void (*free_node)(struct dict_node *n));

/* Memory of its nodes and buckets, not of *t itself; O(1). */
size_t table_bytes(const struct table *t);

/* A node of `size` bytes, whose key is not there. 0; -ENOMEM: it was freed. */
static inline int table_add(struct table *t, struct dict_node *n, size_t size,
                            uint32_t hash)
{
    int r = dict_add(&t->dict, n, hash);

    if (bt_unlikely(r != 0)) {
        bt_mem_put(n, size);
    } else {
        t->bytes += bt_mem_size(size);
    }
    return r;
}

/* Frees a node that was taken out of the dict. */
static inline void table_drop(struct table *t, struct dict_node *n, size_t size)
{
    t->bytes -= bt_mem_size(size);
    bt_mem_put(n, size);
}

#endif
