/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/zset: both forms and the way from one to the other, against a model.
 */
#include "type/zset.h"

#include <math.h>
#include <stdio.h>

#include <criterion/criterion.h>

#include "type/object.h"

#define NAMES 300

static const struct zset_limits usual = {128, 64}, never = {0, 64};
static uint64_t random_state = 88172645463325252u;

/* The model: the score of each name, NAN: not in the set. */
static double model[NAMES];
static char names[NAMES][80];

static uint64_t chance(uint64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % n;
}

static void begin(void)
{
    for (int i = 0; i < NAMES; i++) {
        model[i] = NAN;
        if (i % 3 == 0) {
            snprintf(names[i], sizeof names[i], "%d", i * 37 - 500);
        } else {
            snprintf(names[i], sizeof names[i], "name-%0*d", i % 40 + 1, i);
        }
    }
}

static double some_score(void)
{
    static const double odd[] = {0.1,   -0.1,   1e300, -1e300,   5e-324,   1e17,
                                 1e-17, 4.7e18, -4e18, INFINITY, -INFINITY};

    if (chance(3) == 0) {
        return odd[chance(sizeof odd / sizeof *odd)];
    }
    return (double)chance(40) - 20;
}

static bool in_front(int a, int b)
{
    if (model[a] != model[b]) {
        return model[a] < model[b];
    }
    return zmember_compare(bt_str(names[a]), bt_str(names[b])) < 0;
}

static size_t model_rank(int i)
{
    size_t n = 0;

    for (int k = 0; k < NAMES; k++) {
        n += !isnan(model[k]) && in_front(k, i);
    }
    return n;
}

static size_t model_count(void)
{
    size_t n = 0;

    for (int k = 0; k < NAMES; k++) {
        n += !isnan(model[k]);
    }
    return n;
}

/* The walk must give each name at its rank. */
static void compare_all(const struct zset *z)
{
    for (int back = 0; back < 2; back++) {
        size_t n = zset_count(z), rank = back ? n - 1 : 0, seen = 0;
        struct zset_walk w;
        struct zset_item item;

        cr_assert(n == model_count());
        zset_walk(z, rank, back, &w);
        for (; zset_next(&w, &item); seen++) {
            struct zset_place p;
            int i = 0;

            while (!bt_slice_eq(item.member, bt_str(names[i]))) {
                cr_assert(++i < NAMES);
            }
            cr_assert(item.score == model[i]);
            cr_assert(model_rank(i) == (back ? n - 1 - seen : seen));
            cr_assert(zset_find(z, bt_str(names[i]), &p));
            cr_assert(p.score == model[i]);
            cr_assert(zset_rank(z, &p) == model_rank(i));
        }
        cr_assert(seen == n);
    }
    cr_assert(zset_sound(z));
}

static void change(struct zset *z, const struct zset_limits *l)
{
    int i = (int)chance(NAMES);
    double score = some_score();
    struct zset_place p;

    cr_assert(zset_find(z, bt_str(names[i]), &p) == !isnan(model[i]));
    if (!p.found) {
        cr_assert(zset_add(z, &p, score, l) == 0);
        model[i] = score;
    } else if (chance(3) == 0) {
        zset_remove(z, &p);
        model[i] = NAN;
    } else {
        cr_assert(zset_move(z, &p, score) == 0);
        model[i] = score;
    }
}

static void play(const struct zset_limits *l)
{
    struct zset *z = zset_new();

    begin();
    for (int i = 0; i < 4000; i++) {
        change(z, l);
        if (i % 64 == 0) {
            cr_assert(zset_sound(z));
        }
        if (i % 1000 == 10) {
            compare_all(z);
        }
    }
    compare_all(z);
    cr_expect(zset_ops.count(z) == model_count());
    zset_ops.free(z);
}

Test(zset, small_and_then_large)
{
    play(&usual);
}

Test(zset, large_at_once)
{
    play(&never);
}

Test(zset, always_small)
{
    static const struct zset_limits l = {1000, 1000};

    play(&l);
}

