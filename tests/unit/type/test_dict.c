/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "type/dict.h"

struct word {
    struct dict_node node;
    unsigned number, seen;
    char text[16];
};

static const struct dict_type words = {.key_at = offsetof(struct word, text)};

static const char *text_of(const struct dict_node *n)
{
    return ((const struct word *)n)->text;
}

static const struct dict_type words_by_call = {.key = text_of};

static struct dict d;

static void setup(void)
{
    dict_init(&d, &words);
}

static void drop(struct dict_node *n)
{
    free(n);
}

static void teardown(void)
{
    dict_fini(&d, drop);
    cr_assert_eq(dict_count(&d), 0);
    cr_assert_eq(dict_bytes(&d), 0);
}

TestSuite(dict, .init = setup, .fini = teardown);

static struct bt_slice name(unsigned i)
{
    static char text[16];

    return bt_slice(text, (size_t)sprintf(text, "word:%u", i));
}

static struct word *new_word(unsigned i)
{
    struct word *w = calloc(1, sizeof *w);
    struct bt_slice key = name(i);

    memcpy(w->text, key.p, key.n);
    w->node.key_n = (uint32_t)key.n;
    w->number = i;
    return w;
}

static struct word *find(unsigned i)
{
    struct bt_slice key = name(i);

    return (struct word *)dict_find(&d, key, dict_hash(key));
}

static void add(unsigned i)
{
    cr_assert_null(find(i));
    cr_assert_eq(dict_add(&d, &new_word(i)->node, dict_hash(name(i))), 0);
}

static void take(unsigned i)
{
    struct bt_slice key = name(i);
    struct dict_node *n = dict_remove(&d, key, dict_hash(key));

    cr_assert_not_null(n);
    free(n);
}

static void fill(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        add(i);
    }
}

static void drain(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        take(i);
    }
}

Test(dict, nothing_in_it)
{
    struct dict_iter it = {0};
    uint64_t random = 1;

    cr_assert_null(find(1));
    cr_assert_null(dict_remove(&d, name(1), dict_hash(name(1))));
    cr_assert_null(dict_next(&d, &it));
    cr_assert_null(dict_random(&d, &random));
    cr_assert_eq(dict_scan(&d, 12345, 10, NULL, NULL), 0);
    cr_assert_eq(dict_bytes(&d), 0);
}

Test(dict, finds_what_was_added)
{
    fill(0, 10000);
    cr_assert_eq(dict_count(&d), 10000);
    for (unsigned i = 0; i < 10000; i++) {
        cr_assert_eq(find(i)->number, i);
    }
    cr_assert_null(find(10000));
    drain(0, 5000);
    cr_assert_eq(dict_count(&d), 5000);
    for (unsigned i = 0; i < 10000; i++) {
        cr_assert_eq(find(i) != NULL, i >= 5000);
    }
}

Test(dict, keys_of_any_bytes_and_none)
{
    struct word *a = new_word(1), *b = new_word(2);
    struct bt_slice zero = bt_slice("a\0b", 3), empty = bt_slice("", 0);

    memcpy(a->text, zero.p, 3);
    a->node.key_n = 3;
    b->node.key_n = 0;
    cr_assert_eq(dict_add(&d, &a->node, dict_hash(zero)), 0);
    cr_assert_eq(dict_add(&d, &b->node, dict_hash(empty)), 0);
    cr_assert_eq(dict_find(&d, zero, dict_hash(zero)), &a->node);
    cr_assert_eq(dict_find(&d, empty, dict_hash(empty)), &b->node);
    cr_assert_null(
        dict_find(&d, bt_slice("a", 1), dict_hash(bt_slice("a", 1))));
    cr_assert(bt_slice_eq(dict_key(&d, &a->node), zero));
}

Test(dict, keys_that_a_function_finds)
{
    d.type = &words_by_call;
    fill(0, 100);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_eq(find(i)->number, i);
    }
}

/* All hashes are the same: the keys must still be told apart. */
Test(dict, equal_hashes)
{
    for (unsigned i = 0; i < 200; i++) {
        cr_assert_eq(dict_add(&d, &new_word(i)->node, 7), 0);
    }
    for (unsigned i = 0; i < 200; i++) {
        const struct word *w = (struct word *)dict_find(&d, name(i), 7);

        cr_assert_eq(w->number, i);
    }
    for (unsigned i = 0; i < 200; i += 2) {
        free(dict_remove(&d, name(i), 7));
    }
    for (unsigned i = 0; i < 200; i++) {
        cr_assert_eq(dict_find(&d, name(i), 7) != NULL, i % 2 == 1);
    }
}

Test(dict, another_node_in_its_place)
{
    struct word *w = new_word(50);
    struct dict_node **link, *old;

    fill(0, 100);
    link = dict_find_link(&d, name(50), dict_hash(name(50)));
    old = *link;
    dict_replace(link, &w->node, old->next, old->hash);
    free(old);
    cr_assert_eq(find(50), w);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_not_null(find(i));
    }
    dict_remove_node(&d, &w->node);
    free(w);
    cr_assert_null(find(50));
    cr_assert_eq(dict_count(&d), 99);
}

