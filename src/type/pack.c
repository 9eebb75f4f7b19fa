/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An element is a head, its bytes, and its length once more for those who come
 * from behind. The same string always gets the same head and bytes, so elements
 * are compared as they lie.
 *
 *     head                                     then
 *     0nnnnnnn           the integer n         -
 *     10nnnnnn           a string              n bytes
 *     110nnnnn n         13 bits of integer    -
 *     1110nnnn n         a string              n bytes, below 4096
 *     11110000 n n n n   a string              n bytes
 *     1111kkkk           an integer            k bytes, 2 <= k <= 8
 *
 * Integers are two's complement, lowest byte first in k bytes, highest first in
 * 13 bits. The length behind is that of all before it, in one byte if it is
 * below 255; else in four, lowest first, and then comes 255.
 */
#include "type/pack.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/mem.h"
#include "base/slab.h"

#define HEADER offsetof(struct pack, b)

/* What is to be written: a head, and perhaps the bytes of a string. */
struct coded {
    unsigned char head[9];
    unsigned n_head;
    struct bt_slice body;
};

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
    size_t n = HEADER + used, step = 16;

    if (n > BT_SLAB_MAX) {
        step = power_below(n) / 8;
    } else if (large) {
        return BT_SLAB_MAX + 1;
    }
    return (n + step - 1) / step * step;
}

static size_t size_of(const struct pack *p)
{
    return block_size(p->used, p->large);
}

