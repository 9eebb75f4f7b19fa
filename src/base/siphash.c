/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/siphash.h"

struct state {
    uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static inline void mix(struct state *s)
{
    s->a += s->b;
    s->c += s->d;
    s->b = rotate(s->b, 13) ^ s->a;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a = rotate(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = rotate(s->b, 17) ^ s->c;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c = rotate(s->c, 32);
}

static inline void absorb(struct state *s, uint64_t m)
{
    s->d ^= m;
    mix(s);
    s->a ^= m;
}

/* Little-endian loads; compilers make one instruction of each. */
static inline uint64_t load4(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
           (uint64_t)p[3] << 24;
}

static inline uint64_t load8(const unsigned char *p)
{
    return load4(p) | load4(p + 4) << 32;
}

/* The last n % 8 bytes. From 8 bytes on one load that overlaps what was
 * absorbed before does it; shorter keys take two or three. */
static inline uint64_t tail(const unsigned char *end, size_t n)
{
    unsigned r = n & 7;
    const unsigned char *p = end - r;

    if (r == 0) {
        return 0;
    }
    if (n >= 8) {
        return load8(end - 8) >> (64 - 8 * r);
    }
    if (r >= 4) {
        return load4(p) | load4(end - 4) << (8 * (r - 4));
    }
    return (uint64_t)p[0] | (uint64_t)p[r / 2] << (8 * (r / 2)) |
           (uint64_t)p[r - 1] << (8 * (r - 1));
}

uint64_t bt_siphash(const struct bt_hash_key *key, const void *data, size_t n)
{
    const unsigned char *p = data;
    const unsigned char *blocks_end = p + (n & ~(size_t)7);
    struct state s = {
        key->k0 ^ 0x736f6d6570736575u, key->k1 ^ 0x646f72616e646f6du,
        key->k0 ^ 0x6c7967656e657261u, key->k1 ^ 0x7465646279746573u};

    for (; p != blocks_end; p += 8) {
        absorb(&s, load8(p));
    }
    absorb(&s, tail(p + (n & 7), n) | (uint64_t)(n & 0xff) << 56);
    s.c ^= 0xff;
    mix(&s);
    mix(&s);
    mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