Test(dict, each_once)
{
    struct dict_iter it = {0};
    struct dict_node *n;
    unsigned seen = 0;

    fill(0, 3000);
    while ((n = dict_next(&d, &it))) {
        cr_assert_eq(((struct word *)n)->seen++, 0);
        seen++;
    }
    cr_assert_eq(seen, 3000);
}

/* The buckets follow the elements, both ways. */
Test(dict, memory_follows)
{
    size_t full, pointer = sizeof(void *);

    fill(0, 50000);
    full = dict_bytes(&d);
    cr_assert_lt(full, 50000 * pointer * 2);
    cr_assert_gt(full, 50000 * pointer);
    drain(10, 50000);
    cr_assert_lt(dict_bytes(&d), full / 100);
    for (unsigned i = 0; i < 10; i++) {
        cr_assert_not_null(find(i));
    }
    fill(10, 50000);
    cr_assert_eq(dict_bytes(&d), full);
}

/* No single change costs more than some, whatever the size: the work is seen in
 * how many buckets come or go. */
Test(dict, grows_and_shrinks_in_small_steps)
{
    size_t was;

    for (unsigned i = 0; i < 20000; i++) {
        was = d.n_buckets;
        add(i);
        cr_assert(i == 0 || d.n_buckets - was <= 2);
        cr_assert(i < 20 || d.n_buckets >= d.count);
    }
    for (unsigned i = 0; i < 20000; i++) {
        was = d.n_buckets;
        take(i);
        cr_assert(was - d.n_buckets <= 3);
    }
    cr_assert_eq(d.n_buckets, 16);
}

/* ---- Scans ---- */

static void see(void *arg, struct dict_node *n)
{
    ((struct word *)n)->seen++;
    ++*(unsigned *)arg;
}

Test(dict, scan_sees_each_once_when_nothing_changes)
{
    uint64_t cursor = 0;
    unsigned seen = 0, calls = 0;

    fill(0, 5000);
    do {
        cursor = dict_scan(&d, cursor, 10, see, &seen);
        calls++;
    } while (cursor != 0);
    cr_assert_eq(seen, 5000);
    cr_assert_gt(calls, 300);
    for (unsigned i = 0; i < 5000; i++) {
        cr_assert_eq(find(i)->seen, 1);
    }
}

/* Elements 0 to 999 stay; between the calls others come and go, so that the
 * table grows and shrinks by any number of buckets, over and over. */
static void scan_during_changes(unsigned swing, unsigned step)
{
    uint64_t cursor = 0;
    unsigned seen = 0, top = 1000;
    bool up = true;

    for (unsigned i = 0; i < 1000; i++) {
        find(i)->seen = 0;
    }
    do {
        cursor = dict_scan(&d, cursor, 5, see, &seen);
        for (unsigned i = 0; i < step; i++) {
            if (up) {
                add(top++);
            } else {
                take(--top);
            }
            up = top == 1000 ? true : top == 1000 + swing ? false : up;
        }
    } while (cursor != 0);
    drain(1000, top);
    for (unsigned i = 0; i < 1000; i++) {
        cr_assert_geq(find(i)->seen, 1, "%u left out", i);
    }
}

Test(dict, scan_during_resizes)
{
    fill(0, 1000);
    for (unsigned swing = 10; swing < 20000; swing = swing * 3 + 1) {
        for (unsigned step = 1; step < 1000; step = step * 5 + 2) {
            scan_during_changes(swing, step);
        }
    }
}

/* A cursor is what a client sends: any number must do. */
Test(dict, scan_from_anywhere)
{
    uint64_t cursor = UINT64_MAX;
    unsigned seen = 0;

    fill(0, 100);
    for (unsigned i = 0; i < 1000; i++) {
        dict_scan(&d, cursor, 10, see, &seen);
        cursor = cursor * UINT64_C(6364136223846793005) + 1442695040888963407;
    }
    cr_assert_gt(seen, 0);
}

/* ---- Chance ---- */

Test(dict, random_is_nearly_fair)
{
    uint64_t random = 88172645463325252;
    const unsigned elements = 1000, draws = 1000 * 1000;

    fill(0, elements);
    for (unsigned i = 0; i < draws; i++) {
        ((struct word *)dict_random(&d, &random))->seen++;
    }
    for (unsigned i = 0; i < elements; i++) {
        cr_assert(find(i)->seen > 300 && find(i)->seen < 2000, "%u: %u", i,
                  find(i)->seen);
    }
}

Test(dict, random_of_one)
{
    uint64_t random = 1;

    fill(0, 2000);
    drain(1, 2000);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_eq(((struct word *)dict_random(&d, &random))->number, 0);
    }
}
