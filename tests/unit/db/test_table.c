/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdio.h>

#include "db/table.h"

/* A table with what a writer of it needs; hashes can be forced. */
static struct {
    struct bt_hash_key key;
    struct bt_domain *domain;
    atomic_size_t seq;
    struct db_writer w;
    struct db_table *t;
} f;

static void setup(void)
{
    f.key = (struct bt_hash_key){1, 2};
    f.domain = bt_domain_new();
    f.w = (struct db_writer){&f.key, bt_record_new(f.domain), &f.seq};
    f.t = db_table_new();
}

static void teardown(void)
{
    bt_record_free(&f.w.record);
    bt_domain_free(&f.domain);
    db_table_free(&f.t);
    cr_assert_eq(f.seq % 2, 0);
}

TestSuite(table, .init = setup, .fini = teardown);

static struct bt_slice name(unsigned i)
{
    static char text[32];

    return bt_slice(text, (size_t)sprintf(text, "key:%u", i));
}

static uint64_t hash(struct bt_slice key)
{
    return bt_siphash(&f.key, key.p, key.n);
}

static struct db_entry *entry(struct bt_slice key, char value)
{
    struct db_entry *e = db_entry_new(key, 1, false);

    *db_entry_value(e) = value;
    return e;
}

static void put(uint64_t h, struct bt_slice key, char value)
{
    struct db_place at;

    db_table_step(f.t, &f.w);
    if (db_table_locate(f.t, h, key, &at)) {
        db_table_replace(f.t, &f.w, &at, entry(key, value));
    } else {
        cr_assert_eq(db_table_room(f.t, h), 0);
        db_table_insert(f.t, h, entry(key, value));
    }
}

static bool drop(uint64_t h, struct bt_slice key)
{
    struct db_place at;
    bool there = db_table_locate(f.t, h, key, &at) != NULL;

    if (there) {
        db_table_remove(f.t, &f.w, &at);
        db_table_relax(f.t, &f.w);
    }
    return there;
}

static char value(uint64_t h, struct bt_slice key)
{
    const struct db_entry *e = db_table_find(f.t, h, key);

    return e ? *db_entry_string(e).p : '\0';
}

static size_t buckets(void)
{
    return db_table_cur(f.t)->mask + 1;
}

Test(table, empty)
{
    cr_assert_eq(value(0, name(1)), '\0');
    cr_assert_not(drop(0, name(1)));
    db_table_relax(f.t, &f.w);
    cr_assert_null(db_table_detach(f.t));
}

/* Every key is there after every step, in tables that grow and shrink. */
Test(table, grows_and_shrinks)
{
    const unsigned n = 3000;
    size_t largest;

    for (unsigned i = 0; i < n; i++) {
        put(hash(name(i)), name(i), (char)('a' + i % 7));
        for (unsigned j = 0; j <= i; j += i % 50 == 0 ? 1 : 97) {
            cr_assert_eq(value(hash(name(j)), name(j)), 'a' + j % 7);
        }
        cr_assert_eq(value(hash(name(i + 1)), name(i + 1)), '\0');
    }
    largest = buckets();
    cr_assert_geq(largest * 5, n);
    cr_assert_eq(db_table_keys(f.t), n);
    for (unsigned i = 0; i < n; i++) {
        cr_assert(drop(hash(name(i)), name(i)));
        cr_assert_eq(value(hash(name(i)), name(i)), '\0');
        for (unsigned j = i + 1; j < n; j += i % 50 == 0 ? 1 : 97) {
            cr_assert_eq(value(hash(name(j)), name(j)), 'a' + j % 7);
        }
    }
    cr_assert_eq(db_table_keys(f.t), 0);
    cr_assert_lt(buckets(), largest / 8);
}

/* A resize is over long before the next is due. */
Test(table, resize_ends)
{
    size_t at = 0, was = 0;

    for (unsigned i = 0; i < 50000; i++) {
        put(hash(name(i)), name(i), 'v');
        if (buckets() != was) {
            was = buckets();
            at = i;
        } else if (i - at > was / 4) {
            cr_assert_null(db_table_old(f.t));
        }
    }
}

Test(table, replaces_in_both_levels)
{
    unsigned n = 0;

    while (n < 1000 || !db_table_old(f.t)) {
        put(hash(name(n)), name(n), 'a');
        n++;
    }
    for (unsigned i = 0; i < n; i++) {
        put(hash(name(i)), name(i), 'b');
        cr_assert_eq(value(hash(name(i)), name(i)), 'b');
    }
    cr_assert_eq(db_table_keys(f.t), n);
}

