/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/pack_code.h"

#include "base/decimal.h"

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
        c->n_head = code_int(c->head, v);
        c->body = bt_slice(s.p, 0);
    } else {
        c->n_head = code_length(c->head, s.n);
        c->body = s;
    }
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

void pack_coded_write(unsigned char *b, const struct pack_coded *c)
{
    size_t size = c->n_head + c->body.n;

    memcpy(b, c->head, c->n_head);
    if (c->body.n > 0) {
        memcpy(b + c->n_head, c->body.p, c->body.n);
    }
    if (size < 255) {
        b[size] = (unsigned char)size;
    } else {
        pack_put32(b + size, (uint32_t)size);
        b[size + 4] = 255;
    }
}

/* ---- Reading ---- */

int64_t pack_int_at(const unsigned char *b)
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