/* Integers of each width, and both their neighbours. */
Test(zset, scores_of_each_width)
{
    struct zset *z = zset_new();

    for (int bit = 0; bit < 64; bit++) {
        for (int near = -1; near <= 1; near++) {
            double high = ldexp(1, bit) + near;

            for (int sign = -1; sign <= 1; sign += 2) {
                struct zset_place p;
                char name[32];

                snprintf(name, sizeof name, "%d %d %d", bit, near, sign);
                zset_find(z, bt_str(name), &p);
                cr_assert(zset_add(z, &p, sign * high,
                                   &(struct zset_limits){1000, 64}) == 0);
                cr_assert(zset_find(z, bt_str(name), &p));
                cr_assert(p.score == sign * high, "%s", name);
                cr_assert(zset_move(z, &p, sign * high + 0.5) == 0);
                cr_assert(zset_find(z, bt_str(name), &p));
                cr_assert(p.score == sign * high + 0.5, "%s", name);
                cr_assert(zset_move(z, &p, sign * high) == 0);
            }
        }
    }
    cr_assert(zset_is_small(z) && zset_count(z) == 64 * 6);
    cr_assert(zset_sound(z));
    zset_free(z);
}

static void put(struct zset *z, const char *member, double score,
                const struct zset_limits *l)
{
    struct zset_place p;

    zset_find(z, bt_str(member), &p);
    cr_assert((p.found ? zset_move(z, &p, score) : zset_add(z, &p, score, l)) ==
              0);
}

Test(zset, limits)
{
    static const struct zset_limits l = {3, 5};
    struct zset *z = zset_new();

    put(z, "a", 1, &l);
    put(z, "bbbbb", 2, &l);
    put(z, "c", 3, &l);
    put(z, "c", 0, &l);
    cr_expect(zset_is_small(z));
    cr_expect_str_eq(zset_ops.encoding(z), "listpack");
    put(z, "d", 4, &l);
    cr_expect(!zset_is_small(z));
    cr_expect_str_eq(zset_ops.encoding(z), "skiplist");
    cr_expect(zset_count(z) == 4);
    zset_compact(z, &l);
    cr_expect(!zset_is_small(z));
    zset_remove_ranks(z, 0, 1);
    zset_compact(z, &l);
    cr_expect(zset_is_small(z));
    cr_expect(zset_count(z) == 3);
    zset_free(z);
    z = zset_new();
    put(z, "a", 1, &l);
    put(z, "bbbbbb", 2, &l);
    cr_expect(!zset_is_small(z), "a long member");
    zset_compact(z, &l);
    cr_expect(!zset_is_small(z), "still a long member");
    zset_free(z);
}

/* As the reference: the small form has no negative zero. */
Test(zset, negative_zero)
{
    for (int small = 0; small < 2; small++) {
        struct zset *z = zset_new();
        struct zset_place p;

        put(z, "a", -0.0, small ? &usual : &never);
        cr_assert(zset_find(z, bt_str("a"), &p));
        cr_expect((signbit(p.score) == 0) == small);
        zset_free(z);
    }
}

Test(zset, ranges_are_removed)
{
    for (int small = 0; small < 2; small++) {
        struct zset *z = zset_new();
        char text[16];
        struct zset_place p;

        for (int i = 0; i < 100; i++) {
            snprintf(text, sizeof text, "m%d", i);
            put(z, text, i, small ? &usual : &never);
        }
        zset_remove_ranks(z, 10, 0);
        zset_remove_ranks(z, 10, 80);
        cr_expect(zset_count(z) == 20);
        cr_expect(zset_find(z, bt_str("m9"), &p) && zset_rank(z, &p) == 9);
        cr_expect(!zset_find(z, bt_str("m10"), &p));
        cr_expect(!zset_find(z, bt_str("m89"), &p));
        cr_expect(zset_find(z, bt_str("m90"), &p) && zset_rank(z, &p) == 10);
        cr_expect(zset_sound(z));
        zset_remove_ranks(z, 0, 20);
        cr_expect(zset_count(z) == 0);
        zset_free(z);
    }
}

static void count_item(void *arg, const struct zset_item *item)
{
    cr_assert(item->score == 7);
    ++*(unsigned *)arg;
}

Test(zset, scan_copy_bytes)
{
    for (int small = 0; small < 2; small++) {
        struct zset *z = zset_new(), *copy;
        size_t empty = zset_ops.bytes(z);
        unsigned seen = 0;
        uint64_t cursor = 0;
        char text[16];

        for (int i = 0; i < 120; i++) {
            snprintf(text, sizeof text, "m%d", i);
            put(z, text, 7, small ? &usual : &never);
        }
        copy = zset_ops.copy(z);
        cr_expect(zset_ops.bytes(z) > empty + 120 * 3);
        cr_expect(zset_ops.effort(z) == (small ? 2 : 120));
        zset_ops.free(z);
        cr_assert(copy && zset_sound(copy) && zset_count(copy) == 120);
        do {
            cursor = zset_scan(copy, cursor, 10, count_item, &seen);
        } while (cursor != 0);
        cr_expect(seen == 120);
        zset_ops.free(copy);
    }
}
