/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Packs: every length and number at the edges of an encoding, random changes
 * against a plain array, bytes that lie about their lengths.
 */
#include "type/pack.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "base/slab.h"

#define MODEL_MAX 400

static uint64_t seed = 20240607;

static uint32_t dice(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

static bool holds(const struct pack *p)
{
    return pack_sound(p, offsetof(struct pack, b) + p->used);
}

/* ---- Single elements ---- */

static void check_alone(struct bt_slice s)
{
    struct pack *p = pack_new();
    char buf[PACK_TEXT];
    struct bt_slice is;

    cr_assert_eq(pack_append(&p, s), 0);
    cr_assert_eq(pack_used(p), pack_cost(s));
    cr_assert(holds(p));
    is = pack_text(p, 0, buf);
    cr_assert(bt_slice_eq(is, s), "%zu bytes", s.n);
    cr_assert(pack_is(p, 0, s));
    cr_assert_eq(pack_find(p, 0, s, 0), 0);
    cr_assert_eq(pack_last(p), 0);
    cr_assert_eq(pack_next(p, 0), PACK_NONE);
    cr_assert_eq(pack_prev(p, 0), PACK_NONE);
    pack_free(p);
}

Test(pack, lengths)
{
    static const size_t edge[] = {
        0,   1,   62,  63,   64,   65,   250,  251,  252,   253,   254,
        255, 256, 257, 4094, 4095, 4096, 4097, 8192, 65535, 65536, 1 << 20};
    char *text = malloc(1 << 20);

    memset(text, 'x', 1 << 20);
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
        check_alone(bt_slice(text, edge[i]));
    }
    for (size_t n = 2; n < 62; n++) { /* each has a head of its own */
        check_alone(bt_slice(text, n));
    }
    cr_assert_eq(pack_cost(bt_slice(text, 63)), 65);
    cr_assert_eq(pack_cost(bt_slice(text, 0)), 2);
    free(text);
}

static void check_number(int64_t v)
{
    char text[PACK_TEXT];
    struct bt_slice s = bt_slice(text, bt_decimal_write(text, v));
    struct pack *p = pack_new();
    struct pack_value got;
    char plain[32];

    snprintf(plain, sizeof plain, "%" PRId64, v);
    cr_assert(bt_slice_eq(s, bt_str(plain)), "%s", plain);
    cr_assert_eq(pack_append(&p, s), 0);
    pack_get(p, 0, &got);
    cr_assert_null(got.p);
    cr_assert_eq(got.i, v, "%s", plain);
    cr_assert_leq(pack_used(p), 10);
    pack_free(p);
    check_alone(s);
}

Test(pack, numbers)
{
    for (unsigned bit = 0; bit < 63; bit++) {
        for (int64_t near = -2; near <= 2; near++) {
            check_number((INT64_C(1) << bit) + near);
            check_number(-(INT64_C(1) << bit) + near);
        }
    }
    check_number(0);
    check_number(INT64_MAX);
    check_number(INT64_MAX - 1);
    check_number(INT64_MIN);
    check_number(INT64_MIN + 1);
    cr_assert_eq(pack_cost(bt_str("127")), 2);
    cr_assert_eq(pack_cost(bt_str("-4096")), 3);
    cr_assert_eq(pack_cost(bt_str("9223372036854775807")), 10);
}

Test(pack, not_quite_numbers)
{
    static const char *const text[] = {"",
                                       "-",
                                       "+1",
                                       "01",
                                       "-0",
                                       "00",
                                       "-01",
                                       " 1",
                                       "1 ",
                                       "1x",
                                       "x1",
                                       "0x1",
                                       "--1",
                                       "1.0",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "18446744073709551615",
                                       "18446744073709551616",
                                       "99999999999999999999",
                                       "100000000000000000000",
                                       "-",
                                       "/",
                                       ":"};

    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        struct pack *p = pack_new();
        struct pack_value v;
        int64_t n;

        cr_assert_not(bt_decimal_read(bt_str(text[i]), &n), "%s", text[i]);
        cr_assert_eq(pack_append(&p, bt_str(text[i])), 0);
        pack_get(p, 0, &v);
        cr_assert_not_null(v.p, "%s", text[i]);
        pack_free(p);
        check_alone(bt_str(text[i]));
    }
}

