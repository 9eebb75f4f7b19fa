/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/clock.h"
#include "db/entry.h"

static struct bt_slice bytes(size_t n, char first)
{
    static char pool[2][100000];
    char *p = pool[first == 'v'];

    for (size_t i = 0; i < n; i++) {
        p[i] = (char)(first + i % 23);
    }
    return bt_slice(p, n);
}

static struct db_entry *make(struct bt_slice key, struct bt_slice value,
                             bool ttl)
{
    struct db_entry *e = db_entry_new(key, value.n, ttl);

    cr_assert_not_null(e);
    memcpy(db_entry_value(e), value.p, value.n);
    return e;
}

static void check(const struct db_entry *e, struct bt_slice key,
                  struct bt_slice value)
{
    cr_assert(bt_slice_eq(db_entry_key(e), key));
    cr_assert(bt_slice_eq(db_entry_string(e), value));
    cr_assert(db_entry_is(e, key));
    cr_assert_eq(db_entry_type(e), DB_STRING);
}

Test(entry, every_layout)
{
    static const size_t keys[] = {0, 1, 14, 254, 255, 256, 70000};
    static const size_t values[] = {0,           1,    64, DB_BLOB_MIN - 1,
                                    DB_BLOB_MIN, 90000};

    for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++) {
        for (unsigned v = 0; v < sizeof values / sizeof *values; v++) {
            for (int ttl = 0; ttl < 2; ttl++) {
                struct bt_slice key = bytes(keys[k], 'k');
                struct bt_slice value = bytes(values[v], 'v');
                struct db_entry *e = make(key, value, ttl);

                check(e, key, value);
                cr_assert_eq(db_entry_expire(e), -1);
                if (ttl) {
                    db_entry_set_ttl(e, 123456789012);
                    cr_assert_eq(db_entry_expire(e), 123456789012);
                    check(e, key, value);
                }
                db_entry_free(e);
            }
        }
    }
}

Test(entry, is_not_another_key)
{
    struct db_entry *e = make(bytes(300, 'k'), bytes(5, 'v'), false);

    cr_assert_not(db_entry_is(e, bytes(299, 'k')));
    cr_assert_not(db_entry_is(e, bytes(255, 'k')));
    cr_assert_not(db_entry_is(e, bytes(14, 'k')));
    cr_assert_not(db_entry_is(e, bytes(300, 'l')));
    db_entry_free(e);
}

/* The aim: 14 bytes of key and 64 of value fit into 88. */
Test(entry, size)
{
    struct db_entry *e = make(bytes(14, 'k'), bytes(64, 'v'), false);

    cr_assert_leq(db_entry_bytes(e), 88);
    db_entry_free(e);
}

Test(entry, copy_keeps_value_and_shares_blob)
{
    for (int large = 0; large < 2; large++) {
        struct bt_slice value = bytes(large ? 50000 : 50, 'v');
        struct db_entry *e = make(bt_str("from"), value, false), *copy;

        e->flags |= ENTRY_RAW;
        db_entry_touch(e, 77);
        copy = db_entry_copy(e, bt_str("to"), 5000);
        check(copy, bt_str("to"), value);
        cr_assert_eq(db_entry_expire(copy), 5000);
        cr_assert(db_entry_raw(copy));
        cr_assert_eq(copy->clock, 77u);
        if (large) {
            cr_assert_eq(db_entry_string(e).p, db_entry_string(copy).p);
        }
        db_entry_free(e);
        check(copy, bt_str("to"), value);
        db_entry_free(copy);
    }
}

static void *give(void *arg)
{
    void *block = *(void **)arg;

    *(void **)arg = NULL;
    return block;
}

/* The value stays where it is, and its allocation goes with the last reader. */
Test(entry, adopts_what_is_offered)
{
    void *block = calloc(1, DB_BLOB_MIN + 100);
    struct db_offer o = {(char *)block + 30, DB_BLOB_MIN, give, &block};
    struct db_entry *e = db_entry_adopt(bt_str("k"), &o, true), *copy;
    void *hold;

    cr_assert(e);
    cr_expect_null(block, "it was taken");
    cr_expect_eq(db_entry_string(e).p, o.p);
    cr_expect_eq(db_entry_string(e).n, o.n);
    cr_expect_eq(db_entry_expire(e), DB_NO_EXPIRE);
    cr_expect_geq(db_entry_bytes(e), o.n);
    hold = db_entry_hold(e);
    copy = db_entry_copy(e, bt_str("l"), DB_NO_EXPIRE);
    db_entry_free(e);
    cr_expect_eq(db_entry_string(copy).p, o.p);
    db_entry_free(copy);
    cr_expect_eq(o.p[0], 0);
    db_blob_release(hold); /* the leak checker looks */
}

Test(entry, what_is_offered_may_be_refused)
{
    void *block = NULL;
    char value[16] = "";
    struct db_offer o = {value, sizeof value, give, &block};

    cr_expect_null(db_entry_adopt(bt_str("k"), &o, false));
}

Test(entry, held_bytes_outlive_it)
{
    struct bt_slice value = bytes(DB_BLOB_MIN, 'v');
    struct db_entry *e = make(bt_str("k"), value, true);
    struct bt_slice seen = db_entry_string(e);
    void *first = db_entry_hold(e), *second = db_entry_hold(e);

    cr_assert_not_null(first);
    db_entry_free(e);
    cr_assert(bt_slice_eq(seen, value));
    db_blob_release(first);
    cr_assert(bt_slice_eq(seen, value));
    db_blob_release(second);

    e = make(bt_str("k"), bytes(DB_BLOB_MIN - 1, 'v'), false);
    cr_assert_null(db_entry_hold(e));
    db_entry_free(e);
}

Test(entry, impossible_sizes)
{
    cr_assert_null(db_entry_new(bt_str("k"), SIZE_MAX, false));
    cr_assert_null(db_entry_new(bt_str("k"), PTRDIFF_MAX, true));
}

Test(entry, idle_time)
{
    struct db_entry *e = make(bt_str("k"), bt_str("v"), false);
    uint32_t now = (uint32_t)(bt_now_ms() / 1000);

    db_entry_touch(e, now - 100);
    cr_assert_geq(db_entry_idle_ms(e), 100000);
    cr_assert_leq(db_entry_idle_ms(e), 190000);
    db_entry_touch(e, now + 50); /* a thread whose clock is ahead */
    cr_assert_eq(db_entry_idle_ms(e), 0);
    db_entry_free(e);
}
