/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/object.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"

struct db_lazy_object {
    struct db_lazy_object *next;
    enum db_type type;
    void *object;
};

static const struct object_ops *const ops[DB_N_TYPES] = {
    [DB_STRING] = NULL, /* a string lies in its entry, or in a blob */
    [DB_LIST] = &list_ops, [DB_ZSET] = &zset_ops,
    [DB_HASH] = &hash_ops, [DB_SET] = &set_ops,
};

const struct object_ops *db_object_ops(enum db_type type)
{
    bt_assert(type < DB_N_TYPES && ops[type]);
    return ops[type];
}

const char *db_type_name(enum db_type type)
{
    return type == DB_STRING ? "string" : db_object_ops(type)->name;
}

size_t db_object_bytes(enum db_type type, const void *object)
{
    return object ? db_object_ops(type)->bytes(object) : 0;
}

void db_object_free(enum db_type type, void *object)
{
    if (object) {
        db_object_ops(type)->free(object);
    }
}

/* Release: partner of the exchange below; the object is seen with its node. */
static void push(struct db_lazy_objects *list, struct db_lazy_object *l)
{
    l->next = atomic_load_explicit(&list->first, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&list->first, &l->next, l,
                                                  memory_order_release,
                                                  memory_order_relaxed)) {
        continue;
    }
}

void db_object_drop(enum db_type type, void *object)
{
    struct bt_mem *here = bt_mem_here();
    struct db_lazy_object *l = NULL;

    if (object && here && here->lazy &&
        db_object_ops(type)->effort(object) > DB_LAZY_EFFORT) {
        l = malloc(sizeof *l);
    }
    if (!l) {
        db_object_free(type, object);
        return;
    }
    l->type = type;
    l->object = object;
    push(here->lazy, l);
}

bool db_object_free_lazy(struct db_lazy_objects *list)
{
    /* Acquire: partner of push. */
    struct db_lazy_object *l =
        atomic_exchange_explicit(&list->first, NULL, memory_order_acquire);
    bool any = l != NULL;

    while (l) {
        struct db_lazy_object *next = l->next;

        db_object_free(l->type, l->object);
        free(l);
        l = next;
    }
    return any;
}

bool db_object_lazy_pending(const struct db_lazy_objects *list)
{
    /* Relaxed: any recent answer will do. */
    return atomic_load_explicit(&((struct db_lazy_objects *)list)->first,
                                memory_order_relaxed) != NULL;
}