Test(pack, too_large)
{
    struct pack *p = pack_new();
    struct bt_slice s = {"x", (size_t)PACK_MAX + 1};

    cr_assert_gt(pack_cost(s), PACK_MAX);
    cr_assert_eq(pack_append(&p, s), -EFBIG);
    cr_assert_not(pack_is(p, 0, s));
    cr_assert_eq(pack_find(p, PACK_NONE, bt_str("x"), 0), PACK_NONE);
    cr_assert_eq(pack_count(p), 0);
    cr_assert_eq(pack_first(p), PACK_NONE);
    cr_assert_eq(pack_last(p), PACK_NONE);
    cr_assert_eq(pack_index(p, 0), PACK_NONE);
    cr_assert_eq(pack_index(p, -1), PACK_NONE);
    pack_free(p);
}

/* ---- Finding ---- */

/* In a block of exactly its size, so that a sanitizer sees one byte too many. */
static struct pack *exact(struct pack *p)
{
    size_t size = offsetof(struct pack, b) + pack_used(p);
    struct pack *q = malloc(size);

    memcpy(q, p, size);
    pack_free(p);
    return q;
}

static void append(struct pack **p, const char *bytes, size_t n)
{
    cr_assert_eq(pack_append(p, bt_slice(bytes, n)), 0);
}

/* Strings that differ from `text` in one byte or in their length; then, if it
 * is to be there, the string itself. */
static struct pack *alike(char *text, size_t n, bool there)
{
    size_t step = n < 20 ? 1 : n - 1;
    struct pack *p = pack_new();

    for (size_t i = 0; i < n; i += step) {
        text[i]++;
        append(&p, text, n);
        text[i]--;
    }
    append(&p, text, n + 1);
    if (n > 0) {
        append(&p, text, n - 1);
        append(&p, text + 1, n - 1);
    }
    if (pack_count(p) % 2 != 0) {
        append(&p, "another", 7);
    }
    if (there) {
        append(&p, text, n);
    }
    return exact(p);
}

static void check_alike(size_t n)
{
    char *text = malloc(n + 2), *asked = malloc(n + (n == 0));
    struct bt_slice s = bt_slice(asked, n);
    struct pack *p;

    for (size_t i = 0; i < n + 2; i++) {
        text[i] = (char)('a' + i % 19);
    }
    memcpy(asked, text, n);
    p = alike(text, n, true);
    cr_assert_eq(pack_find(p, 0, s, 0), pack_last(p), "%zu bytes", n);
    cr_assert_eq(pack_find(p, 0, s, 1), pack_last(p), "%zu bytes", n);
    cr_assert(pack_is(p, pack_last(p), s));
    cr_assert_not(pack_is(p, 0, s));
    free(p);
    p = alike(text, n, false);
    cr_assert_eq(pack_find(p, 0, s, 0), PACK_NONE, "%zu bytes", n);
    cr_assert_eq(pack_find(p, 0, s, 1), PACK_NONE, "%zu bytes", n);
    free(p);
    free(text);
    free(asked);
}

Test(pack, finds_among_alike)
{
    static const size_t edge[] = {62,  63,  64,  65,   252,  253,  254,
                                  255, 256, 257, 4094, 4095, 4096, 4097};

    for (size_t n = 0; n <= 17; n++) {
        check_alike(n);
    }
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
        check_alike(edge[i]);
    }
}

/* Numbers, and strings that read like them or look like them in memory. */
Test(pack, finds_numbers)
{
    static const char *const text[] = {"0",
                                       "00",
                                       "-0",
                                       "1",
                                       "01",
                                       "127",
                                       "128",
                                       "-1",
                                       "-128",
                                       "4095",
                                       "4096",
                                       "-4096",
                                       "-4097",
                                       "32767",
                                       "32768",
                                       "70000",
                                       "70001",
                                       "8388607",
                                       "8388608",
                                       "2147483648",
                                       "-2147483649",
                                       "4294967296",
                                       "1099511627776",
                                       "1099511627777",
                                       "9223372036854775807",
                                       "-9223372036854775808",
                                       "9223372036854775808",
                                       "\x01",
                                       "\x7f",
                                       "\xc1\x01",
                                       "\xf2\x01\x01",
                                       "\x81\x31",
                                       "1 ",
                                       "1.0"};
    unsigned n = sizeof text / sizeof *text;
    struct pack *p = pack_new();

    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(pack_append_pair(&p, bt_str(text[i]), bt_str("1")), 0);
    }
    p = exact(p);
    for (unsigned i = 0; i < n; i++) {
        uint32_t at = pack_find(p, 0, bt_str(text[i]), 1);

        cr_assert_eq(at, pack_index(p, 2 * (int64_t)i), "%s", text[i]);
    }
    cr_assert_eq(pack_find(p, 0, bt_str("1"), 0), pack_index(p, 1));
    cr_assert_eq(pack_find(p, 0, bt_str("2"), 0), PACK_NONE);
    cr_assert_eq(pack_find(p, 0, bt_str("70002"), 0), PACK_NONE);
    free(p);
}

