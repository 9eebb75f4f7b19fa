/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/intset.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/slab.h"

struct intset {
    uint32_t n;
    uint32_t units : 30; /* of 16 bytes: the size of the block */
    uint32_t shift : 2;  /* a member takes 1 << shift bytes */
    unsigned char b[];
};

#define HEADER offsetof(struct intset, b)
#define UNIT   ((size_t)16)

static size_t size_of(const struct intset *s)
{
    return s->units * UNIT;
}

/* Above the slab's sizes in steps of an eighth, so that adding one by one does
 * not copy each time. */
static size_t size_for(size_t n, unsigned shift)
{
    size_t size = HEADER + (n << shift);

    if (size > BT_SLAB_MAX) {
        size += size / 8;
    }
    return (size + UNIT - 1) / UNIT * UNIT;
}

static struct intset *new_for(size_t n, unsigned shift)
{
    size_t size = size_for(n, shift);
    struct intset *s = bt_mem_get(size);

    if (s) {
        s->n = 0;
        s->units = (uint32_t)(size / UNIT) & 0x3fffffff;
        s->shift = shift & 3;
    }
    return s;
}

struct intset *intset_new(void)
{
    return new_for(0, 1);
}

struct intset *intset_copy(const struct intset *s)
{
    struct intset *copy = new_for(s->n, s->shift);

    if (copy) {
        copy->n = s->n;
        memcpy(copy->b, s->b, (size_t)s->n << s->shift);
    }
    return copy;
}

void intset_free(struct intset *s)
{
    if (s) {
        bt_mem_put(s, size_of(s));
    }
}

size_t intset_bytes(const struct intset *s)
{
    return bt_mem_size(size_of(s));
}

size_t intset_count(const struct intset *s)
{
    return s->n;
}

/* ---- Members ---- */

static int64_t get(const struct intset *s, size_t i)
{
    const unsigned char *p = s->b + (i << s->shift);
    int16_t v2;
    int32_t v4;
    int64_t v8;

    if (s->shift == 1) {
        memcpy(&v2, p, sizeof v2);
        return v2;
    }
    if (s->shift == 2) {
        memcpy(&v4, p, sizeof v4);
        return v4;
    }
    memcpy(&v8, p, sizeof v8);
    return v8;
}

static void put(struct intset *s, size_t i, int64_t v)
{
    unsigned char *p = s->b + (i << s->shift);
    int16_t v2 = (int16_t)v;
    int32_t v4 = (int32_t)v;

    if (s->shift == 1) {
        memcpy(p, &v2, sizeof v2);
    } else if (s->shift == 2) {
        memcpy(p, &v4, sizeof v4);
    } else {
        memcpy(p, &v, sizeof v);
    }
}

static unsigned shift_for(int64_t v)
{
    if (v >= INT16_MIN && v <= INT16_MAX) {
        return 1;
    }
    return v >= INT32_MIN && v <= INT32_MAX ? 2 : 3;
}

int64_t intset_at(const struct intset *s, size_t i)
{
    return get(s, i);
}

bool intset_find(const struct intset *s, int64_t v, size_t *at)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (get(s, mid) < v) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *at = low;
    return low < s->n && get(s, low) == v;
}

/* A wider copy, with room for one more. */
static int widen(struct intset **sp, unsigned shift)
{
    struct intset *s = *sp, *wide = new_for(s->n + 1, shift);

    if (!wide) {
        return -ENOMEM;
    }
    wide->n = s->n;
    for (size_t i = 0; i < s->n; i++) {
        put(wide, i, get(s, i));
    }
    intset_free(s);
    *sp = wide;
    return 0;
}

static int resize(struct intset **sp, size_t size)
{
    struct intset *s = bt_mem_resize(*sp, size_of(*sp), size);

    if (!s) {
        return -ENOMEM;
    }
    s->units = (uint32_t)(size / UNIT) & 0x3fffffff;
    *sp = s;
    return 0;
}

int intset_add_at(struct intset **sp, size_t at, int64_t v)
{
    unsigned shift = shift_for(v);
    struct intset *s = *sp;
    int r = 0;

    bt_assert(s->n < INTSET_MAX && at <= s->n);
    if (shift > s->shift) {
        r = widen(sp, shift);
    } else if (HEADER + ((size_t)(s->n + 1) << s->shift) > size_of(s)) {
        r = resize(sp, size_for(s->n + 1, s->shift));
    }
    if (r != 0) {
        return r;
    }
    s = *sp;
    memmove(s->b + ((at + 1) << s->shift), s->b + (at << s->shift),
            (s->n - at) << s->shift);
    s->n++;
    put(s, at, v);
    return 0;
}

void intset_remove_at(struct intset **sp, size_t at)
{
    struct intset *s = *sp;
    size_t size;

    bt_assert(at < s->n);
    memmove(s->b + (at << s->shift), s->b + ((at + 1) << s->shift),
            (s->n - at - 1) << s->shift);
    s->n--;
    size = size_for(s->n, s->shift);
    if (size + size / 4 < size_of(s) ||
        (size <= BT_SLAB_MAX && size < size_of(s))) {
        resize(sp, size); /* if it fails the block stays as it is */
    }
}
