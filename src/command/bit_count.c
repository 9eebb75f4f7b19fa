/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BITCOUNT and BITPOS.
 */
#include "command/bit.h"

#include "command/commands.h"

#include <string.h>

/* ---- Ranges ---- */

/* As it was asked for; then in bits, inside of the string, both included. */
struct range {
    bool last_given, in_bits;
    int64_t first, last;
};

static bool read_unit(struct call *c, struct bt_slice arg, struct range *r)
{
    r->in_bits = bt_slice_is(arg, "bit");
    return r->in_bits || bt_slice_is(arg, "byte") || cmd_syntax(c);
}

/* [start [end [BYTE|BIT]]] from argv[at] on. Of two faults BITPOS tells that of
 * the unit, BITCOUNT that of the end. */
static bool read_range(struct call *c, size_t at, bool unit_first,
                       struct range *r)
{
    bool unit = c->argc == at + 3;

    *r = (struct range){.last_given = c->argc > at + 1, .first = 0, .last = -1};
    if (c->argc > at + 3) {
        return cmd_syntax(c);
    }
    return (c->argc <= at || cmd_int(c, c->argv[at], &r->first)) &&
           (!(unit && unit_first) || read_unit(c, c->argv[at + 2], r)) &&
           (!r->last_given || cmd_int(c, c->argv[at + 1], &r->last)) &&
           (!unit || unit_first || read_unit(c, c->argv[at + 2], r));
}

/* False: nothing is in it. */
static bool clip(struct range *r, size_t bytes)
{
    int64_t n = (int64_t)bytes * (r->in_bits ? 8 : 1);

    r->first = r->first < -n ? 0 : r->first < 0 ? r->first + n : r->first;
    r->last = r->last < -n ? 0 : r->last < 0 ? r->last + n : r->last;
    r->last = r->last >= n ? n - 1 : r->last;
    if (n == 0 || r->first > r->last) {
        return false;
    }
    if (!r->in_bits) {
        r->first *= 8;
        r->last = r->last * 8 + 7;
    }
    return true;
}

/* ---- Counting ---- */

static unsigned count_word(uint64_t v)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_popcountll(v);
#else
    unsigned n = 0;

    for (; v != 0; v &= v - 1) {
        n++;
    }
    return n;
#endif
}

static int64_t count_bytes(const char *p, size_t n)
{
    int64_t count = 0;
    uint64_t v;

    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&v, p, 8);
        count += count_word(v);
    }
    v = 0;
    memcpy(&v, p, n);
    return count + count_word(v);
}

/* The bits of a byte that lie in the range. */
static unsigned byte_in(struct bt_slice s, const struct range *r, int64_t i)
{
    unsigned v = (unsigned char)s.p[i];

    if (i == r->first / 8) {
        v &= 0xffu >> (r->first & 7);
    }
    if (i == r->last / 8) {
        v &= 0xffu << (7 - (r->last & 7));
    }
    return v & 0xff;
}

static int64_t count(struct bt_slice s, const struct range *r)
{
    int64_t a = r->first / 8, b = r->last / 8;

    if (a == b) {
        return count_word(byte_in(s, r, a));
    }
    return count_word(byte_in(s, r, a)) + count_word(byte_in(s, r, b)) +
           count_bytes(s.p + a + 1, (size_t)(b - a - 1));
}

void cmd_bitcount(struct call *c)
{
    struct bt_slice s;
    struct range r;

    if (c->argc == 3) {
        cmd_syntax(c);
        return;
    }
    if (read_range(c, 2, false, &r) && bits_read(c, c->argv[1], &s)) {
        bool reversed = r.first < 0 && r.last < 0 && r.first > r.last;

        resp_int(c->out, !reversed && clip(&r, s.n) ? count(s, &r) : 0);
    }
}

/* ---- Searching ---- */

/* The first byte from a on, up to b, that is not all `skip`; b + 1: none. */
static int64_t skip_bytes(struct bt_slice s, int64_t a, int64_t b,
                          unsigned char skip)
{
    uint64_t word = UINT64_C(0x0101010101010101) * skip, v;

    while (b - a >= 7) {
        memcpy(&v, s.p + a, 8);
        if (v != word) {
            break;
        }
        a += 8;
    }
    while (a <= b && (unsigned char)s.p[a] == skip) {
        a++;
    }
    return a;
}

/* -1: none in the range. */
static int64_t find_bit(struct bt_slice s, const struct range *r, bool bit)
{
    int64_t at = r->first;

    while (at <= r->last) {
        if ((at & 7) == 0) {
            at = skip_bytes(s, at / 8, r->last / 8, bit ? 0 : 0xff) * 8;
        }
        if (at <= r->last && bits_get(s, (uint64_t)at, 1) == bit) {
            return at;
        }
        at++;
    }
    return -1;
}

void cmd_bitpos(struct call *c)
{
    struct bt_slice s;
    struct range r;
    int64_t bit, at = -1;

    if (!cmd_int(c, c->argv[2], &bit)) {
        return;
    }
    if (bit != 0 && bit != 1) {
        resp_error(c->out, "ERR The bit argument must be 1 or 0.");
        return;
    }
    if (!read_range(c, 3, true, &r) || !bits_read(c, c->argv[1], &s)) {
        return;
    }
    if (s.n == 0 && tx_find_quiet(c->tx, c->argv[1]) == NULL) {
        /* As if zeros followed without an end. */
        resp_int(c->out, bit ? -1 : 0);
        return;
    }
    if (clip(&r, s.n)) {
        at = find_bit(s, &r, bit == 1);
        if (at < 0 && bit == 0 && !r.last_given) {
            at = (int64_t)s.n * 8;
        }
    }
    resp_int(c->out, at);
}
