/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdio.h>

#include "type/hash.h"
#include "type/object.h"

static struct hash *h;
static struct hash_limits limits = {.entries = 16, .value = 20};

static void setup(void)
{
    h = hash_new();
}

static void teardown(void)
{
    hash_free(h);
}

TestSuite(hash, .init = setup, .fini = teardown);

static struct bt_slice text(const char *form, unsigned i)
{
    static char buf[4][200];
    static unsigned next;
    char *p = buf[next++ % 4];

    return bt_slice(p, (size_t)snprintf(p, sizeof buf[0], form, i));
}

/* True when the field is new. */
static bool set(struct bt_slice field, struct bt_slice value)
{
    struct hash_place place;
    bool there = hash_find(h, field, &place);

    cr_assert_eq(hash_put(h, &place, field, value, &limits), 0);
    return !there;
}

static bool is(const struct hash *in, struct bt_slice field,
               struct bt_slice value)
{
    struct hash_place place;
    char buf[PACK_TEXT];

    return hash_find(in, field, &place) &&
           bt_slice_eq(hash_value(in, &place, buf), value);
}

static void fill(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        cr_assert(set(text("f%u", i), text("%u", i)));
    }
}

static void check(const struct hash *in, unsigned from, unsigned to)
{
    cr_assert_eq(hash_count(in), to - from);
    for (unsigned i = from; i < to; i++) {
        cr_assert(is(in, text("f%u", i), text("%u", i)));
    }
}

Test(hash, goes_over_with_the_number_of_fields)
{
    fill(0, 16);
    cr_assert(hash_is_small(h));
    cr_assert_str_eq(hash_ops.encoding(h), "listpack");
    check(h, 0, 16);
    fill(16, 17);
    cr_assert_not(hash_is_small(h));
    cr_assert_str_eq(hash_ops.encoding(h), "hashtable");
    check(h, 0, 17);
    for (unsigned i = 1; i < 17; i++) {
        cr_assert(hash_delete(h, text("f%u", i)));
    }
    check(h, 0, 1);
    cr_assert_not(hash_is_small(h), "never back");
}

Test(hash, goes_over_with_a_long_field_or_value)
{
    cr_assert(set(bt_str("12345678901234567890"), bt_str("x")));
    cr_assert(set(bt_str("x"), bt_str("12345678901234567890")));
    cr_assert(hash_is_small(h));
    cr_assert_not(set(bt_str("x"), bt_str("123456789012345678901")));
    cr_assert_not(hash_is_small(h));
    cr_assert(is(h, bt_str("x"), bt_str("123456789012345678901")));
    cr_assert(is(h, bt_str("12345678901234567890"), bt_str("x")));
    cr_assert_eq(hash_count(h), 2);
}

Test(hash, expects_many)
{
    fill(0, 3);
    cr_assert_eq(hash_expect(h, 16, &limits), 0);
    cr_assert(hash_is_small(h));
    cr_assert_eq(hash_expect(h, 17, &limits), 0);
    cr_assert_not(hash_is_small(h));
    check(h, 0, 3);
}

/* In both forms: values of all lengths take each other's place. */
static void replace(void)
{
    static char value[3000];

    memset(value, 'v', sizeof value);
    fill(0, 10);
    for (size_t n = 0; n < sizeof value; n = n * 2 + 1) {
        struct bt_slice v = bt_slice(value, n);

        cr_assert_not(set(bt_str("f5"), v));
        cr_assert(is(h, bt_str("f5"), v));
        cr_assert_not(set(bt_str("f5"), bt_str("1")));
        cr_assert(is(h, bt_str("f5"), bt_str("1")));
    }
    cr_assert_not(set(bt_str("f5"), bt_str("5")));
    check(h, 0, 10);
}

Test(hash, replaces_values)
{
    size_t entries = limits.entries, value = limits.value;

    limits.value = 10000;
    replace();
    cr_assert(hash_is_small(h));
    hash_free(h);
    h = hash_new();
    limits.entries = 0;
    replace();
    cr_assert_not(hash_is_small(h));
    limits = (struct hash_limits){entries, value};
}

/* bytes() is a sum that is kept; counted anew by a copy it must be the same,
 * but for the room that buckets of a larger table took. */
Test(hash, bytes_are_kept)
{
    size_t empty = hash_ops.bytes(h), full;
    struct hash *copy;

    fill(0, 2000);
    for (unsigned i = 0; i < 2000; i += 3) {
        set(text("f%u", i), text("a longer value, the number is %u", i));
    }
    full = hash_ops.bytes(h);
    copy = hash_ops.copy(h);
    cr_assert_eq(hash_ops.bytes(copy), full);
    cr_assert_gt(full, 2000 * 30);
    hash_free(copy);
    for (unsigned i = 0; i < 2000; i++) {
        cr_assert(hash_delete(h, text("f%u", i)));
    }
    cr_assert_lt(hash_ops.bytes(h), empty + 1000);
    cr_assert_eq(hash_count(h), 0);
}

