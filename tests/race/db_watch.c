/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_watch -- counters that are changed by WATCH and EXEC only: watch, read, and
 * write one more unless somebody came between. No increment may be lost, and
 * none be refused without a cause: others who write the keys are counted.
 */
#include "db_race.h"

#include "db/watch.h"

#define KEYS 3

static struct bt_slice key[KEYS];
static atomic_uint_fast64_t done[KEYS], refused, wrote;

/* Watches all keys, as WATCH does, and reads one. */
static uint64_t begin(struct race_thread *r, struct db_watch **list,
                      atomic_bool *dirty, unsigned k)
{
    struct tx tx;

    race_lock(r, &tx, key, KEYS, TX_READ);
    for (unsigned i = 0; i < KEYS; i++) {
        bt_ok(db_watch_add(&tx, list, key[i], dirty));
    }
    tx_commit(&tx);
    return race_number(race_get(r, key[k]));
}

static void compare_and_set(struct race_thread *r)
{
    unsigned k = (unsigned)race_random(r) % KEYS;
    struct db_watch *list = NULL;
    atomic_bool dirty = false;
    uint64_t n = begin(r, &list, &dirty, k) + 1;
    struct tx tx;

    if (race_random(r) % 16 == 0) {
        db_watch_drop(race.db, &list); /* UNWATCH */
        return;
    }
    race_lock(r, &tx, key, KEYS, TX_WRITE);
    tx_as_one(&tx);
    if (atomic_load_explicit(&dirty, memory_order_relaxed)) {
        atomic_fetch_add(&refused, 1);
    } else {
        bt_ok(db_set(&tx, key[k], race_bytes(&n), DB_NO_EXPIRE));
        atomic_fetch_add(&done[k], 1);
    }
    db_watch_end(&tx, &list);
    tx_commit(&tx);
}

/* Writes what is there already: a change nevertheless. */
static void disturb(struct race_thread *r)
{
    unsigned k = (unsigned)race_random(r) % KEYS;
    struct tx tx;
    uint64_t n;

    race_lock(r, &tx, &key[k], 1, TX_WRITE);
    n = race_number(tx_find(&tx, key[k]));
    bt_ok(db_set(&tx, key[k], race_bytes(&n), DB_NO_EXPIRE));
    tx_commit(&tx);
    atomic_fetch_add(&wrote, 1);
    sched_yield();
}

static uint64_t increments(void)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        all += atomic_load(&done[i]);
    }
    return all;
}

static bool enough(void)
{
    return increments() >= 100 && atomic_load(&refused) > 0;
}

int main(int argc, char **argv)
{
    static const char *const names[KEYS] = {"a", "b", "c"};
    uint64_t all = 0;

    race_open(256);
    race_add(compare_and_set);
    race_add(compare_and_set);
    race_add(compare_and_set);
    race_add(disturb);
    for (unsigned i = 0; i < KEYS; i++) {
        key[i] = bt_str(names[i]);
        race_set(&race.thread[0], key[i], race_bytes(&all), DB_NO_EXPIRE);
    }
    race.enough = enough;
    race_run(argc, argv);
    for (unsigned i = 0; i < KEYS; i++) {
        struct race_thread *r = &race.thread[0];
        uint64_t n;

        db_enter(r->t);
        n = race_number(race_get(r, key[i]));
        db_leave(r->t);
        if (n != atomic_load(&done[i])) {
            race_fail("%s is %llu after %llu increments", names[i],
                      (unsigned long long)n,
                      (unsigned long long)atomic_load(&done[i]));
        }
    }
    if (!enough()) {
        race_fail("only %llu increments, %llu refused",
                  (unsigned long long)increments(),
                  (unsigned long long)atomic_load(&refused));
    }
    return race_close("db_watch");
}
