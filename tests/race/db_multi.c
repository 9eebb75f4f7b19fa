/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_multi -- MSET and DEL of 8 keys in different shards, against MGET and
 * EXISTS (locked) and against GET (without a lock): never a mix.
 *
 * Versions are given out with all the keys locked, so they grow in the order in
 * which the changes take place. Whoever has seen a version of one key must not
 * see an older one of another key later, nor, when it found a key gone, any
 * other key as it was before the removal.
 */
#include "db_race.h"

#define KEYS 8

static struct bt_slice keys[2][KEYS]; /* [0] always there, [1] come and go */
static atomic_uint_fast64_t version;

static void mset(struct race_thread *r)
{
    struct tx tx;
    uint64_t v;

    race_lock(r, &tx, keys[0], KEYS, TX_WRITE);
    v = atomic_fetch_add(&version, 1) + 1;
    for (unsigned i = 0; i < KEYS; i++) {
        bt_ok(db_set(&tx, keys[0][i], race_bytes(&v), DB_NO_EXPIRE));
    }
    tx_commit(&tx);
}

static void mset_or_del(struct race_thread *r)
{
    struct tx tx;
    uint64_t v;

    race_lock(r, &tx, keys[1], KEYS, TX_WRITE);
    v = atomic_fetch_add(&version, 1) + 1;
    for (unsigned i = 0; i < KEYS; i++) {
        if (race_random(r) % 64 == 0) {
            sched_yield(); /* longer in the middle */
        }
        if (r->rounds % 2) {
            db_remove(&tx, keys[1][i]);
        } else {
            bt_ok(db_set(&tx, keys[1][i], race_bytes(&v), DB_NO_EXPIRE));
        }
    }
    tx_commit(&tx);
}

static void mget(struct race_thread *r)
{
    for (unsigned set = 0; set < 2; set++) {
        uint64_t v[KEYS];
        struct tx tx;

        race_lock(r, &tx, keys[set], KEYS, TX_READ);
        for (unsigned i = 0; i < KEYS; i++) {
            v[i] = race_number(tx_find(&tx, keys[set][i]));
        }
        tx_commit(&tx);
        for (unsigned i = 1; i < KEYS; i++) {
            if (v[i] != v[0]) {
                race_fail("MGET: %llu and %llu", (unsigned long long)v[0],
                          (unsigned long long)v[i]);
            }
        }
        if (set == 0 && v[0] == 0) {
            race_fail("MGET: no value");
        }
    }
}

static void get(struct race_thread *r)
{
    uint64_t seen = 0, seen_gone = 0;
    bool gone = false;

    for (unsigned n = 0; n < 2 * KEYS; n++) {
        unsigned i = (unsigned)(race_random(r) % KEYS);
        uint64_t v = race_number(race_get(r, keys[0][i]));

        if (v < seen) {
            race_fail("GET: %llu after %llu", (unsigned long long)v,
                      (unsigned long long)seen);
        }
        seen = v;
        v = race_number(race_get(r, keys[1][i]));
        if (v != 0 && (v < seen_gone || (gone && v == seen_gone))) {
            race_fail("GET: %llu after %llu%s", (unsigned long long)v,
                      (unsigned long long)seen_gone, gone ? " was gone" : "");
        }
        gone = v == 0;
        seen_gone = v != 0 ? v : seen_gone;
    }
}

int main(int argc, char **argv)
{
    static char text[2 * KEYS][16];

    for (unsigned i = 0; i < 2 * KEYS; i++) {
        keys[i / KEYS][i % KEYS] = bt_slice(
            text[i], (size_t)snprintf(text[i], sizeof text[i], "key%u", i));
    }
    race_open(256);
    race_add(mset);
    race_add(mset_or_del);
    race_add(mget);
    race_add(get);
    race_add(get);
    mset(&race.thread[0]);
    race_run(argc, argv);
    return race_close("db_multi");
}
