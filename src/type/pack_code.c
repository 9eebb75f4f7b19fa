/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/pack_code.h"

#include "base/decimal.h"

/* ---- Steps ---- */

#define STRINGS_4(n) (n) + 2, (n) + 3, (n) + 4, (n) + 5
#define STRINGS_16(n)                                                          \
    STRINGS_4(n), STRINGS_4(n + 4), STRINGS_4(n + 8), STRINGS_4(n + 12)
#define STRINGS_64 STRINGS_16(0), STRINGS_16(16), STRINGS_16(32), STRINGS_16(48)
#define TIMES_32(v)                                                            \
    v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, \
        v, v, v, v, v, v, v

/* Of a head that no element has (0xf1, 0xf9 and above): as pack_size_at(). */
const unsigned char pack_steps[256] = {
    TIMES_32(2), TIMES_32(2), TIMES_32(2), TIMES_32(2), STRINGS_64, TIMES_32(3),
    0,           0,           0,           0,           0,          0,
    0,           0,           0,           0,           0,          0,
    0,           0,           0,           0,           0,          3,
    4,           5,           6,           7,           8,          9,
    10,          11,          12,          13,          14,         15,
    16,          17};

uint32_t pack_long_step(const unsigned char *b)
{
    if (b[0] < 0xf0) {
        return (uint32_t)pack_with_back(2u + ((b[0] & 0x0fu) << 8 | b[1]));
    }
    return (uint32_t)pack_with_back(pack_size_at(b));
}

/* ---- Writing ---- */

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
    pack_put32(head + 1, (uint32_t)n);
    return 5;
}

void pack_code(struct pack_coded *c, struct bt_slice s)
{
    int64_t v;

    if (bt_decimal_read(s, &v)) {
        pack_code_int(c, v);
    } else {
        c->n_head = code_length(c->head, s.n);
        c->body = s;
    }
}

void pack_code_int(struct pack_coded *c, int64_t v)
{
    c->n_head = code_int(c->head, v);
    c->body = bt_slice(NULL, 0);
}

size_t pack_cost(struct bt_slice s)
{
    struct pack_coded c;

    if (s.n > PACK_MAX) {
        return s.n;
    }
    pack_code(&c, s);
    return pack_coded_size(&c);
}

unsigned char *pack_coded_write(unsigned char *b, const struct pack_coded *c)
{
    size_t size = c->n_head + c->body.n;

    for (unsigned i = 0; i < c->n_head; i++) {
        b[i] = c->head[i];
    }
    if (c->body.n > 0) {
        memcpy(b + c->n_head, c->body.p, c->body.n);
    }
    b += size;
    if (size < 255) {
        *b = (unsigned char)size;
        return b + 1;
    }
    pack_put32(b, (uint32_t)size);
    b[4] = 255;
    return b + 5;
}

/* ---- Reading ---- */

/* From four bytes on, two loads that overlap. */
int64_t pack_wide_int_at(const unsigned char *b)
{
    unsigned k = b[0] & 0x0f;
    uint64_t u, sign = UINT64_C(1) << (8 * k - 1);

    if (k >= 4) {
        u = pack_get32(b + 1) | (uint64_t)pack_get32(b + k - 3) << 8 * (k - 4);
    } else {
        u = b[1] | (uint64_t)b[2] << 8 | (k == 3 ? (uint64_t)b[3] << 16 : 0);
    }
    u = (u ^ sign) - sign;
    return u <= INT64_MAX ? (int64_t)u : -(int64_t)~u - 1;
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
    size = pack_size_at(b);
    if (size > left || pack_with_back(size) > left) {
        return false;
    }
    return size < 255 ? b[size] == size
                      : b[size + 4] == 255 && pack_get32(b + size) == size;
}

bool pack_sound(const struct pack *p, size_t size)
{
    uint32_t at = 0, n = 0;

    if (size < PACK_HEADER || p->used > size - PACK_HEADER ||
        p->used > PACK_MAX) {
        return false;
    }
    while (at < p->used) {
        if (!element_sound(&p->b[at], p->used - at)) {
            return false;
        }
        at = pack_after(p, at);
        n++;
    }
    return n == p->count;
}
