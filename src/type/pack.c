/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/pack.c -- the block of a pack, and what changes it.
 */
#include "type/pack.h"

#include <errno.h>

#include "base/mem.h"
#include "base/slab.h"
#include "type/pack_code.h"

/* ---- Blocks ---- */

static size_t power_below(size_t n)
{
    size_t power = BT_SLAB_MAX;

    while (power <= n / 2) {
        power *= 2;
    }
    return power;
}

static size_t block_size(size_t used, bool large)
{
    size_t n = PACK_HEADER + used, step = 16; /* a power of two */

    if (n > BT_SLAB_MAX) {
        step = power_below(n) / 8;
    } else if (large) {
        return BT_SLAB_MAX + 1;
    }
    return (n + step - 1) & ~(step - 1);
}

static size_t size_of(const struct pack *p)
{
    return block_size(p->used, p->large);
}

/* A block of size `is`, for `used` bytes, which the caller will set. 0 or
 * -ENOMEM. */
static int grow(struct pack **pp, size_t is, size_t used)
{
    struct pack *p = *pp;
    size_t want = block_size(used, p->large);

    if (want > is) {
        p = bt_mem_resize(p, is, want);
        if (!p) {
            return -ENOMEM;
        }
        p->large = 0;
        *pp = p;
    }
    return 0;
}

/* A block that is larger than it should be is freed as a smaller one, which is
 * right as long as it stays on its side of BT_SLAB_MAX. */
static void shrink(struct pack **pp, size_t was)
{
    struct pack *p = *pp;
    size_t want = size_of(p);

    if (want < was) {
        p = bt_mem_resize(p, was, want);
        if (p) {
            *pp = p;
        } else if (was > BT_SLAB_MAX && want <= BT_SLAB_MAX) {
            (*pp)->large = 1;
        }
    }
}

struct pack *pack_new(void)
{
    struct pack *p = bt_mem_get(block_size(0, false));

    if (p) {
        p->used = 0;
        p->count = 0;
        p->large = 0;
    }
    return p;
}

/* With room for `used` bytes, which the caller sets. */
static struct pack *new_for(size_t used)
{
    struct pack *p = bt_mem_get(block_size(used, false));

    if (p) {
        p->large = 0;
    }
    return p;
}

struct pack *pack_copy(const struct pack *p)
{
    struct pack *q = new_for(p->used);

    if (q) {
        q->used = p->used;
        q->count = p->count;
        memcpy(q->b, p->b, p->used);
    }
    return q;
}

void pack_free(struct pack *p)
{
    if (p) {
        bt_mem_put(p, size_of(p));
    }
}

size_t pack_bytes(const struct pack *p)
{
    return bt_mem_size(size_of(p));
}

/* ---- Changing ---- */

/* Makes the `old` bytes at `at` into `new` bytes. */
static int open_gap(struct pack **pp, uint32_t at, size_t old, size_t new)
{
    struct pack *p = *pp;
    size_t rest = p->used - at - old, was;
    int r;

    if (new == old) {
        return 0;
    }
    was = size_of(p);
    if (new > old) {
        if ((uint64_t)p->used - old + new > PACK_MAX) {
            return -EFBIG;
        }
        r = grow(pp, was, p->used - old + new);
        if (r != 0) {
            return r;
        }
        p = *pp;
    }
    if (rest > 0) {
        memmove(&p->b[at + new], &p->b[at + old], rest);
    }
    p->used = (uint32_t)(p->used - old + new);
    if (new < old) {
        shrink(pp, was);
    }
    return 0;
}

/* Too much for any pack: SIZE_MAX. */
static inline size_t size_of_all(const struct pack_coded *c, unsigned n)
{
    uint64_t size = 0;

    for (unsigned i = 0; i < n; i++) {
        size += pack_coded_size(&c[i]);
    }
    return size <= PACK_MAX ? (size_t)size : SIZE_MAX;
}

