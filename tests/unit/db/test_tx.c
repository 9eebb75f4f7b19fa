/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

static struct use u;

static void setup(void)
{
    use_open(&u, 4, 0);
}

static void teardown(void)
{
    use_close(&u);
}

TestSuite(tx, .init = setup, .fini = teardown);

static int64_t soon(void)
{
    return bt_real_ms() + 60000;
}

static int64_t past(void)
{
    return bt_real_ms() - 1;
}

static struct db_stats stats(void)
{
    struct db_stats s;

    db_stats(u.db, &s);
    return s;
}

Test(tx, set_find_remove)
{
    cr_assert(use_is(&u, "k", NULL));
    use_set(&u, "k", "one", DB_NO_EXPIRE);
    cr_assert(use_is(&u, "k", "one"));
    use_set(&u, "k", "two", DB_NO_EXPIRE);
    cr_assert(use_is(&u, "k", "two"));
    cr_assert_eq(db_size(u.db, 0), 1);
    cr_assert_eq(db_size(u.db, 1), 0);
    cr_assert(use_remove(&u, "k"));
    cr_assert_not(use_remove(&u, "k"));
    cr_assert(use_is(&u, "k", NULL));
    cr_assert_eq(db_size(u.db, 0), 0);
}

Test(tx, databases_are_apart)
{
    struct bt_slice k = bt_str("k");

    use_set(&u, "k", "zero", DB_NO_EXPIRE);
    tx_begin(&u.tx, u.t, 3);
    tx_lock(&u.tx, &k, 1, TX_WRITE);
    cr_assert_null(tx_find(&u.tx, k));
    db_set(&u.tx, k, bt_str("three"), DB_NO_EXPIRE);
    tx_commit(&u.tx);
    cr_assert(use_is(&u, "k", "zero"));
    cr_assert_eq(db_size(u.db, 3), 1);
}

Test(tx, make_publish_discard)
{
    struct bt_slice k = bt_str("k");
    char *p;

    use_set(&u, "k", "ab", soon());
    use_lock(&u, "k", TX_WRITE);
    p = db_make(&u.tx, k, 4);
    cr_assert_not_null(p);
    memcpy(p, db_entry_string(tx_find(&u.tx, k)).p, 2); /* old is still there */
    memcpy(p + 2, "cd", 2);
    db_publish(&u.tx, DB_KEEP_EXPIRE, true);
    cr_assert(db_entry_raw(tx_find(&u.tx, k)));
    tx_commit(&u.tx);
    cr_assert(use_is(&u, "k", "abcd"));
    cr_assert_gt(use_expire(&u, "k"), bt_real_ms());

    use_lock(&u, "k", TX_WRITE);
    cr_assert_not_null(db_make(&u.tx, k, 0));
    db_discard(&u.tx);
    cr_assert_not_null(db_make(&u.tx, k, 100000));
    tx_commit(&u.tx); /* discards */
    cr_assert(use_is(&u, "k", "abcd"));

    use_lock(&u, "k", TX_WRITE);
    cr_assert_not_null(db_make(&u.tx, k, 0));
    db_publish(&u.tx, DB_NO_EXPIRE, false);
    tx_commit(&u.tx);
    cr_assert(use_is(&u, "k", ""));
    cr_assert_eq(use_expire(&u, "k"), -1);
    cr_assert_eq(db_expires(u.db, 0), 0);
}

Test(tx, out_of_memory_changes_nothing)
{
    struct bt_slice k = bt_str("k");
    uint64_t used;

    use_set(&u, "k", "v", DB_NO_EXPIRE);
    used = stats().used_bytes;
    use_lock(&u, "k", TX_WRITE);
    cr_assert_null(db_make(&u.tx, k, PTRDIFF_MAX));
    cr_assert_eq(db_set(&u.tx, k, bt_slice("", PTRDIFF_MAX), -1), -ENOMEM);
    tx_commit(&u.tx);
    cr_assert(use_is(&u, "k", "v"));
    cr_assert_eq(stats().used_bytes, used);
}

