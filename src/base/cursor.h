/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/cursor.h -- the order in which scans walk over the buckets of hash tables.
 *
 * Purpose    A bucket's number is counted up from its highest bit. In that order
 *            the buckets into which one is split, or which are merged into one,
 *            follow each other, so a resize between two steps leaves none out.
 * Threads    Any.
 */
#ifndef BT_BASE_CURSOR_H
#define BT_BASE_CURSOR_H

#include <stdint.h>

static inline uint64_t bt_reverse(uint64_t v)
{
    v = (v >> 1 & UINT64_C(0x5555555555555555)) |
        (v & UINT64_C(0x5555555555555555)) << 1;
    v = (v >> 2 & UINT64_C(0x3333333333333333)) |
        (v & UINT64_C(0x3333333333333333)) << 2;
    v = (v >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) |
        (v & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4;
    v = (v >> 8 & UINT64_C(0x00ff00ff00ff00ff)) |
        (v & UINT64_C(0x00ff00ff00ff00ff)) << 8;
    v = (v >> 16 & UINT64_C(0x0000ffff0000ffff)) |
        (v & UINT64_C(0x0000ffff0000ffff)) << 16;
    return v >> 32 | v << 32;
}

/* Adds one at the highest bit of mask and carries downwards; 0 after the last. */
static inline uint64_t bt_cursor_next(uint64_t v, uint64_t mask)
{
    return bt_reverse(bt_reverse(v | ~mask) + 1);
}

#endif
