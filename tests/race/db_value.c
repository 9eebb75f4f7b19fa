/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_value -- values that are rewritten (APPEND, SETRANGE, INCR), as a whole or
 * where they are, against GET without a lock: never a torn value, never bytes of
 * another one, no increment lost and none seen backwards. Values carry a
 * checksum; some are large and are held beyond the section, as a reply does.
 */
#include "db_race.h"

#define STRINGS  4
#define COUNTERS 4
#define LARGEST  40000

static struct bt_slice strings[STRINGS], counters[COUNTERS];
static atomic_uint_fast64_t increments[COUNTERS];

static uint32_t sum_of(const char *p, size_t n)
{
    uint32_t sum = 2166136261u;

    for (size_t i = 0; i < n; i++) {
        sum = (sum ^ (unsigned char)p[i]) * 16777619u;
    }
    return sum;
}

/* The first four bytes are the sum of the others. */
static void seal(char *p, size_t n)
{
    uint32_t sum = sum_of(p + 4, n - 4);

    memcpy(p, &sum, 4);
}

static void check(struct bt_slice s, const char *who)
{
    uint32_t sum;

    memcpy(&sum, s.p, 4);
    if (sum != sum_of(s.p + 4, s.n - 4)) {
        race_fail("%s: a torn value of %zu bytes", who, s.n);
    }
}

/* From `from` on, but at least one byte, and the sum. */
static void scribble(struct race_thread *r, char *p, size_t from, size_t n)
{
    for (size_t i = from; i < n; i++) {
        p[i] = (char)race_random(r);
    }
    p[4 + race_random(r) % (n - 4)] = (char)race_random(r);
    seal(p, n);
}

static void rewrite(struct race_thread *r)
{
    struct bt_slice key = strings[race_random(r) % STRINGS];
    size_t more = 1 + race_random(r) % 900, n;
    struct bt_slice old;
    struct tx tx;
    char *p;

    race_lock(r, &tx, &key, 1, TX_WRITE);
    old = db_entry_string(tx_find(&tx, key));
    check(old, "writer");
    if (race_random(r) % 2) { /* SETRANGE */
        more = 0;
    }
    n = old.n + more <= LARGEST ? old.n + more : 100;
    p = db_make(&tx, key, n);
    bt_assert(p);
    memcpy(p, old.p, n < old.n ? n : old.n);
    scribble(r, p, n < old.n ? 4 : old.n, n);
    db_publish(&tx, DB_KEEP_EXPIRE, true);
    tx_commit(&tx);
}

/* The same where the value is, if it is large and nobody holds it. */
static void change_part(struct race_thread *r)
{
    struct bt_slice key = strings[race_random(r) % STRINGS];
    size_t was, n;
    struct tx tx;
    char *p;

    race_lock(r, &tx, &key, 1, TX_WRITE);
    was = db_entry_string(tx_find(&tx, key)).n;
    n = was < LARGEST ? was + race_random(r) % 900 : was;
    p = db_rewrite(&tx, key, n);
    bt_assert(p);
    scribble(r, p, was, n);
    db_rewritten(&tx, key, true);
    tx_commit(&tx);
}

static void increment(struct race_thread *r)
{
    unsigned i = (unsigned)(race_random(r) % COUNTERS);
    struct bt_slice key = counters[i];
    struct tx tx;
    uint64_t n;

    race_lock(r, &tx, &key, 1, TX_WRITE);
    n = race_number(tx_find(&tx, key)) + 1;
    if (r->rounds % 2) {
        bt_ok(db_set(&tx, key, race_bytes(&n), DB_NO_EXPIRE));
    } else {
        memcpy(db_make(&tx, key, sizeof n), &n, sizeof n);
        db_publish(&tx, DB_NO_EXPIRE, false);
    }
    tx_commit(&tx);
    atomic_fetch_add(&increments[i], 1);
}

static void change(struct race_thread *r)
{
    unsigned which = (unsigned)(race_random(r) % 8);

    if (which == 0) {
        rewrite(r);
    } else if (which == 1) {
        change_part(r);
    } else {
        increment(r);
    }
}

/* A string that changes where it is, is ours until the end of the tx. */
static void read_string(struct race_thread *r)
{
    struct bt_slice key = strings[race_random(r) % STRINGS];
    struct tx tx;

    tx_begin(&tx, r->t, 0);
    check(db_entry_string(tx_find(&tx, key)), "reader");
    tx_commit(&tx);
}

static void read_all(struct race_thread *r)
{
    static _Thread_local uint64_t seen[COUNTERS];

    read_string(r);
    for (unsigned i = 0; i < COUNTERS; i++) {
        uint64_t n = race_number(race_get(r, counters[i]));

        if (n < seen[i]) {
            race_fail("counter: %llu after %llu", (unsigned long long)n,
                      (unsigned long long)seen[i]);
        }
        seen[i] = n;
    }
}

/* What a reply refers to stays as it was after the section has ended. */
static void hold(struct race_thread *r)
{
    const struct db_entry *e;
    struct bt_slice s;
    struct tx tx;
    void *blob;

    db_enter(r->t);
    tx_begin(&tx, r->t, 0);
    e = tx_find(&tx, strings[race_random(r) % STRINGS]);
    s = db_entry_string(e);
    blob = db_entry_hold(e);
    tx_commit(&tx);
    db_leave(r->t);
    if (blob) {
        sched_yield();
        check(s, "holder");
        db_blob_release(blob);
    }
}

static void name_all(struct bt_slice *keys, unsigned n, const char *what)
{
    for (unsigned i = 0; i < n; i++) {
        char *p = malloc(32);

        bt_assert(p);
        keys[i] = bt_slice(p, (size_t)snprintf(p, 32, "%s%u", what, i));
    }
}

int main(int argc, char **argv)
{
    char first[100] = "";
    struct race_thread *r;
    int status;

    name_all(strings, STRINGS, "string");
    name_all(counters, COUNTERS, "counter");
    race_open(256);
    r = race_add(change);
    race_add(change);
    race_add(read_all);
    race_add(read_all);
    race_add(hold)->no_section = true;
    seal(first, sizeof first);
    for (unsigned i = 0; i < STRINGS; i++) {
        race_set(r, strings[i], bt_slice(first, sizeof first), DB_NO_EXPIRE);
    }
    race_run(argc, argv);
    db_enter(r->t);
    for (unsigned i = 0; i < COUNTERS; i++) {
        uint64_t n = race_number(race_get(r, counters[i]));
        uint64_t want = atomic_load(&increments[i]);

        if (n != want) {
            race_fail("counter: %llu after %llu increments",
                      (unsigned long long)n, (unsigned long long)want);
        }
    }
    db_leave(r->t);
    status = race_close("db_value");
    for (unsigned i = 0; i < STRINGS; i++) {
        free((char *)strings[i].p);
        free((char *)counters[i].p);
    }
    return status;
}