Test(tx, keep_expire)
{
    int64_t when = soon();

    use_set(&u, "k", "v", when);
    use_set(&u, "k", "w", DB_KEEP_EXPIRE);
    cr_assert_eq(use_expire(&u, "k"), when);
    use_set(&u, "k", "x", DB_NO_EXPIRE);
    cr_assert_eq(use_expire(&u, "k"), -1);
    use_set(&u, "k", "y", DB_KEEP_EXPIRE);
    cr_assert_eq(use_expire(&u, "k"), -1);
    use_set(&u, "over", "v", past());
    use_set(&u, "over", "w", DB_KEEP_EXPIRE);
    cr_assert_eq(use_expire(&u, "over"), -1);
    cr_assert_eq(stats().expired, 1);
}

static int expire_at(const char *key, int64_t ms)
{
    int r;

    use_lock(&u, key, TX_WRITE);
    r = db_expire_at(&u.tx, bt_str(key), ms);
    tx_commit(&u.tx);
    return r;
}

Test(tx, expire_at)
{
    int64_t when = soon();

    cr_assert_eq(expire_at("k", when), -ENOENT);
    use_set(&u, "k", "v", DB_NO_EXPIRE);
    for (int i = 0; i < 2; i++) { /* the entry gets room, then has it */
        cr_assert_eq(expire_at("k", when), 0);
        cr_assert_eq(use_expire(&u, "k"), when);
        cr_assert_eq(db_expires(u.db, 0), 1);
        cr_assert_eq(expire_at("k", when + 1), 0);
        cr_assert_eq(use_expire(&u, "k"), when + 1);
        cr_assert_eq(db_expires(u.db, 0), 1);
        cr_assert_eq(expire_at("k", DB_NO_EXPIRE), 0);
        cr_assert_eq(use_expire(&u, "k"), -1);
        cr_assert_eq(db_expires(u.db, 0), 0);
    }
    cr_assert(use_is(&u, "k", "v"));
    cr_assert_eq(expire_at("k", past()), 0);
    cr_assert_eq(expire_at("k", when), -ENOENT); /* it was over */
    cr_assert_eq(db_size(u.db, 0), 0);
}

Test(tx, changes_are_counted)
{
    use_lock(&u, "k", TX_WRITE);
    cr_assert_eq(db_expire_at(&u.tx, bt_str("k"), soon()), -ENOENT);
    cr_assert_not(db_remove(&u.tx, bt_str("k")));
    cr_assert_eq(u.tx.changes, 0);
    db_set(&u.tx, bt_str("k"), bt_str("v"), DB_NO_EXPIRE);
    db_expire_at(&u.tx, bt_str("k"), soon());
    db_remove(&u.tx, bt_str("k"));
    cr_assert_eq(u.tx.changes, 3);
    tx_commit(&u.tx);
    cr_assert_eq(stats().changes, 3);
}

/* Who may not change the key only does not see it. */
Test(tx, expired_keys)
{
    use_set(&u, "a", "v", past());
    use_set(&u, "b", "v", past());
    use_set(&u, "c", "v", past());
    cr_assert(use_is(&u, "a", NULL));
    cr_assert_eq(db_size(u.db, 0), 3);
    cr_assert_eq(stats().expired, 0);
    use_lock(&u, "a", TX_WRITE);
    cr_assert_null(tx_find(&u.tx, bt_str("a")));
    tx_commit(&u.tx);
    cr_assert_eq(db_size(u.db, 0), 2);
    cr_assert_not(use_remove(&u, "b"));
    use_set(&u, "c", "w", DB_NO_EXPIRE);
    cr_assert_eq(stats().expired, 3);
    cr_assert_eq(db_size(u.db, 0), 1);
    cr_assert_eq(db_expires(u.db, 0), 0);
    cr_assert(use_is(&u, "c", "w"));
}

