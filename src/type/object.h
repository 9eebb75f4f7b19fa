/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/object.h -- what the keyspace must know of a collection (list, set,
 * sorted set, hash): how to free it, what it takes, how it is called.
 *
 * Purpose    Each type is a structure of its own (type/list.h, ...) that knows
 *            nothing of keys, locks, sockets or RESP. The keyspace holds it by
 *            one pointer, which never changes while the value lives: what grows
 *            or changes its form hangs below it.
 * Threads    One at a time: whoever holds the lock of the key's shard; free may
 *            run on any thread that has a bt_mem (base/mem.h).
 * Memory     From base/mem.h, so that small blocks come from the slab.
 */
#ifndef BATON_TYPE_OBJECT_H
#define BATON_TYPE_OBJECT_H

#include <stddef.h>

struct object_ops {
    const char *name; /* as TYPE says it: "hash" */
    void (*free)(void *object);
    /* O(1): all memory that it takes, itself included; see bt_mem_size(). */
    size_t (*bytes)(const void *object);
    size_t (*count)(const void *object); /* elements, O(1) */
    /* About how many blocks a free gives back, O(1): above some, it is done by
     * a helper thread. */
    size_t (*effort)(const void *object);
    const char *(*encoding)(const void *object); /* as OBJECT ENCODING says */
    void *(*copy)(const void *object);           /* COPY; NULL: out of memory */
};

extern const struct object_ops list_ops, set_ops, zset_ops, hash_ops;

#endif
