/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blocks of a slab: all sizes, apart from each other, used again.
 */
#include <criterion/criterion.h>

#include "base/slab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCKS = 20000
};

static struct bt_slab *slab;
static struct bt_slab_cache *cache;
static unsigned char *block[BLOCKS];

static void start(void)
{
    slab = bt_slab_new();
    cache = bt_slab_cache_new(slab);
}

static void end(void)
{
    bt_slab_cache_free(&cache);
    bt_slab_free(&slab);
    cr_expect_null(cache);
    cr_expect_null(slab);
}

TestSuite(slab, .init = start, .fini = end, .timeout = 60);

static size_t size_of(unsigned i)
{
    return i % BT_SLAB_MAX + 1;
}

static void fill(void)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        block[i] = bt_slab_get(cache, size_of(i));
        cr_assert_not_null(block[i]);
        cr_assert_eq((uintptr_t)block[i] % 16, 0);
        memset(block[i], (int)(i % 251), size_of(i));
    }
}

static void check(void)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        for (size_t j = 0; j < size_of(i); j++) {
            cr_assert_eq(block[i][j], i % 251, "block %u, byte %zu", i, j);
        }
    }
}

static void give_all(struct bt_slab_cache *c)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        bt_slab_put(c, block[i], size_of(i));
    }
}

static int by_address(const void *a, const void *b)
{
    const unsigned char *x = *(unsigned char *const *)a;
    const unsigned char *y = *(unsigned char *const *)b;

    return x < y ? -1 : x > y;
}

Test(slab, blocks_lie_apart)
{
    fill();
    check();
    give_all(cache);
}

/* The same blocks again, whichever way they came back. */
static void used_again(struct bt_slab_cache *by)
{
    static unsigned char *before[BLOCKS];
    unsigned fresh = 0;

    fill();
    memcpy(before, block, sizeof before);
    qsort(before, BLOCKS, sizeof *before, by_address);
    give_all(by);
    fill();
    for (unsigned i = 0; i < BLOCKS; i++) {
        fresh +=
            !bsearch(&block[i], before, BLOCKS, sizeof *before, by_address);
    }
    /* What a run had left when its class needed more may come first. */
    cr_expect_leq(fresh, BLOCKS / 10, "%u of %u are new", fresh, BLOCKS);
    check();
    give_all(cache);
}

Test(slab, used_again)
{
    used_again(cache);
}

Test(slab, used_again_when_another_thread_freed_them)
{
    used_again(NULL);
}

Test(slab, a_cache_that_ends_leaves_its_blocks_to_others)
{
    unsigned char *one = bt_slab_get(cache, 100);

    bt_slab_put(cache, one, 100);
    bt_slab_cache_free(&cache);
    cache = bt_slab_cache_new(slab);
    for (unsigned i = 0; i < 2000; i++) {
        if (bt_slab_get(cache, 100) == one) {
            return;
        }
    }
    cr_assert_fail("it was lost");
}
