/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_hash -- one hash that is changed in place by several threads, goes through
 * all its forms and sizes, and is replaced as a whole, while others read it with
 * the lock and ask for its type without. Amounts move between its fields: their
 * sum is always the same.
 */
#include "db_race.h"

#include "type/hash.h"

#define FIELDS 10
#define SUM    (FIELDS * 1000)

static struct bt_slice key = {"hash", 4};
static const struct hash_limits limits = {.entries = 20, .value = 16};

static struct bt_slice field(char *text, const char *form, unsigned i)
{
    return bt_slice(text, (size_t)sprintf(text, form, i));
}

static long number(const struct hash *h, unsigned i)
{
    struct hash_place place;
    char name[32], buf[PACK_TEXT], text[32];
    struct bt_slice v;

    if (!hash_find(h, field(name, "f%u", i), &place)) {
        race_fail("field %u is gone", i);
        return 0;
    }
    v = hash_value(h, &place, buf);
    bt_assert(v.n < sizeof text);
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    return atol(text);
}

static void put(struct hash *h, struct bt_slice f, struct bt_slice v)
{
    struct hash_place place;

    hash_find(h, f, &place);
    bt_ok(hash_put(h, &place, f, v, &limits));
}

static void put_number(struct hash *h, unsigned i, long n)
{
    char name[32], text[32];

    put(h, field(name, "f%u", i),
        bt_slice(text, (size_t)sprintf(text, "%ld", n)));
}

static void check(const struct hash *h, const char *who)
{
    long sum = 0;

    for (unsigned i = 0; i < FIELDS; i++) {
        sum += number(h, i);
    }
    if (sum != SUM) {
        race_fail("%s: the sum is %ld", who, sum);
    }
}

/* The hash, to be changed until finish(). */
static struct hash *begin(struct race_thread *r, struct tx *tx,
                          const struct db_entry **e)
{
    race_lock(r, tx, &key, 1, TX_WRITE);
    *e = tx_find(tx, key);
    bt_assert(*e && db_entry_type(*e) == DB_HASH);
    return db_edit(tx, key, *e);
}

static void finish(struct tx *tx, const struct db_entry *e)
{
    bt_assert(!db_edited(tx, key, e));
    tx_commit(tx);
}

static void move(struct race_thread *r)
{
    unsigned from = race_random(r) % FIELDS, to = race_random(r) % FIELDS;
    long by = (long)(race_random(r) % 50);
    const struct db_entry *e;
    struct tx tx;
    struct hash *h = begin(r, &tx, &e);

    put_number(h, from, number(h, from) - by);
    put_number(h, to, number(h, to) + by);
    finish(&tx, e);
}

/* Others come and go, so that the table grows and shrinks. */
static void crowd(struct race_thread *r)
{
    static unsigned n, goal = 2000;
    const struct db_entry *e;
    struct tx tx;
    struct hash *h = begin(r, &tx, &e);
    char name[32];

    for (unsigned i = 0; i < 40 && n != goal; i++) {
        if (n < goal) {
            put(h, field(name, "x%u", n++), bt_slice("some value", 10));
        } else {
            hash_delete(h, field(name, "x%u", --n));
        }
    }
    if (n == goal) {
        goal = goal ? 0 : 2000;
    }
    finish(&tx, e);
}

/* A new hash in its place, small again: the old one is given up. What crowd()
 * put there goes, and comes back. */
static void replace(struct race_thread *r)
{
    const struct hash *old;
    struct hash *fresh = NULL;
    struct tx tx;

    race_lock(r, &tx, &key, 1, TX_WRITE);
    old = db_entry_object(tx_find(&tx, key));
    if (race_random(r) % 8 == 0) {
        fresh = hash_ops.copy(old);
    } else {
        fresh = hash_new();
        for (unsigned i = 0; i < FIELDS; i++) {
            put_number(fresh, i, number(old, i));
        }
    }
    bt_assert(fresh);
    bt_ok(db_put(&tx, key, DB_HASH, fresh, DB_NO_EXPIRE));
    tx_commit(&tx);
}

static void change(struct race_thread *r)
{
    if (race_random(r) % 64 == 0) {
        replace(r);
    } else {
        move(r);
    }
}

static void read_locked(struct race_thread *r)
{
    struct tx tx;

    race_lock(r, &tx, &key, 1, TX_READ);
    check(db_entry_object(tx_find(&tx, key)), "reader");
    tx_commit(&tx);
}

/* As GET does, to find out that it is of another type. */
static void read_unlocked(struct race_thread *r)
{
    const struct db_entry *e = race_get(r, key);

    if (!e || db_entry_type(e) != DB_HASH ||
        !bt_slice_eq(db_entry_key(e), key)) {
        race_fail("the key is gone, or no hash");
    }
}

/* The helper that frees large values. */
static void free_lazily(struct race_thread *r)
{
    db_lazy_free(r->t);
    sched_yield();
}

static void make(struct race_thread *r)
{
    struct hash *h;
    struct tx tx;

    race_lock(r, &tx, &key, 1, TX_WRITE);
    h = hash_new();
    for (unsigned i = 0; i < FIELDS; i++) {
        put_number(h, i, SUM / FIELDS);
    }
    bt_ok(db_put(&tx, key, DB_HASH, h, DB_NO_EXPIRE));
    tx_commit(&tx);
}

int main(int argc, char **argv)
{
    struct race_thread *r;

    race_open(16);
    r = race_add(change);
    race_add(change);
    race_add(crowd);
    race_add(read_locked);
    race_add(read_unlocked);
    race_add(free_lazily)->no_section = true;
    make(r);
    race_run(argc, argv);
    read_locked(r);
    return race_close("db_hash");
}
