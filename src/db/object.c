/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/object.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "db/blob.h"

struct db_lazy_object {
    struct db_lazy_object *next;
    enum db_type type;
    void *object;
    size_t bytes;
};

/* What waits to be freed is bounded: who makes large values faster than the
 * helper gets rid of them must lend a hand. */
#define STRINGS_MAX ((size_t)64 * 1024 * 1024)
#define ALL_MAX     (4 * STRINGS_MAX)

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
    if (type == DB_STRING) {
        blob_free(object);
    } else if (object) {
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

static bool defer(struct db_lazy_objects *list, enum db_type type, void *object,
                  size_t bytes)
{
    struct db_lazy_object *l = malloc(sizeof *l);

    if (!l) {
        return false;
    }
    l->type = type;
    l->object = object;
    l->bytes = bytes;
    /* Relaxed: only a sum. */
    atomic_fetch_add_explicit(&list->bytes, bytes, memory_order_relaxed);
    push(list, l);
    return true;
}

/* Of the thread that is here, or NULL: it frees at once. */
static struct db_lazy_objects *lazy_here(void)
{
    struct bt_mem *here = bt_mem_here();

    return here ? here->lazy : NULL;
}

bool db_object_defer_blob(void *blob, size_t bytes)
{
    struct db_lazy_objects *list = lazy_here();

    return list &&
           atomic_load_explicit(&list->bytes, memory_order_relaxed) + bytes <=
               STRINGS_MAX &&
           defer(list, DB_STRING, blob, bytes);
}

void db_object_drop(enum db_type type, void *object)
{
    struct db_lazy_objects *list = lazy_here();

    if (!object || !list ||
        db_object_ops(type)->effort(object) <= DB_LAZY_EFFORT ||
        atomic_load_explicit(&list->bytes, memory_order_relaxed) > ALL_MAX ||
        !defer(list, type, object, db_object_bytes(type, object))) {
        db_object_free(type, object);
    }
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
        atomic_fetch_sub_explicit(&list->bytes, l->bytes, memory_order_relaxed);
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
