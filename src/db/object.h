/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/object.h -- the types of collections, and how large ones are freed
 * elsewhere (inside db/ only).
 *
 * Threads    db_object_drop: any thread that has a bt_mem whose `lazy` leads to
 *            the database's list, or is NULL, and then it frees at once. The
 *            list takes pushes from any thread and is emptied by one.
 */
#ifndef BATON_DB_OBJECT_H
#define BATON_DB_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "db/tx.h"
#include "type/object.h"

/* More blocks than this are not freed by a worker. */
#define DB_LAZY_EFFORT 64

struct db_lazy_object;

struct db_lazy_objects {
    _Atomic(struct db_lazy_object *) first;
    atomic_size_t bytes; /* of what waits */
};

const struct object_ops *db_object_ops(enum db_type type); /* not DB_STRING */
size_t db_object_bytes(enum db_type type, const void *object); /* NULL: 0 */
void db_object_free(enum db_type type, void *object);          /* or NULL */
/* A string's blob, which nobody refers to, is freed later by a helper thread.
 * False: not here, or too much waits already. */
bool db_object_defer_blob(void *blob, size_t bytes);
/* The same now or later, as its size tells. */
void db_object_drop(enum db_type type, void *object);

/* Frees what waits; false: nothing did. */
bool db_object_free_lazy(struct db_lazy_objects *list);
bool db_object_lazy_pending(const struct db_lazy_objects *list);

#endif