Test(pack, both_or_neither)
{
    struct bt_slice huge = {"x", (size_t)PACK_MAX + 1},
                    half = {"x", PACK_MAX / 2};
    struct pack *p = pack_new();

    cr_assert_eq(pack_append_pair(&p, bt_str("x"), huge), -EFBIG);
    cr_assert_eq(pack_append_pair(&p, huge, bt_str("x")), -EFBIG);
    cr_assert_eq(pack_append_pair(&p, half, half), -EFBIG);
    cr_assert_eq(pack_count(p), 0);
    cr_assert_eq(pack_append_pair(&p, bt_str("x"), bt_str("")), 0);
    cr_assert_eq(pack_count(p), 2);
    cr_assert(holds(p));
    pack_free(p);
}

/* ---- Against a plain array ---- */

struct model {
    unsigned n;
    struct bt_slice at[MODEL_MAX];
};

static struct bt_slice random_element(void)
{
    static const size_t most[] = {4, 30, 70, 300, 5000};
    char *p;
    size_t n;

    if (dice(3) == 0) {
        p = malloc(PACK_TEXT);
        n = bt_decimal_write(
            p, (int64_t)(((uint64_t)dice(1u << 30) << 34 | dice(1u << 30)) >>
                         dice(64)) *
                   (dice(2) ? 1 : -1));
        return bt_slice(p, n);
    }
    n = dice((uint32_t)most[dice(dice(8) ? 3 : 5)]);
    p = malloc(n + 1);
    for (size_t i = 0; i < n; i++) {
        p[i] = (char)("01289-ab"[dice(8)]);
    }
    return bt_slice(p, n);
}

static void model_insert(struct model *m, unsigned i, struct bt_slice s)
{
    memmove(&m->at[i + 1], &m->at[i], (m->n - i) * sizeof *m->at);
    m->at[i] = s;
    m->n++;
}

static void model_remove(struct model *m, unsigned i, unsigned n)
{
    for (unsigned k = i; k < i + n; k++) {
        free((char *)m->at[k].p);
    }
    memmove(&m->at[i], &m->at[i + n], (m->n - i - n) * sizeof *m->at);
    m->n -= n;
}

static void check_same(const struct pack *p, const struct model *m)
{
    uint32_t at = pack_first(p), back = PACK_NONE;
    char buf[PACK_TEXT];

    cr_assert_eq(pack_count(p), m->n);
    cr_assert(holds(p));
    for (unsigned i = 0; i < m->n; i++) {
        cr_assert(bt_slice_eq(pack_text(p, at, buf), m->at[i]));
        cr_assert_eq(pack_prev(p, at), back);
        back = at;
        at = pack_next(p, at);
    }
    cr_assert_eq(at, PACK_NONE);
    cr_assert_eq(pack_last(p), back);
}

static void check_looking(const struct pack *p, const struct model *m)
{
    unsigned i = dice(m->n), first = 0, skip = dice(3);
    uint32_t at = pack_index(p, i), found;

    cr_assert_eq(pack_index(p, (int64_t)i - m->n), at);
    cr_assert_eq(pack_index(p, m->n), PACK_NONE);
    cr_assert_eq(pack_index(p, -(int64_t)m->n - 1), PACK_NONE);
    cr_assert(pack_is(p, at, m->at[i]));
    while (first < m->n && !bt_slice_eq(m->at[first], m->at[i])) {
        first += skip + 1;
    }
    found = pack_find(p, pack_first(p), m->at[i], skip);
    cr_assert_eq(found, pack_index(p, first));
    if (found == PACK_NONE) {
        cr_assert_geq(first, m->n);
    }
}

static void change_one(struct pack **p, struct model *m)
{
    struct bt_slice s = random_element();
    unsigned i = dice(m->n + 1);

    if (i == m->n) {
        cr_assert_eq(pack_insert(p, PACK_NONE, s), 0);
        model_insert(m, i, s);
    } else if (dice(3) > 0) {
        cr_assert_eq(pack_replace(p, pack_index(*p, i), s), 0);
        model_remove(m, i, 1);
        model_insert(m, i, s);
    } else {
        cr_assert_eq(pack_insert(p, pack_index(*p, i), s), 0);
        model_insert(m, i, s);
    }
}