/* Keys of one hash: all in one chain (and too few to grow). */
Test(table, long_chain)
{
    const unsigned n = 19;

    for (unsigned i = 0; i < n; i++) {
        put(5, name(i), (char)('a' + i % 26));
    }
    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(value(5, name(i)), 'a' + i % 26);
    }
    for (unsigned i = 0; i < n; i += 2) {
        cr_assert(drop(5, name(i)));
    }
    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(value(5, name(i)), i % 2 ? 'a' + i % 26 : '\0');
    }
}

/* Overflow buckets go when their last key goes, wherever they are. */
Test(table, empty_overflow_buckets_go)
{
    static const unsigned from[] = {6, 12}; /* the middle one, the last */
    struct db_bucket *b;

    for (unsigned i = 0; i < 18; i++) { /* too few to grow */
        put(5, name(i), 'v');
    }
    b = &db_table_cur(f.t)->bucket[5 & db_table_cur(f.t)->mask];
    for (unsigned bucket = 0; bucket < 2; bucket++) {
        unsigned left = 0;

        for (unsigned i = 0; i < 6; i++) {
            cr_assert(drop(5, name(from[bucket] + i)));
        }
        for (const struct db_bucket *x = b; x; x = db_bucket_more(x)) {
            left++;
        }
        cr_assert_eq(left, 2 - bucket);
    }
    cr_assert_eq(value(5, name(3)), 'v');
}

/* A table at a constant size does not gather overflow buckets. */
Test(table, churn_keeps_its_size)
{
    const unsigned live = 1000;
    uint64_t after_fill = 0;

    for (unsigned i = 0; i < 60000; i++) {
        put(hash(name(i)), name(i), 'v');
        if (i >= live) {
            cr_assert(drop(hash(name(i - live)), name(i - live)));
        }
        if (i == 3 * live) {
            after_fill = db_table_bytes(f.t);
        }
    }
    cr_assert_leq(db_table_bytes(f.t), after_fill + after_fill / 10);
}

/* A free slot's pointer is stale: its tag must never be taken for a match. */
Test(table, tags_match_exactly)
{
    for (unsigned tag = 0; tag < 256; tag++) {
        for (unsigned other = 0; other < 256; other++) {
            uint64_t tags = 0;
            uint64_t want = 0;

            for (unsigned slot = 0; slot < DB_SLOTS; slot++) {
                unsigned x = slot % 3 == 0 ? tag : slot % 3 == 1 ? other : 0;

                tags |= (uint64_t)x << 8 * slot;
                want |= (uint64_t)(x == tag ? 0x80 : 0) << 8 * slot;
            }
            cr_assert_eq(db_tags_match(tags, (uint8_t)tag), want);
        }
    }
    cr_assert_eq(db_tags_used(0), 0);
    cr_assert_eq(db_tags_used(UINT64_C(0x0000ff0000010000)),
                 UINT64_C(0x0000800000800000));
}

Test(table, counts_ttl_keys)
{
    struct db_place at;
    struct db_entry *e;

    for (unsigned i = 0; i < 500; i++) {
        put(hash(name(i)), name(i), 'v');
    }
    for (unsigned i = 0; i < 500; i += 5) {
        struct bt_slice key = name(i);

        cr_assert_not_null(db_table_locate(f.t, hash(key), key, &at));
        e = db_entry_new(key, 0, true);
        db_entry_set_ttl(e, 1000);
        db_table_replace(f.t, &f.w, &at, e);
    }
    cr_assert_eq(db_table_ttl_keys(f.t), 100);
    cr_assert(drop(hash(name(0)), name(0)));
    cr_assert_eq(db_table_ttl_keys(f.t), 99);
    put(hash(name(5)), name(5), 'w');
    cr_assert_eq(db_table_ttl_keys(f.t), 98);
    cr_assert_not_null(db_table_locate(f.t, hash(name(10)), name(10), &at));
    db_table_ttl_changed(f.t, &at, -1);
    cr_assert_eq(db_table_ttl_keys(f.t), 97);
}

Test(table, detach_empties)
{
    struct db_level *l;
    unsigned n = 0;

    while (n < 500 || !db_table_old(f.t)) {
        put(hash(name(n)), name(n), 'v');
        n++;
    }
    l = db_table_detach(f.t);
    cr_assert_not_null(l->next);
    cr_assert_eq(db_table_keys(f.t), 0);
    cr_assert_eq(value(hash(name(1)), name(1)), '\0');
    put(hash(name(1)), name(1), 'v');
    cr_assert_eq(value(hash(name(1)), name(1)), 'v');
    db_level_free_entries(l->next);
    db_level_free_entries(l);
}