static int rename_key(const char *from, const char *to)
{
    struct bt_slice keys[2] = {bt_str(from), bt_str(to)};
    int r;

    tx_begin(&u.tx, u.t, 0);
    tx_lock(&u.tx, keys, 2, TX_WRITE);
    r = db_rename(&u.tx, keys[0], keys[1]);
    tx_commit(&u.tx);
    return r;
}

Test(tx, rename)
{
    int64_t when = soon();

    cr_assert_eq(rename_key("a", "b"), -ENOENT);
    use_set(&u, "a", "v", when);
    cr_assert_eq(rename_key("a", "a"), 0);
    cr_assert_eq(rename_key("a", "b"), 0);
    cr_assert(use_is(&u, "a", NULL));
    cr_assert(use_is(&u, "b", "v"));
    cr_assert_eq(use_expire(&u, "b"), when);
    use_set(&u, "c", "w", DB_NO_EXPIRE);
    cr_assert_eq(rename_key("c", "b"), 0);
    cr_assert(use_is(&u, "b", "w"));
    cr_assert_eq(use_expire(&u, "b"), -1);
    cr_assert_eq(db_size(u.db, 0), 1);
    cr_assert_eq(db_expires(u.db, 0), 0);
    use_set(&u, "d", "x", past());
    cr_assert_eq(rename_key("d", "b"), -ENOENT);
    cr_assert(use_is(&u, "b", "w"));
}

/* One shard, few buckets: every pair of places in one chain comes up. */
Test(tx, rename_in_one_shard)
{
    struct use one;
    struct bt_slice keys[2];
    char from[32], to[32];

    use_open(&one, 1, 1);
    for (unsigned round = 0; round < 2000; round++) {
        unsigned n = round % 41;

        use_fill(&one, 0, n);
        tx_begin(&one.tx, one.t, 0);
        keys[0] = bt_str(use_name(from, round % (n + 1)));
        keys[1] = bt_str(use_name(to, round * 7 % 50));
        tx_lock(&one.tx, keys, 2, TX_WRITE);
        if (db_rename(&one.tx, keys[0], keys[1]) == 0) {
            cr_assert_not_null(tx_find(&one.tx, keys[1]));
        }
        tx_commit(&one.tx);
        for (unsigned i = 0; i < 50; i++) {
            use_remove(&one, use_name(from, i));
        }
        cr_assert_eq(db_size(one.db, 0), 0);
    }
    use_close(&one);
}

/* Each shard once, in order, whatever is given; more than fit inside the tx. */
Test(tx, many_keys)
{
    enum {
        N = 300
    };
    static char text[N][32];
    static struct bt_slice keys[N];

    for (unsigned i = 0; i < N; i++) {
        keys[i] = bt_str(use_name(text[i], i / 2)); /* each twice */
    }
    tx_begin(&u.tx, u.t, 0);
    cr_assert_eq(tx_lock(&u.tx, keys, N, TX_WRITE), 0);
    cr_assert_gt(u.tx.n_shards, 16);
    for (unsigned i = 1; i < u.tx.n_shards; i++) {
        cr_assert_lt(u.tx.shards[i - 1], u.tx.shards[i]);
    }
    for (unsigned i = 0; i < N; i++) {
        cr_assert_eq(db_set(&u.tx, keys[i], keys[i], DB_NO_EXPIRE), 0);
    }
    for (unsigned i = N; i-- > 0;) {
        cr_assert(
            bt_slice_eq(db_entry_string(tx_find(&u.tx, keys[i])), keys[i]));
    }
    tx_commit(&u.tx);
    cr_assert_eq(db_size(u.db, 0), N / 2);
    tx_begin(&u.tx, u.t, 0);
    cr_assert_eq(tx_lock(&u.tx, keys, 0, TX_READ), 0);
    tx_commit(&u.tx);
}

