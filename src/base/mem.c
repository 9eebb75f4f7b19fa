/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/slab.h"

static _Thread_local struct bt_mem *here;
/* Some thread has, or had, a cache. */
static atomic_bool slabs;

void bt_mem_use(struct bt_mem *m)
{
    here = m;
    /* Relaxed: a thread without a cache must not run beside the first one with
     * (see Threads). */
    if (m && !atomic_load_explicit(&slabs, memory_order_relaxed)) {
        atomic_store_explicit(&slabs, true, memory_order_relaxed);
    }
}

struct bt_mem *bt_mem_here(void)
{
    return here;
}

static bool from_slab(size_t n)
{
    return n <= BT_SLAB_MAX &&
           atomic_load_explicit(&slabs, memory_order_relaxed);
}

void *bt_mem_get(size_t n)
{
    if (!from_slab(n)) {
        return malloc(n);
    }
    bt_assert(here);
    return bt_slab_get(here->cache, n);
}

void bt_mem_put(void *p, size_t n)
{
    if (!p) {
        return;
    }
    if (from_slab(n)) {
        bt_slab_put(here ? here->cache : NULL, p, n);
    } else {
        free(p);
    }
}

/* Slab blocks come in steps of 16 bytes; but a build with a sanitizer is to see
 * each byte behind what was asked for. */
static bool same_block(size_t a, size_t b)
{
#ifdef BATON_SANITIZED
    return a == b;
#else
    return (a + 15) / 16 == (b + 15) / 16;
#endif
}

void *bt_mem_resize(void *p, size_t old_n, size_t n)
{
    void *q;

    if (!p) {
        return bt_mem_get(n);
    }
    if (from_slab(n) && same_block(old_n, n)) {
        return p;
    }
    if (!from_slab(n) && !from_slab(old_n)) {
        return realloc(p, n);
    }
    q = bt_mem_get(n);
    if (q) {
        memcpy(q, p, n < old_n ? n : old_n);
        bt_mem_put(p, old_n);
    }
    return q;
}

size_t bt_mem_size(size_t n)
{
    size_t header = n <= BT_SLAB_MAX ? 0 : sizeof(void *);

    return (n + header + 15) / 16 * 16;
}