static void remove_some(struct pack **p, struct model *m)
{
    unsigned i = dice(m->n), most = m->n - i, n = 1 + dice(most);
    uint32_t at = pack_index(*p, i), after;

    n = n > 3 ? 3 : n;
    after = pack_remove(p, at, dice(20) || n < most ? n : n + 7);
    model_remove(m, i, n);
    cr_assert_eq(after, i < m->n ? at : PACK_NONE);
}

static void split_and_join(struct pack **p, const struct model *m)
{
    unsigned i = dice(m->n + 1);
    struct pack *tail = pack_split(p, pack_index(*p, i));

    cr_assert_eq(pack_count(*p), i);
    cr_assert_eq(pack_count(tail), m->n - i);
    cr_assert(holds(*p) && holds(tail));
    cr_assert_eq(pack_join(p, tail), 0);
    pack_free(tail);
}

static void random_walk(void)
{
    struct pack *p = pack_new();
    struct model *m = calloc(1, sizeof *m);

    for (unsigned step = 0; step < 20000; step++) {
        unsigned what = dice(10);

        if (m->n == 0 || (what < 4 && m->n < MODEL_MAX - 2)) {
            struct bt_slice s = random_element();
            bool front = dice(2);

            cr_assert_eq(front ? pack_prepend(&p, s) : pack_append(&p, s), 0);
            model_insert(m, front ? 0 : m->n, s);
        } else if (what < 6 && m->n < MODEL_MAX - 2) {
            change_one(&p, m);
        } else if (what < 9) {
            remove_some(&p, m);
        } else {
            split_and_join(&p, m);
        }
        if (step % 16 == 0 && m->n > 0) {
            struct pack *q = pack_copy(p);

            check_same(q, m);
            check_looking(q, m);
            cr_assert_geq(pack_bytes(q),
                          offsetof(struct pack, b) + pack_used(q));
            pack_free(q);
        }
    }
    check_same(p, m);
    model_remove(m, 0, m->n);
    free(m);
    pack_free(p);
}

Test(pack, random_changes, .timeout = 120)
{
    random_walk();
}

Test(pack, random_changes_in_slabs, .timeout = 120)
{
    struct bt_slab *slab = bt_slab_new();
    struct bt_mem mem = {.cache = bt_slab_cache_new(slab)};

    bt_mem_use(&mem);
    random_walk();
    bt_mem_use(NULL);
    bt_slab_cache_free(&mem.cache);
    bt_slab_free(&slab);
}

/* ---- Lies ---- */

static struct pack *some_pack(void)
{
    struct pack *p = pack_new();

    for (unsigned n = 1 + dice(8); n > 0; n--) {
        struct bt_slice s = random_element();

        cr_assert_eq(pack_append(&p, s), 0);
        free((char *)s.p);
    }
    return p;
}

static void walk_all(const struct pack *p)
{
    char buf[PACK_TEXT];
    unsigned n = 0;

    for (uint32_t at = pack_first(p); at != PACK_NONE; at = pack_next(p, at)) {
        pack_text(p, at, buf);
        n++;
    }
    for (uint32_t at = pack_last(p); at != PACK_NONE; at = pack_prev(p, at)) {
        n--;
    }
    cr_assert_eq(n, 0);
}

/* In a block of exactly its size, so that a sanitizer sees one byte too many. */
Test(pack, hostile_lengths, .timeout = 120)
{
    unsigned refused = 0;

    for (unsigned round = 0; round < 20000; round++) {
        struct pack *p = some_pack(), *q;
        size_t size = offsetof(struct pack, b) + pack_used(p), cut = size;

        if (dice(4) == 0) {
            cut = dice((uint32_t)size + 1);
        }
        q = malloc(cut + (cut == 0));
        memcpy(q, p, cut);
        pack_free(p);
        for (unsigned n = dice(4); n > 0 && cut > 0; n--) {
            ((unsigned char *)q)[dice((uint32_t)cut)] =
                (unsigned char)(dice(2) ? 0xf0 + dice(16) : dice(256));
        }
        if (pack_sound(q, cut)) {
            walk_all(q);
        } else {
            refused++;
        }
        free(q);
    }
    cr_assert_gt(refused, 5000);
}
