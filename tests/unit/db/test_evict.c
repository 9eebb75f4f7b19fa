/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include "db/evict.h"
#include "db/use.h"

#define KEYS 4000

static struct use u;

static void setup(void)
{
    use_open(&u, 16, 0);
}

static void teardown(void)
{
    use_close(&u);
}

TestSuite(evict, .init = setup, .fini = teardown, .timeout = 120);

static struct db_entry *entry(unsigned i)
{
    char name[32];
    const struct db_entry *e;

    use_lock(&u, use_name(name, i), TX_READ);
    u.tx.no_touch = true;
    e = tx_find_quiet(&u.tx, bt_str(name));
    tx_commit(&u.tx);
    return (struct db_entry *)e;
}

/* Of keys from to (not included), how many are left. */
static unsigned left(unsigned from, unsigned to)
{
    unsigned n = 0;

    for (unsigned i = from; i < to; i++) {
        n += entry(i) != NULL;
    }
    return n;
}

static void fill(unsigned n, int64_t expire_ms)
{
    char name[32];

    for (unsigned i = 0; i < n; i++) {
        use_set(&u, use_name(name, i), "v", expire_ms);
    }
}

static int64_t far(void)
{
    return bt_real_ms() + 1000000;
}

static void evict(enum db_policy policy, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        cr_assert(db_evict(u.t, policy, 5));
    }
}

/* The clock of key i says that it was used i seconds ago: a full order would let
 * the upper half go. */
Test(evict, lru_comes_near_the_full_order)
{
    uint32_t now = (uint32_t)(bt_now_ms() / 1000) + KEYS;

    fill(KEYS, DB_NO_EXPIRE);
    u.t->clock = now;
    u.t->clock_set = u.t->inside = true; /* time stands still */
    bt_record_enter(u.t->record);
    for (unsigned i = 0; i < KEYS; i++) {
        db_entry_touch(entry(i), now - i);
    }
    evict(DB_ALLKEYS_LRU, KEYS / 2);
    db_leave(u.t);
    cr_assert_eq(db_size(u.db, 0), KEYS / 2);
    cr_assert_gt(left(0, KEYS / 2), KEYS / 2 * 84 / 100);
    cr_assert_gt(left(0, KEYS / 4), KEYS / 4 * 95 / 100);
}

Test(evict, lfu_keeps_what_is_used_often)
{
    db_set_use(u.db, true, 10, 1);
    fill(KEYS, DB_NO_EXPIRE);
    for (unsigned i = 0; i < KEYS / 4; i++) {
        for (unsigned n = 0; n < 40; n++) {
            db_use_lfu(u.t, entry(i));
        }
        cr_assert_gt(db_use_count(u.db, entry(i)), 5);
    }
    evict(DB_ALLKEYS_LFU, KEYS / 2);
    cr_assert_gt(left(0, KEYS / 4), KEYS / 4 * 95 / 100);
}

Test(evict, counters_rise_ever_slower_and_decay)
{
    struct db_entry *e;
    unsigned few;
    uint32_t word;

    db_set_use(u.db, true, 10, 1);
    fill(1, DB_NO_EXPIRE);
    e = entry(0);
    cr_assert_eq(db_use_count(u.db, e), 5);
    for (unsigned n = 0; n < 1000; n++) {
        db_use_lfu(u.t, e);
    }
    few = db_use_count(u.db, e);
    cr_assert(few > 8 && few < 60, "%u", few);
    for (unsigned n = 0; n < 100000; n++) {
        db_use_lfu(u.t, e);
    }
    cr_assert(db_use_count(u.db, e) > few);
    word = atomic_load(&e->clock);
    db_entry_touch(e, word - (3u << 8)); /* three minutes ago */
    cr_assert_eq(db_use_count(u.db, e), (word & 255) - 3);
    db_set_use(u.db, true, 10, 0);
    cr_assert_eq(db_use_count(u.db, e), word & 255);
}

Test(evict, a_new_value_keeps_the_counter)
{
    char name[32];

    db_set_use(u.db, true, 0, 1);
    fill(1, DB_NO_EXPIRE);
    for (unsigned n = 0; n < 20; n++) {
        db_use_lfu(u.t, entry(0));
    }
    cr_assert_eq(db_use_count(u.db, entry(0)), 25);
    use_set(&u, use_name(name, 0), "other", DB_NO_EXPIRE);
    cr_assert_eq(db_use_count(u.db, entry(0)), 26);
}

Test(evict, volatile_policies_leave_plain_keys_alone)
{
    static const enum db_policy policies[] = {
        DB_VOLATILE_LRU, DB_VOLATILE_LFU, DB_VOLATILE_RANDOM, DB_VOLATILE_TTL};
    char name[32];

    for (unsigned p = 0; p < 4; p++) {
        db_set_use(u.db, policies[p] == DB_VOLATILE_LFU, 10, 1);
        fill(1000, DB_NO_EXPIRE);
        for (unsigned i = 1000; i < 1050; i++) {
            use_set(&u, use_name(name, i), "v", far());
        }
        evict(policies[p], 50);
        cr_assert_eq(left(0, 1000), 1000);
        cr_assert_eq(left(1000, 1050), 0);
        cr_assert_not(db_evict(u.t, policies[p], 5));
    }
}

Test(evict, ttl_lets_the_nearest_go)
{
    char name[32];

    for (unsigned i = 0; i < 1000; i++) {
        use_set(&u, use_name(name, i), "v", far() + i * 1000);
    }
    evict(DB_VOLATILE_TTL, 500);
    cr_assert_gt(left(500, 1000), 400, "%u", left(500, 1000));
}

Test(evict, random_is_even)
{
    fill(KEYS, DB_NO_EXPIRE);
    evict(DB_ALLKEYS_RANDOM, KEYS / 2);
    cr_assert_gt(left(0, KEYS / 2), KEYS / 4 * 85 / 100);
    cr_assert_lt(left(0, KEYS / 2), KEYS / 4 * 115 / 100);
}

Test(evict, reaches_all_databases_and_the_last_key)
{
    for (unsigned dbi = 0; dbi < 16; dbi++) {
        struct bt_slice k = bt_str("k");

        tx_begin(&u.tx, u.t, dbi);
        cr_assert_eq(tx_lock(&u.tx, &k, 1, TX_WRITE), 0);
        cr_assert_eq(db_set(&u.tx, k, k, DB_NO_EXPIRE), 0);
        tx_commit(&u.tx);
    }
    evict(DB_ALLKEYS_LRU, 16);
    cr_assert_not(db_evict(u.t, DB_ALLKEYS_LRU, 5));
}

Test(evict, counts_and_gives_the_memory_back)
{
    struct db_stats s;
    uint64_t before;

    fill(KEYS, DB_NO_EXPIRE);
    before = db_used_bytes(u.db);
    evict(DB_ALLKEYS_RANDOM, KEYS);
    db_stats(u.db, &s);
    cr_assert_eq(s.evicted, KEYS);
    cr_assert_eq(s.used_bytes, db_used_bytes(u.db));
    cr_assert_leq(db_used_bytes(u.db) + KEYS * 10, before);
}