static inline void write_all(unsigned char *b, const struct pack_coded *c,
                             unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        b = pack_coded_write(b, &c[i]);
    }
}

static inline int put_all(struct pack **pp, uint32_t at, size_t old,
                          const struct pack_coded *c, unsigned n)
{
    size_t size = size_of_all(c, n);
    int r = size != SIZE_MAX ? open_gap(pp, at, old, size) : -EFBIG;

    if (r == 0) {
        write_all(&(*pp)->b[at], c, n);
        (*pp)->count += old == 0 ? n : 0;
    }
    return r;
}

int pack_put(struct pack **pp, uint32_t at, size_t old,
             const struct pack_coded *c, unsigned n)
{
    return put_all(pp, at, old, c, n);
}

int pack_put_away(struct pack **pp, uint32_t at, size_t old, uint32_t to,
                  const struct pack_coded *c, unsigned n)
{
    size_t size = size_of_all(c, n);
    int r = size != SIZE_MAX ? open_gap(pp, at, old, size) : -EFBIG;
    unsigned char *b = (*pp)->b;

    if (r != 0) {
        return r;
    }
    if (to <= at) {
        memmove(&b[to + size], &b[to], at - to);
    } else {
        memmove(&b[at], &b[at + size], to - at - old);
        to -= (uint32_t)old;
    }
    write_all(&b[to], c, n);
    return 0;
}

static int put(struct pack **pp, uint32_t at, size_t old, struct bt_slice s)
{
    struct pack_coded c;

    if (s.n > PACK_MAX) {
        return -EFBIG;
    }
    pack_code(&c, s);
    return put_all(pp, at, old, &c, 1);
}

int pack_insert(struct pack **pp, uint32_t at, struct bt_slice s)
{
    return put(pp, at == PACK_NONE ? (*pp)->used : at, 0, s);
}

int pack_append(struct pack **pp, struct bt_slice s)
{
    return put(pp, (*pp)->used, 0, s);
}

int pack_append_pair(struct pack **pp, struct bt_slice a, struct bt_slice b)
{
    struct pack_coded c[2];

    if (a.n > PACK_MAX || b.n > PACK_MAX) {
        return -EFBIG;
    }
    pack_code(&c[0], a);
    pack_code(&c[1], b);
    return pack_put(pp, (*pp)->used, 0, c, 2);
}

int pack_prepend(struct pack **pp, struct bt_slice s)
{
    return put(pp, 0, 0, s);
}

int pack_replace(struct pack **pp, uint32_t at, struct bt_slice s)
{
    return put(pp, at, pack_after(*pp, at) - at, s);
}

uint32_t pack_remove(struct pack **pp, uint32_t at, uint32_t n)
{
    const struct pack *p = *pp;
    uint32_t end = at, gone = 0;

    while (gone < n && end < p->used) {
        end = pack_after(p, end);
        gone++;
    }
    open_gap(pp, at, end - at, 0);
    (*pp)->count -= gone;
    return at < (*pp)->used ? at : PACK_NONE;
}

struct pack *pack_split(struct pack **pp, uint32_t at)
{
    const struct pack *p = *pp;
    uint32_t n = 0;
    struct pack *q;

    if (at == PACK_NONE) {
        return pack_new();
    }
    q = new_for(p->used - at);
    if (q) {
        for (uint32_t i = at; i < p->used; i = pack_after(p, i)) {
            n++;
        }
        q->used = p->used - at;
        q->count = n;
        memcpy(q->b, &p->b[at], q->used);
        open_gap(pp, at, q->used, 0);
        (*pp)->count -= n;
    }
    return q;
}

int pack_join(struct pack **pp, const struct pack *from)
{
    uint32_t end = (*pp)->used;
    int r = open_gap(pp, end, 0, from->used);

    if (r == 0) {
        memcpy(&(*pp)->b[end], from->b, from->used);
        (*pp)->count += from->count;
    }
    return r;
}