/* Readers without the lock are sent behind it from the first change of a tx
 * over several keys on, and not before, and not afterwards. */
Test(tx, hides_changes_of_several_keys)
{
    struct bt_slice keys[2] = {bt_str("a"), bt_str("b")};
    const atomic_size_t *seq;

    use_set(&u, "a", "1", DB_NO_EXPIRE);
    tx_begin(&u.tx, u.t, 0);
    tx_lock(&u.tx, keys, 2, TX_WRITE);
    seq = &u.db->shards[u.tx.shards[0]].seq;
    cr_assert_not(db_remove(&u.tx, bt_str("b")));
    cr_assert_eq(*seq % 2, 0);
    db_set(&u.tx, keys[0], keys[0], DB_NO_EXPIRE);
    for (unsigned i = 0; i < u.tx.n_shards; i++) {
        cr_assert_eq(u.db->shards[u.tx.shards[i]].seq % 2, 1);
    }
    tx_commit(&u.tx);
    cr_assert_eq(*seq % 2, 0);
    use_lock(&u, "a", TX_WRITE);
    db_set(&u.tx, keys[0], keys[1], DB_NO_EXPIRE);
    cr_assert_eq(*seq % 2, 0);
    tx_commit(&u.tx);
}

Test(tx, hits_misses_reset)
{
    use_set(&u, "a", "1", DB_NO_EXPIRE);
    db_enter(u.t);
    tx_begin(&u.tx, u.t, 0);
    tx_find(&u.tx, bt_str("a"));
    tx_find(&u.tx, bt_str("b"));
    tx_find(&u.tx, bt_str("b"));
    tx_find_quiet(&u.tx, bt_str("a"));
    tx_commit(&u.tx);
    db_leave(u.t);
    cr_assert_eq(stats().hits, 1);
    cr_assert_eq(stats().misses, 2);
    db_stats_reset(u.db);
    cr_assert_eq(stats().hits, 0);
    cr_assert_eq(stats().misses, 0);
    cr_assert_gt(stats().used_bytes, 0);
}

Test(tx, thread_leaves_its_counts)
{
    struct db_thread *t = db_thread_new(u.db);

    tx_begin(&u.tx, t, 0);
    db_enter(t);
    tx_find(&u.tx, bt_str("a"));
    db_leave(t);
    db_thread_free(&t);
    cr_assert_eq(stats().misses, 1);
}

/* What is counted is what is there. */
Test(tx, used_bytes_return)
{
    uint64_t before, full;

    use_fill(&u, 0, 1000);
    use_drain(&u, 0, 1000);
    before = stats().used_bytes;
    use_fill(&u, 0, 1000);
    full = stats().used_bytes;
    cr_assert_gt(full, before + 1000 * 16);
    use_lock(&u, "large", TX_WRITE);
    cr_assert_not_null(db_make(&u.tx, bt_str("large"), 1000000));
    db_publish(&u.tx, DB_NO_EXPIRE, false);
    tx_commit(&u.tx);
    cr_assert_gt(stats().used_bytes, full + 1000000);
    cr_assert_eq(rename_key("large", "key:1"), 0);
    cr_assert_gt(stats().used_bytes, full + 999000);
    cr_assert_eq(expire_at("key:1", soon()), 0);
    use_remove(&u, "key:1");
    use_drain(&u, 0, 1);
    use_drain(&u, 2, 1000);
    /* How far the tables shrink depends on the hash's random key a little. */
    cr_assert_leq(stats().used_bytes, before + 16384);
}

Test(tx, hash_of_many_shards)
{
    static const unsigned shards[] = {1, 2, 64, 4096};

    for (unsigned i = 0; i < 4; i++) {
        struct use v;

        use_open(&v, 1, shards[i]);
        use_fill(&v, 0, 500);
        cr_assert_eq(db_size(v.db, 0), 500);
        cr_assert(use_is(&v, "key:77", "key:77"));
        use_close(&v);
    }
}