/* For `used` bytes, which the caller will set. 0 or -ENOMEM. */
static int grow(struct pack **pp, size_t used)
{
    struct pack *p = *pp;
    size_t is = size_of(p), want = block_size(used, p->large);

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

/* ---- Heads and lengths ---- */

static uint32_t get32(const unsigned char *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

static void put32(unsigned char *b, uint32_t v)
{
    b[0] = (unsigned char)v;
    b[1] = (unsigned char)(v >> 8);
    b[2] = (unsigned char)(v >> 16);
    b[3] = (unsigned char)(v >> 24);
}

/* Of head and bytes. */
static inline size_t size_at(const unsigned char *b)
{
    unsigned h = b[0];

    if (h < 0x80) {
        return 1;
    }
    if (h < 0xc0) {
        return 1 + (h & 0x3f);
    }
    if (h < 0xe0) {
        return 2;
    }
    if (h < 0xf0) {
        return 2 + ((h & 0x0f) << 8 | b[1]);
    }
    return h == 0xf0 ? 5 + (size_t)get32(b + 1) : 1 + (h & 0x0f);
}

static inline size_t with_back(size_t size)
{
    return size + (size < 255 ? 1 : 5);
}

static unsigned code_int(unsigned char *head, int64_t v)
{
    unsigned k = 2;

    if (v >= 0 && v < 0x80) {
        head[0] = (unsigned char)v;
        return 1;
    }
    if (v >= -0x1000 && v < 0x1000) {
        head[0] = (unsigned char)(0xc0 | ((uint64_t)v >> 8 & 0x1f));
        head[1] = (unsigned char)v;
        return 2;
    }
    while (k < 8 && (v < -(INT64_C(1) << (8 * k - 1)) ||
                     v >= INT64_C(1) << (8 * k - 1))) {
        k++;
    }
    head[0] = (unsigned char)(0xf0 | k);
    for (unsigned i = 0; i < k; i++) {
        head[1 + i] = (unsigned char)((uint64_t)v >> 8 * i);
    }
    return 1 + k;
}

static unsigned code_length(unsigned char *head, size_t n)
{
    if (n < 0x40) {
        head[0] = (unsigned char)(0x80 | n);
        return 1;
    }
    if (n < 0x1000) {
        head[0] = (unsigned char)(0xe0 | n >> 8);
        head[1] = (unsigned char)n;
        return 2;
    }
    head[0] = 0xf0;
    put32(head + 1, (uint32_t)n);
    return 5;
}

/* s is short enough for a pack. */
static void code(struct coded *c, struct bt_slice s)
{
    int64_t v;

    if (bt_decimal_read(s, &v)) {
        c->n_head = code_int(c->head, v);
        c->body = bt_slice(s.p, 0);
    } else {
        c->n_head = code_length(c->head, s.n);
        c->body = s;
    }
}

static int64_t int_at(const unsigned char *b)
{
    unsigned h = b[0], bits = 13;
    uint64_t u = 0, sign;

    if (h < 0x80) {
        return (int64_t)h;
    }
    if (h < 0xe0) {
        u = (h & 0x1f) << 8 | b[1];
    } else {
        bits = 8 * (h & 0x0f);
        for (unsigned i = h & 0x0f; i > 0; i--) {
            u = u << 8 | b[i];
        }
    }
    sign = UINT64_C(1) << (bits - 1);
    u = (u ^ sign) - sign;
    return u <= INT64_MAX ? (int64_t)u : -(int64_t)~u - 1;
}

static size_t cost_of(const struct coded *c)
{
    return with_back(c->n_head + c->body.n);
}

size_t pack_cost(struct bt_slice s)
{
    struct coded c;

    if (s.n > PACK_MAX) {
        return s.n;
    }
    code(&c, s);
    return cost_of(&c);
}

static void write_at(unsigned char *b, const struct coded *c)
{
    size_t size = c->n_head + c->body.n;

    memcpy(b, c->head, c->n_head);
    if (c->body.n > 0) {
        memcpy(b + c->n_head, c->body.p, c->body.n);
    }
    if (size < 255) {
        b[size] = (unsigned char)size;
    } else {
        put32(b + size, (uint32_t)size);
        b[size + 4] = 255;
    }
}

static bool is_coded(const unsigned char *b, const struct coded *c)
{
    return b[0] == c->head[0] && memcmp(b, c->head, c->n_head) == 0 &&
           (c->body.n == 0 || memcmp(b + c->n_head, c->body.p, c->body.n) == 0);
}

/* ---- Walking ---- */

uint32_t pack_first(const struct pack *p)
{
    return p->used > 0 ? 0 : PACK_NONE;
}

static uint32_t before(const struct pack *p, uint32_t at)
{
    uint32_t back = p->b[at - 1];

    return back < 255 ? at - 1 - back : at - 5 - get32(&p->b[at - 5]);
}

uint32_t pack_last(const struct pack *p)
{
    return p->used > 0 ? before(p, p->used) : PACK_NONE;
}

/* As pack_next, but the end is p->used. */
static uint32_t after(const struct pack *p, uint32_t at)
{
    return at + (uint32_t)with_back(size_at(&p->b[at]));
}

uint32_t pack_next(const struct pack *p, uint32_t at)
{
    at = after(p, at);
    return at < p->used ? at : PACK_NONE;
}

uint32_t pack_prev(const struct pack *p, uint32_t at)
{
    return at > 0 ? before(p, at) : PACK_NONE;
}

uint32_t pack_index(const struct pack *p, int64_t i)
{
    int64_t n = p->count;
    uint32_t at;

    i += i < 0 ? n : 0;
    if (i < 0 || i >= n) {
        return PACK_NONE;
    }
    if (i <= n / 2) {
        for (at = 0; i > 0; i--) {
            at = after(p, at);
        }
    } else {
        for (at = p->used; i < n; i++) {
            at = before(p, at);
        }
    }
    return at;
}

/* ---- Reading ---- */

/* False: an integer. */
static bool string_at(const unsigned char *b, struct bt_slice *s)
{
    unsigned h = b[0];

    if (h < 0x80 || (h >= 0xc0 && h < 0xe0) || h > 0xf0) {
        return false;
    }
    if (h < 0xc0) {
        *s = bt_slice((const char *)b + 1, h & 0x3f);
    } else if (h < 0xf0) {
        *s = bt_slice((const char *)b + 2, (h & 0x0f) << 8 | b[1]);
    } else {
        *s = bt_slice((const char *)b + 5, get32(b + 1));
    }
    return true;
}

void pack_get(const struct pack *p, uint32_t at, struct pack_value *v)
{
    struct bt_slice s;

    if (string_at(&p->b[at], &s)) {
        *v = (struct pack_value){.p = s.p, .n = s.n};
    } else {
        *v = (struct pack_value){.i = int_at(&p->b[at])};
    }
}

struct bt_slice pack_text(const struct pack *p, uint32_t at,
                          char buf[PACK_TEXT])
{
    struct bt_slice s;

    if (!string_at(&p->b[at], &s)) {
        s = bt_slice(buf, bt_decimal_write(buf, int_at(&p->b[at])));
    }
    return s;
}

bool pack_is(const struct pack *p, uint32_t at, struct bt_slice s)
{
    struct coded c;

    if (s.n > PACK_MAX) {
        return false;
    }
    code(&c, s);
    return is_coded(&p->b[at], &c);
}

struct pack_value pack_value_of(struct bt_slice s)
{
    struct pack_value v = {.p = NULL};

    if (!bt_decimal_read(s, &v.i)) {
        v.p = s.p ? s.p : "";
        v.n = s.n;
    }
    return v;
}

bool pack_match(const struct pack *p, uint32_t at, const struct pack_value *v)
{
    struct bt_slice s;

    if (!string_at(&p->b[at], &s)) {
        return !v->p && int_at(&p->b[at]) == v->i;
    }
    return v->p && s.n == v->n && memcmp(s.p, v->p, s.n) == 0;
}

uint32_t pack_find(const struct pack *p, uint32_t from, struct bt_slice s,
                   unsigned skip)
{
    struct coded c;

    if (from == PACK_NONE || s.n > PACK_MAX) {
        return PACK_NONE;
    }
    code(&c, s);
    while (from < p->used) {
        if (is_coded(&p->b[from], &c)) {
            return from;
        }
        from = after(p, from);
        for (unsigned i = skip; i > 0 && from < p->used; i--) {
            from = after(p, from);
        }
    }
    return PACK_NONE;
}

/* ---- Changing ---- */

/* Makes the `old` bytes at `at` into `new` bytes. */
static int open_gap(struct pack **pp, uint32_t at, size_t old, size_t new)
{
    struct pack *p = *pp;
    size_t rest = p->used - at - old, was = size_of(p);
    int r;

    if (new > old) {
        if ((uint64_t)p->used - old + new > PACK_MAX) {
            return -EFBIG;
        }
        r = grow(pp, p->used - old + new);
        if (r != 0) {
            return r;
        }
        p = *pp;
    }
    if (rest > 0 && new != old) {
        memmove(&p->b[at + new], &p->b[at + old], rest);
    }
    p->used = (uint32_t)(p->used - old + new);
    if (new < old) {
        shrink(pp, was);
    }
    return 0;
}

/* Puts s in place of the `old` bytes at `at`. */
static int put(struct pack **pp, uint32_t at, size_t old, struct bt_slice s)
{
    struct coded c;
    int r;

    if (s.n > PACK_MAX) {
        return -EFBIG;
    }
    code(&c, s);
    r = open_gap(pp, at, old, cost_of(&c));
    if (r == 0) {
        write_at(&(*pp)->b[at], &c);
        (*pp)->count += old == 0;
    }
    return r;
}

int pack_insert(struct pack **pp, uint32_t at, struct bt_slice s)
{
    return put(pp, at == PACK_NONE ? (*pp)->used : at, 0, s);
}

int pack_append(struct pack **pp, struct bt_slice s)
{
    return put(pp, (*pp)->used, 0, s);
}

int pack_prepend(struct pack **pp, struct bt_slice s)
{
    return put(pp, 0, 0, s);
}

int pack_replace(struct pack **pp, uint32_t at, struct bt_slice s)
{
    return put(pp, at, after(*pp, at) - at, s);
}

uint32_t pack_remove(struct pack **pp, uint32_t at, uint32_t n)
{
    const struct pack *p = *pp;
    uint32_t end = at, gone = 0;

    while (gone < n && end < p->used) {
        end = after(p, end);
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
        for (uint32_t i = at; i < p->used; i = after(p, i)) {
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

/* ---- Distrust ---- */

/* The size of the head at b is known to be there. */
static bool head_fits(const unsigned char *b, size_t left)
{
    unsigned h = b[0];

    if (h > 0xf8 || h == 0xf1) {
        return false;
    }
    return left >= (h == 0xf0 ? 5u : h >= 0xe0 && h < 0xf0 ? 2u : 1u);
}

static bool element_sound(const unsigned char *b, size_t left)
{
    size_t size;

    if (!head_fits(b, left)) {
        return false;
    }
    size = size_at(b);
    if (size > left || with_back(size) > left) {
        return false;
    }
    return size < 255 ? b[size] == size
                      : b[size + 4] == 255 && get32(b + size) == size;
}

bool pack_sound(const struct pack *p, size_t size)
{
    uint32_t at = 0, n = 0;

    if (size < HEADER || p->used > size - HEADER || p->used > PACK_MAX) {
        return false;
    }
    while (at < p->used) {
        if (!element_sound(&p->b[at], p->used - at)) {
            return false;
        }
        at = after(p, at);
        n++;
    }
    return n == p->count;
}
