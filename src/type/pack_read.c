/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/pack_read.c -- walking over a pack, and what is in it.
 */
#include "type/pack_code.h"

#include "base/decimal.h"

/* ---- Walking ---- */

uint32_t pack_first(const struct pack *p)
{
    return p->used > 0 ? 0 : PACK_NONE;
}

uint32_t pack_last(const struct pack *p)
{
    return p->used > 0 ? pack_before(p, p->used) : PACK_NONE;
}

uint32_t pack_next(const struct pack *p, uint32_t at)
{
    at = pack_after(p, at);
    return at < p->used ? at : PACK_NONE;
}

uint32_t pack_prev(const struct pack *p, uint32_t at)
{
    return at > 0 ? pack_before(p, at) : PACK_NONE;
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
            at = pack_after(p, at);
        }
    } else {
        for (at = p->used; i < n; i++) {
            at = pack_before(p, at);
        }
    }
    return at;
}

/* ---- Reading ---- */

/* False: an integer. */
static inline bool string_at(const unsigned char *b, struct bt_slice *s)
{
    unsigned h = b[0];

    if ((h & 0xc0) == 0x80) {
        *s = bt_slice((const char *)b + 1, h & 0x3f);
    } else if (pack_is_int(b)) {
        return false;
    } else if (h < 0xf0) {
        *s = bt_slice((const char *)b + 2, (h & 0x0f) << 8 | b[1]);
    } else {
        *s = bt_slice((const char *)b + 5, pack_get32(b + 1));
    }
    return true;
}

void pack_get(const struct pack *p, uint32_t at, struct pack_value *v)
{
    struct bt_slice s;

    if (string_at(&p->b[at], &s)) {
        *v = (struct pack_value){.p = s.p, .n = s.n};
    } else {
        *v = (struct pack_value){.i = pack_int_at(&p->b[at])};
    }
}

struct bt_slice pack_text(const struct pack *p, uint32_t at,
                          char buf[PACK_TEXT])
{
    struct bt_slice s;

    if (!string_at(&p->b[at], &s)) {
        s = bt_slice(buf, bt_decimal_write(buf, pack_int_at(&p->b[at])));
    }
    return s;
}

bool pack_is(const struct pack *p, uint32_t at, struct bt_slice s)
{
    struct pack_coded c;

    if (s.n > PACK_MAX) {
        return false;
    }
    pack_code(&c, s);
    return pack_is_coded(&p->b[at], &c);
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
        return !v->p && pack_int_at(&p->b[at]) == v->i;
    }
    return v->p && s.n == v->n && memcmp(s.p, v->p, s.n) == 0;
}

/* Most elements that differ do so in length or in the last byte: names of a kind
 * begin alike. So these two are looked at first. */
static inline uint32_t find(const struct pack *p, uint32_t from,
                            const struct pack_coded *c, unsigned skip)
{
    const unsigned char *b = p->b + from, *end = p->b + p->used;
    size_t want = pack_coded_size(c), last_at = c->n_head + c->body.n - 1;
    unsigned last = c->body.n > 0 ? (unsigned char)c->body.p[c->body.n - 1]
                                  : c->head[last_at];

    while (b < end) {
        uint32_t step = pack_step(b);

        if (step == want && b[last_at] == last && pack_is_coded(b, c)) {
            return (uint32_t)(b - p->b);
        }
        b += step;
        for (unsigned i = skip; i > 0 && b < end; i--) {
            b += pack_step(b);
        }
    }
    return PACK_NONE;
}

uint32_t pack_find(const struct pack *p, uint32_t from, struct bt_slice s,
                   unsigned skip)
{
    struct pack_coded c;

    if (from == PACK_NONE || s.n > PACK_MAX) {
        return PACK_NONE;
    }
    pack_code(&c, s);
    return skip == 1 ? find(p, from, &c, 1) : find(p, from, &c, skip);
}