Test(hash, copies_stand_alone)
{
    for (unsigned n = 10; n <= 100; n += 90) {
        struct hash *copy;

        fill(hash_count(h), n);
        copy = hash_ops.copy(h);
        cr_assert_eq(hash_is_small(copy), hash_is_small(h));
        hash_delete(h, bt_str("f3"));
        set(bt_str("f4"), bt_str("new"));
        check(copy, 0, n);
        set(bt_str("f3"), bt_str("3"));
        set(bt_str("f4"), bt_str("4"));
        hash_free(copy);
    }
}

/* ---- All, some, one ---- */

static unsigned seen[1000];

static void see(void *arg, const struct hash_pair *p)
{
    unsigned n = 0;

    for (size_t i = 1; i < p->field.n; i++) {
        n = n * 10 + (unsigned)(p->field.p[i] - '0');
    }
    cr_assert(bt_slice_eq(p->value, text("%u", n)));
    seen[n]++;
    ++*(unsigned *)arg;
}

static unsigned walk(void)
{
    struct hash_iter it = {0};
    struct hash_pair p;
    unsigned n = 0;

    memset(seen, 0, sizeof seen);
    while (hash_next(h, &it, &p)) {
        see(&n, &p);
    }
    return n;
}

Test(hash, walks)
{
    cr_assert_eq(walk(), 0);
    for (unsigned n = 10; n <= 1000; n += 90) {
        fill(hash_count(h), n);
        cr_assert_eq(walk(), n);
        for (unsigned i = 0; i < n; i++) {
            cr_assert_eq(seen[i], 1);
        }
    }
}

Test(hash, small_hashes_keep_their_order)
{
    struct hash_pair p;

    fill(0, 10);
    hash_delete(h, bt_str("f4"));
    set(bt_str("f2"), bt_str("longer"));
    hash_pair_at(h, 2, &p);
    cr_assert(bt_slice_eq(p.field, bt_str("f2")));
    hash_pair_at(h, 4, &p);
    cr_assert(bt_slice_eq(p.field, bt_str("f5")));
    hash_pair_at(h, 8, &p);
    cr_assert(bt_slice_eq(p.field, bt_str("f9")));
    cr_assert(bt_slice_eq(p.value, bt_str("9")));
}

Test(hash, scans)
{
    uint64_t cursor = 0;
    unsigned n = 0;

    fill(0, 10);
    cr_assert_eq(hash_scan(h, 77, 1, see, &n), 0);
    cr_assert_eq(n, 10);
    fill(10, 1000);
    memset(seen, 0, sizeof seen);
    do {
        cursor = hash_scan(h, cursor, 10, see, &n);
    } while (cursor != 0);
    cr_assert_eq(n, 1010);
    for (unsigned i = 0; i < 1000; i++) {
        cr_assert_eq(seen[i], 1);
    }
}

/* Each of `of` fields is among `n` with about the same chance (what shares its
 * bucket depends on the seed), and none twice. */
static void sample(unsigned n, unsigned of, unsigned rounds)
{
    uint64_t random = 12345;
    struct dict_sample s;

    memset(seen, 0, sizeof seen);
    for (unsigned i = 0; i < rounds; i++) {
        unsigned shown = 0, before[1000];

        memcpy(before, seen, sizeof before);
        cr_assert_eq(dict_sample_init(&s, n, of, &random), 0);
        hash_sample(h, &s, see, &shown);
        dict_sample_fini(&s);
        cr_assert_eq(shown, n);
        for (unsigned f = 0; f < of; f++) {
            cr_assert(seen[f] - before[f] <= 1);
        }
    }
    for (unsigned f = 0; f < of; f++) {
        unsigned fair = rounds * n / of;

        cr_assert(seen[f] > fair / 4 && seen[f] < fair * 3 + 1, "%u of %u: %u",
                  n, of, seen[f]);
    }
}

Test(hash, samples_are_fair)
{
    fill(0, 10);
    sample(1, 10, 2000);
    sample(3, 10, 1000);
    sample(10, 10, 10);
    fill(10, 1000);
    sample(5, 1000, 40000);
    sample(300, 1000, 500);
    sample(600, 1000, 300);
    sample(1000, 1000, 10);
}

Test(hash, random_fields)
{
    uint64_t random = 99;
    struct hash_pair p;
    unsigned n = 0;

    fill(0, 10);
    for (unsigned i = 0; i < 2000; i++) {
        hash_random(h, &random, &p);
        see(&n, &p);
    }
    for (unsigned i = 0; i < 10; i++) {
        cr_assert(seen[i] > 100 && seen[i] < 300);
    }
}

Test(hash, integers_and_strings_are_told_apart)
{
    static const char *const odd[] = {"1",  "01", "+1", "-0", "0",
                                      "-1", "",   " 1", "1.0"};
    const unsigned n = sizeof odd / sizeof odd[0];

    for (unsigned i = 0; i < n; i++) {
        cr_assert(set(bt_str(odd[i]), text("%u", i)));
    }
    cr_assert_eq(hash_count(h), n);
    for (unsigned i = 0; i < n; i++) {
        cr_assert(is(h, bt_str(odd[i]), text("%u", i)));
    }
}
