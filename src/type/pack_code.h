/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/pack_code.h -- how the elements of a pack lie in memory (inside
 * type/pack*.c and type/zpack.c only).
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
 *
 * Threads    Any: bytes in, bytes out.
 */
#ifndef BATON_TYPE_PACK_CODE_H
#define BATON_TYPE_PACK_CODE_H

#include "base/check.h"
#include "type/pack.h"

#define PACK_HEADER offsetof(struct pack, b)

/* What is to be written: a head, and perhaps the bytes of a string. */
struct pack_coded {
    unsigned char head[9];
    unsigned n_head;
    struct bt_slice body;
};

/* ---- Lengths ---- */

static inline uint32_t pack_get32(const unsigned char *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

static inline void pack_put32(unsigned char *b, uint32_t v)
{
    b[0] = (unsigned char)v;
    b[1] = (unsigned char)(v >> 8);
    b[2] = (unsigned char)(v >> 16);
    b[3] = (unsigned char)(v >> 24);
}

/* Of head and bytes. */
static inline size_t pack_size_at(const unsigned char *b)
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
    return h == 0xf0 ? 5 + (size_t)pack_get32(b + 1) : 1 + (h & 0x0f);
}

static inline size_t pack_with_back(size_t size)
{
    return size + (size < 255 ? 1 : 5);
}

/* By the head: what the element takes with all overhead; 0: see its length. */
extern const unsigned char pack_steps[256];
uint32_t pack_long_step(const unsigned char *b);

/* From an element to the next. */
static inline uint32_t pack_step(const unsigned char *b)
{
    uint32_t step = pack_steps[b[0]];

    return bt_likely(step != 0) ? step : pack_long_step(b);
}

/* ---- Places ---- */

static inline uint32_t pack_before(const struct pack *p, uint32_t at)
{
    uint32_t back = p->b[at - 1];

    return back < 255 ? at - 1 - back : at - 5 - pack_get32(&p->b[at - 5]);
}

/* As pack_next, but the end is p->used. */
static inline uint32_t pack_after(const struct pack *p, uint32_t at)
{
    return at + pack_step(&p->b[at]);
}

/* ---- One element ---- */

/* s is not longer than PACK_MAX. */
void pack_code(struct pack_coded *c, struct bt_slice s);
/* As pack_code() of the integer's decimal form. */
void pack_code_int(struct pack_coded *c, int64_t v);
/* b has room for pack_coded_size(); returns the place behind it. */
unsigned char *pack_coded_write(unsigned char *b, const struct pack_coded *c);

static inline bool pack_is_int(const unsigned char *b)
{
    unsigned h = b[0];

    return h < 0x80 || (h >= 0xc0 && h < 0xe0) || h > 0xf0;
}

/* Of more than 13 bits. */
int64_t pack_wide_int_at(const unsigned char *b);

/* What is there is an integer. */
static inline int64_t pack_int_at(const unsigned char *b)
{
    unsigned h = b[0];

    if (h < 0x80) {
        return (int64_t)h;
    }
    if (h < 0xe0) {
        return (int64_t)(((h & 0x1f) << 8 | b[1]) ^ 0x1000) - 0x1000;
    }
    return pack_wide_int_at(b);
}

static inline size_t pack_coded_size(const struct pack_coded *c)
{
    return pack_with_back(c->n_head + c->body.n);
}

static inline bool pack_is_coded(const unsigned char *b,
                                 const struct pack_coded *c)
{
    return b[0] == c->head[0] && memcmp(b, c->head, c->n_head) == 0 &&
           (c->body.n == 0 || memcmp(b + c->n_head, c->body.p, c->body.n) == 0);
}

/* ---- Changing (pack.c) ---- */

/* Puts n elements in place of the `old` bytes at `at`. */
int pack_put(struct pack **pp, uint32_t at, size_t old,
             const struct pack_coded *c, unsigned n);
/* The same, and they go to `to`, a place outside of those bytes: what is between
 * moves over. */
int pack_put_away(struct pack **pp, uint32_t at, size_t old, uint32_t to,
                  const struct pack_coded *c, unsigned n);

#endif
