/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdio.h>

#include "type/intset.h"
#include "type/object.h"
#include "type/set.h"

/* ---- intset ---- */

static int add_int(struct intset **s, int64_t v)
{
    size_t at;

    if (intset_find(*s, v, &at)) {
        return 0;
    }
    cr_assert_eq(intset_add_at(s, at, v), 0);
    return 1;
}

static void drop_int(struct intset **s, int64_t v)
{
    size_t at;

    cr_assert(intset_find(*s, v, &at));
    intset_remove_at(s, at);
}

Test(intset, in_order_whatever_the_width)
{
    static const int64_t edges[] = {0,         -1,        INT16_MAX,
                                    INT16_MIN, 32768,     -32769,
                                    INT32_MAX, INT32_MIN, INT64_C(2147483648),
                                    INT64_MIN, INT64_MAX, INT64_MIN + 1};
    const size_t n = sizeof edges / sizeof edges[0];
    struct intset *s = intset_new();
    size_t at;

    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(add_int(&s, edges[i]), 1);
        cr_assert_eq(add_int(&s, edges[i]), 0);
        for (size_t k = 0; k < n; k++) {
            cr_assert_eq(intset_find(s, edges[k], &at), k <= i);
        }
        for (size_t k = 1; k <= i; k++) {
            cr_assert_lt(intset_at(s, k - 1), intset_at(s, k));
        }
    }
    for (size_t i = 0; i < n; i++) {
        drop_int(&s, edges[i]);
        cr_assert_eq(intset_count(s), n - i - 1);
        cr_assert_not(intset_find(s, edges[i], &at));
    }
    intset_free(s);
}

Test(intset, many_come_and_go)
{
    struct intset *s = intset_new(), *copy;
    size_t empty = intset_bytes(s), full, at;

    for (int64_t i = 0; i < 5000; i++) {
        add_int(&s, i * 7919 % 5000);
    }
    cr_assert_eq(intset_count(s), 5000);
    full = intset_bytes(s);
    cr_assert(full >= 10000 && full < 12000);
    copy = intset_copy(s);
    for (int64_t i = 0; i < 5000; i++) {
        drop_int(&s, i * 7919 % 5000);
    }
    cr_assert_eq(intset_bytes(s), empty);
    for (int64_t i = 0; i < 5000; i++) {
        cr_assert(intset_find(copy, i, &at));
        cr_assert_eq(at, (size_t)i);
    }
    intset_free(s);
    intset_free(copy);
}

/* ---- set ---- */

static struct set *s;
static const struct set_limits limits = {.ints = 8, .entries = 16, .value = 20};

static void teardown(void)
{
    set_free(s);
}

TestSuite(set, .fini = teardown);

static void start(const char *first, size_t hint)
{
    s = set_new(bt_str(first), hint, &limits);
    cr_assert_eq(set_count(s), 0);
}

static struct set_key *key(const char *text)
{
    static struct set_key k;

    set_key_init(&k, bt_str(text));
    return &k;
}

static struct set_key *number(unsigned i)
{
    static char text[16];

    sprintf(text, "%u", i);
    return key(text);
}

static void is(const char *encoding)
{
    cr_assert_str_eq(set_ops.encoding(s), encoding);
}

static void fill(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        cr_assert_eq(set_add(s, number(i), &limits), 1);
        cr_assert_eq(set_add(s, number(i), &limits), 0);
    }
}

static void check(const struct set *in, unsigned from, unsigned to)
{
    for (unsigned i = 0; i < to + 10; i++) {
        cr_assert_eq(set_has(in, number(i)), i >= from && i < to, "%u", i);
    }
}

Test(set, first_form)
{
    start("12", 8);
    is("intset");
    set_free(s);
    start("12", 9);
    is("listpack");
    set_free(s);
    start("x", 16);
    is("listpack");
    set_free(s);
    start("x", 17);
    is("hashtable");
}

Test(set, integers_go_over_when_there_are_many)
{
    start("0", 1);
    fill(0, 8);
    is("intset");
    fill(8, 9);
    is("hashtable");
    check(s, 0, 9);
}

Test(set, integers_and_a_text_make_a_listpack)
{
    start("0", 1);
    fill(0, 8);
    cr_assert_eq(set_add(s, key("01"), &limits), 1);
    is("listpack");
    check(s, 0, 8);
    cr_assert(set_has(s, key("01")));
    fill(8, 15);
    is("listpack");
    fill(15, 16);
    is("hashtable");
    check(s, 0, 16);
}

