/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_rename -- one key that is renamed from a to b and back, against readers of
 * both: under the lock exactly one is there; without it, one after the other,
 * what is seen must be possible.
 *
 * `begun` and `ended` count renames from outside, so a reader knows how many
 * may have taken place while it looked. With none, it must see the key in its
 * place; with one, it may see it twice or not at all, but only in the direction
 * in which it went.
 */
#include "db_race.h"

static struct bt_slice ab[2];
static atomic_uint_fast64_t begun, ended;
static atomic_uint_fast64_t judged;

static void rename_it(struct race_thread *r)
{
    uint64_t n = atomic_load(&ended);
    struct tx tx;

    atomic_store(&begun, n + 1);
    race_lock(r, &tx, ab, 2, TX_WRITE);
    bt_ok(db_rename(&tx, ab[n % 2], ab[(n + 1) % 2]));
    tx_commit(&tx);
    atomic_store(&ended, n + 1);
    for (uint64_t i = race_random(r) % 400; i > 0; i--) {
        atomic_load(&ended); /* now and then leave them time to look */
    }
}

static void look_locked(struct race_thread *r)
{
    struct tx tx;
    bool a, b;

    race_lock(r, &tx, ab, 2, TX_READ);
    a = tx_find(&tx, ab[0]) != NULL;
    b = tx_find(&tx, ab[1]) != NULL;
    tx_commit(&tx);
    if (a == b) {
        race_fail("locked: %s", a ? "both" : "neither");
    }
}

static void look(struct race_thread *r)
{
    uint64_t before = atomic_load(&ended), after;
    bool a = race_get(r, ab[0]) != NULL;
    bool b = race_get(r, ab[1]) != NULL;
    bool was_a = before % 2 == 0;

    after = atomic_load(&begun);
    if (after > before + 1) {
        return; /* two or more: anything is possible */
    }
    atomic_fetch_add_explicit(&judged, 1, memory_order_relaxed);
    /* a was read first: one rename a -> b may show it twice, one b -> a may
     * hide it. */
    if (a == b && (after == before || a != was_a)) {
        race_fail("%s, with %llu renames, the first from %s",
                  a ? "both" : "neither", (unsigned long long)(after - before),
                  was_a ? "a" : "b");
    }
    if (after == before && a != was_a) {
        race_fail("in the wrong place");
    }
}

static bool enough(void)
{
    return atomic_load(&judged) >= 100;
}

int main(int argc, char **argv)
{
    uint64_t one = 1;

    ab[0] = bt_str("a");
    ab[1] = bt_str("b");
    race_open(256);
    race_add(rename_it);
    race_add(look_locked);
    race_add(look);
    race_add(look);
    race_set(&race.thread[0], ab[0], race_bytes(&one), DB_NO_EXPIRE);
    race.enough = enough;
    race_run(argc, argv);
    if (!enough()) {
        race_fail("only %llu readings could be judged",
                  (unsigned long long)atomic_load(&judged));
    }
    return race_close("db_rename");
}
