/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_race.h -- threads on one database, for the race tests of src/db: plain
 * programs (so that they run under the thread sanitizer too), exit status 0
 * when all that they saw was consistent. The argument is how many seconds.
 */
#ifndef BATON_TESTS_RACE_DB_RACE_H
#define BATON_TESTS_RACE_DB_RACE_H

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/sync.h"
#include "db/tx.h"

#define RACE_THREADS 8
#define RACE_PASS    16 /* rounds of work in a section */

struct race_thread {
    struct db_thread *t;
    unsigned number;
    uint64_t random, rounds;
    bool no_section; /* it works outside of sections */
    void (*round)(struct race_thread *r);
    pthread_t id;
};

static struct race {
    struct db *db;
    struct race_thread thread[RACE_THREADS];
    unsigned n;
    bool (*enough)(void); /* or NULL: has it seen what it is for? */
    atomic_bool stop;
    atomic_uint failed;
} race;

static inline void race_fail(const char *fmt, ...)
{
    va_list ap;

    if (atomic_fetch_add(&race.failed, 1) < 5) {
        va_start(ap, fmt);
        vfprintf(stderr, fmt, ap);
        va_end(ap);
        fputc('\n', stderr);
    }
    atomic_store(&race.stop, true);
}

static inline uint64_t race_random(struct race_thread *r)
{
    r->random ^= r->random << 13;
    r->random ^= r->random >> 7;
    r->random ^= r->random << 17;
    return r->random >> 11;
}

static inline void race_open(unsigned shards)
{
    struct db_options o = {
        .databases = 2, .shards = shards, .threads = RACE_THREADS};

    race.db = db_new(&o);
    bt_assert(race.db);
}

/* A thread that does `round` again and again. All before race_run. */
static inline struct race_thread *race_add(void (*round)(struct race_thread *))
{
    struct race_thread *r = &race.thread[race.n];

    bt_assert(race.n < RACE_THREADS);
    r->t = db_thread_new(race.db);
    bt_assert(r->t);
    r->number = race.n++;
    r->random = 88172645463325252u + r->number * 7919;
    r->round = round;
    return r;
}

static inline void *race_main(void *arg)
{
    struct race_thread *r = arg;

    while (!atomic_load_explicit(&race.stop, memory_order_relaxed)) {
        if (!r->no_section) {
            db_enter(r->t);
        }
        for (unsigned i = 0; i < RACE_PASS; i++) {
            r->round(r);
            r->rounds++;
        }
        if (!r->no_section) {
            db_leave(r->t);
        }
        bt_mutex_assert_none();
    }
    return NULL;
}

#define RACE_MORE_NS 120000000000u

/* Has the time come to end? On a slow machine not before enough was seen. */
static inline bool race_is_over(uint64_t end)
{
    uint64_t now = bt_now_ns();

    return atomic_load(&race.stop) ||
           (now >= end &&
            (now >= end + RACE_MORE_NS || !race.enough || race.enough()));
}

/* Runs all for the time in the arguments (2 s), and frees all but the database.
 */
static inline void race_run(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 2;
    uint64_t end = bt_now_ns() + (uint64_t)(seconds * 1e9);

    for (unsigned i = 0; i < race.n; i++) {
        bt_ok(pthread_create(&race.thread[i].id, NULL, race_main,
                             &race.thread[i]));
    }
    while (!race_is_over(end)) {
        struct timespec nap = {0, 20000000};

        nanosleep(&nap, NULL);
    }
    atomic_store(&race.stop, true);
    for (unsigned i = 0; i < race.n; i++) {
        bt_ok(pthread_join(race.thread[i].id, NULL));
    }
}

static inline int race_close(const char *name)
{
    printf("%s:", name);
    for (unsigned i = 0; i < race.n; i++) {
        printf(" %llu", (unsigned long long)race.thread[i].rounds);
        db_thread_free(&race.thread[i].t);
    }
    printf(" rounds, %s\n",
           atomic_load(&race.failed) ? "INCONSISTENT" : "consistent");
    db_free(&race.db);
    return atomic_load(&race.failed) != 0;
}

/* ---- Single steps ---- */

static inline void race_lock(struct race_thread *r, struct tx *tx,
                             const struct bt_slice *keys, size_t n,
                             enum tx_mode mode)
{
    tx_begin(tx, r->t, 0);
    bt_ok(tx_lock(tx, keys, n, mode));
}

static inline void race_set(struct race_thread *r, struct bt_slice key,
                            struct bt_slice value, int64_t expire_ms)
{
    struct tx tx;

    race_lock(r, &tx, &key, 1, TX_WRITE);
    bt_ok(db_set(&tx, key, value, expire_ms));
    tx_commit(&tx);
}

/* Without a lock; the entry stays readable to the end of the section, unless it
 * is a large string that changes where it is. */
static inline const struct db_entry *race_get(struct race_thread *r,
                                              struct bt_slice key)
{
    const struct db_entry *e;
    struct tx tx;

    tx_begin(&tx, r->t, 0);
    e = tx_find(&tx, key);
    tx_commit(&tx);
    return e;
}

/* A value that is a number; 0: no such key. */
static inline uint64_t race_number(const struct db_entry *e)
{
    uint64_t n = 0;

    if (e) {
        bt_assert(db_entry_string(e).n == sizeof n);
        memcpy(&n, db_entry_string(e).p, sizeof n);
    }
    return n;
}

static inline struct bt_slice race_bytes(const uint64_t *n)
{
    return bt_slice((const char *)n, sizeof *n);
}

#endif
