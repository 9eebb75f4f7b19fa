/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/mem.h -- memory for values: small blocks from the calling thread's slab
 * cache, large ones from the general allocator.
 *
 * Purpose    A block has no header, so whoever frees it says its size again.
 * Threads    Any; each thread that touches values says first where its blocks
 *            come from. Once one thread of a process has done so, all that
 *            allocate must; freeing without is allowed (at the end, on the
 *            main thread). A process in which none does gets all from malloc.
 */
#ifndef BT_BASE_MEM_H
#define BT_BASE_MEM_H

#include <stddef.h>

struct bt_slab_cache;

struct bt_mem {
    struct bt_slab_cache *cache;
    void *lazy; /* for the layer above: see db/object.h */
};

/* From now on, on the calling thread; NULL: no more. */
void bt_mem_use(struct bt_mem *m);
struct bt_mem *bt_mem_here(void);

/* n > 0. NULL: out of memory. */
void *bt_mem_get(size_t n);
/* n as it was asked for; p may be NULL. */
void bt_mem_put(void *p, size_t n);
/* As realloc(); p is NULL or a block of old_n bytes, which stays on failure. */
void *bt_mem_resize(void *p, size_t old_n, size_t n);
/* What a block of n bytes takes, its share of the allocator's overhead
 * included: for sums of memory. */
size_t bt_mem_size(size_t n);

#endif