Test(set, a_long_text_makes_a_hashtable)
{
    start("0", 1);
    fill(0, 3);
    cr_assert_eq(set_add(s, key("123456789012345678901"), &limits), 1);
    is("hashtable");
    check(s, 0, 3);
    set_free(s);
    start("x", 1);
    cr_assert_eq(set_add(s, key("12345678901234567890"), &limits), 1);
    is("listpack");
    cr_assert_eq(set_add(s, key("x23456789012345678901"), &limits), 1);
    is("hashtable");
    cr_assert(set_has(s, key("12345678901234567890")));
}

Test(set, expects_many)
{
    start("0", 1);
    fill(0, 3);
    cr_assert_eq(set_expect(s, 8, &limits), 0);
    is("intset");
    cr_assert_eq(set_expect(s, 9, &limits), 0);
    is("hashtable");
    check(s, 0, 3);
}

/* All that a set can be asked, in the form that it has. */
static void ask(unsigned n)
{
    static unsigned seen[2000];
    uint64_t random = 7;
    struct set_iter it = {0};
    struct set_key k;
    struct set_place place;
    struct set *copy = set_ops.copy(s);

    cr_assert_eq(set_count(s), n);
    cr_assert_str_eq(set_ops.encoding(copy), set_ops.encoding(s));
    memset(seen, 0, sizeof seen);
    while (set_next(s, &it, &k)) {
        struct bt_slice t = set_key_text(&k);
        unsigned i = 0;

        for (size_t p = 0; p < t.n; p++) {
            i = i * 10 + (unsigned)(t.p[p] - '0');
        }
        cr_assert_eq(seen[i]++, 0);
        cr_assert(set_has(s, &k) && set_has(copy, &k));
    }
    check(s, 0, n);
    for (unsigned i = n; i > 0; i--) {
        set_random(s, &random, &place, &k);
        cr_assert(set_has(copy, &k));
        set_remove_at(s, &place);
        cr_assert_eq(set_count(s), i - 1);
    }
    check(copy, 0, n);
    for (unsigned i = 0; i < n; i++) {
        cr_assert(set_remove(copy, number(i)));
        cr_assert_not(set_remove(copy, number(i)));
    }
    cr_assert_eq(set_count(copy), 0);
    set_free(copy);
}

Test(set, all_forms_do_the_same)
{
    start("0", 1);
    fill(0, 8);
    is("intset");
    ask(8);
    set_free(s);
    start("x", 1);
    fill(0, 16);
    is("listpack");
    ask(16);
    set_free(s);
    start("x", 1);
    fill(0, 2000);
    is("hashtable");
    ask(2000);
}

static unsigned shown[1000];

static void see(void *arg, struct set_key *k)
{
    unsigned i = 0;
    struct bt_slice t = set_key_text(k);

    for (size_t p = 0; p < t.n; p++) {
        i = i * 10 + (unsigned)(t.p[p] - '0');
    }
    shown[i]++;
    ++*(unsigned *)arg;
}

static void sample(unsigned n, unsigned of)
{
    uint64_t random = 3;
    struct dict_sample d;
    unsigned seen = 0;

    memset(shown, 0, sizeof shown);
    cr_assert_eq(dict_sample_init(&d, n, of, &random), 0);
    set_sample(s, &d, see, &seen);
    dict_sample_fini(&d);
    cr_assert_eq(seen, n);
    for (unsigned i = 0; i < of; i++) {
        cr_assert_leq(shown[i], 1);
    }
}

Test(set, samples_and_scans)
{
    uint64_t cursor = 0;
    unsigned seen = 0;

    start("0", 1);
    for (unsigned n = 8; n <= 1000; n += 992) {
        fill((unsigned)set_count(s), n);
        for (unsigned k = 0; k <= n; k += 1 + k) {
            sample(k, n);
        }
        seen = 0;
        memset(shown, 0, sizeof shown);
        do {
            cursor = set_scan(s, cursor, 5, see, &seen);
        } while (cursor != 0);
        cr_assert_eq(seen, n);
    }
}

Test(set, bytes_are_kept)
{
    struct set *copy;

    start("x", 1);
    fill(0, 1000);
    copy = set_ops.copy(s);
    cr_assert_eq(set_ops.bytes(copy), set_ops.bytes(s));
    cr_assert_gt(set_ops.bytes(s), 1000 * 24);
    for (unsigned i = 0; i < 1000; i++) {
        set_remove(s, number(i));
    }
    cr_assert_lt(set_ops.bytes(s), 1000);
    set_free(copy);
}
