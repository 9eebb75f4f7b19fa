/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/slab.h -- memory for very many small blocks.
 *
 * Purpose    Blocks of up to BT_SLAB_MAX bytes in classes of 16, cut from 2 MB
 *            chunks which the system may make huge pages of once they are in
 *            use: a keyspace is read at random, and without them each read also
 *            waits for the address translation. A block has no header; what a
 *            thread frees it hands out again first, while it is in its cache.
 * Threads    A cache belongs to one thread. Any thread may free what another
 *            allocated: full caches pass blocks on through the depot, which has
 *            a lock (rank BT_RANK_SLAB).
 * Ownership  The slab owns all chunks and gives them back in bt_slab_free, with
 *            whatever blocks are still in use. Memory of freed blocks is kept
 *            for blocks of the same class.
 * Sanitizers A build with a sanitizer gets every block from malloc, so that a
 *            block's misuse is seen; the slab's own tests define BT_SLAB_REAL.
 */
#ifndef BT_BASE_SLAB_H
#define BT_BASE_SLAB_H

#include <stddef.h>

#define BT_SLAB_MAX 512

struct bt_slab;
struct bt_slab_cache;

/* ---- Setup: one thread ---- */
struct bt_slab *bt_slab_new(void);
void bt_slab_free(struct bt_slab **s); /* after all caches were freed */
struct bt_slab_cache *bt_slab_cache_new(struct bt_slab *s);
void bt_slab_cache_free(struct bt_slab_cache **c); /* its blocks: depot */

/* ---- The cache's thread ---- */

/* n bytes, 1 <= n <= BT_SLAB_MAX, aligned to 16; NULL: out of memory. */
void *bt_slab_get(struct bt_slab_cache *c, size_t n);
/* A block of n bytes as it was asked for, of any slab. c may be NULL. */
void bt_slab_put(struct bt_slab_cache *c, void *p, size_t n);

#endif
