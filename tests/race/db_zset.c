/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_zset -- sorted sets that several threads change at once: members move from
 * one set to another, with new scores, while others read ranges of both. No
 * member is ever lost, there twice, or out of order. Half of the sets are small.
 */
#include "db_race.h"

#include "type/zset.h"

#define SETS    6
#define MEMBERS 600
#define RANGE   20

static const struct zset_limits limits[2] = {{8, 64}, {MEMBERS, 64}};
static struct bt_slice keys[SETS];

static struct zset *set_at(const struct db_entry *e)
{
    return e ? db_entry_object(e) : NULL;
}

/* ---- Changes ---- */

static void put(struct tx *tx, unsigned i, struct bt_slice member, double score)
{
    const struct db_entry *e = tx_find(tx, keys[i]);
    struct zset *z = e ? db_edit(tx, keys[i], e) : zset_new();
    struct zset_place p;

    bt_assert(z);
    if (zset_find(z, member, &p)) {
        bt_ok(zset_move(z, &p, score));
    } else {
        bt_ok(zset_add(z, &p, score, &limits[i % 2]));
    }
    if (e) {
        db_edited(tx, keys[i], e);
    } else {
        bt_ok(db_put(tx, keys[i], DB_ZSET, z, DB_NO_EXPIRE));
    }
}

static bool take(struct tx *tx, unsigned i, size_t rank, char *text, size_t *n)
{
    const struct db_entry *e = tx_find(tx, keys[i]);
    struct zset *z = set_at(e);
    struct zset_walk w;
    struct zset_item item;

    if (!z) {
        return false;
    }
    rank %= zset_count(z);
    z = db_edit(tx, keys[i], e);
    zset_walk(z, rank, false, &w);
    bt_assert(zset_next(&w, &item));
    memcpy(text, item.member.p, item.member.n);
    *n = item.member.n;
    zset_remove_ranks(z, rank, 1);
    db_edited(tx, keys[i], e);
    return true;
}

/* From one set into another (or the same). */
static void change(struct race_thread *r)
{
    unsigned a = (unsigned)(race_random(r) % SETS);
    unsigned b = (unsigned)(race_random(r) % SETS);
    struct bt_slice both[2] = {keys[a], keys[b]};
    char text[64];
    size_t n;
    struct tx tx;

    race_lock(r, &tx, both, 2, TX_WRITE);
    if (take(&tx, a, race_random(r), text, &n)) {
        put(&tx, b, bt_slice(text, n), (double)(race_random(r) % 50));
    }
    tx_commit(&tx);
}

/* ---- Reading ---- */

static void read_range(struct race_thread *r)
{
    struct bt_slice key = keys[race_random(r) % SETS];
    struct zset_walk w;
    struct zset_item item;
    const struct zset *z;
    double last = -1;
    struct tx tx;

    race_lock(r, &tx, &key, 1, TX_READ);
    z = set_at(tx_find(&tx, key));
    if (z) {
        size_t n = zset_count(z), rank = race_random(r) % n, seen = 0;

        zset_walk(z, rank, false, &w);
        for (; seen < RANGE && zset_next(&w, &item); seen++) {
            if (item.score < last) {
                race_fail("%.0f behind %.0f", item.score, last);
            }
            last = item.score;
        }
        if (seen != (n - rank < RANGE ? n - rank : RANGE)) {
            race_fail("%zu of %zu from %zu on", seen, n, rank);
        }
    }
    tx_commit(&tx);
}

/* All members, each once, whatever is on its way. */
static void read_all(struct race_thread *r)
{
    bool there[MEMBERS] = {false};
    size_t count = 0;
    struct tx tx;

    race_lock(r, &tx, keys, SETS, TX_READ);
    for (unsigned i = 0; i < SETS; i++) {
        const struct zset *z = set_at(tx_find(&tx, keys[i]));
        struct zset_walk w;
        struct zset_item item;

        if (!z) {
            continue;
        }
        zset_walk(z, 0, false, &w);
        while (zset_next(&w, &item)) {
            char text[64] = "";
            unsigned m;

            memcpy(text, item.member.p, item.member.n);
            m = (unsigned)atoi(text + 1);
            if (m >= MEMBERS || there[m]) {
                race_fail("%s: twice, or made of nothing", text);
                break;
            }
            there[m] = true;
            count++;
        }
    }
    if (count != MEMBERS) {
        race_fail("%zu members", count);
    }
    tx_commit(&tx);
}

static void look(struct race_thread *r)
{
    if (race_random(r) % 64 == 0) {
        read_all(r);
    } else {
        read_range(r);
    }
}

static void fill(struct race_thread *r)
{
    for (unsigned m = 0; m < MEMBERS; m++) {
        char text[64];
        int n = snprintf(text, sizeof text, "m%u", m);
        struct tx tx;

        race_lock(r, &tx, &keys[m % SETS], 1, TX_WRITE);
        put(&tx, m % SETS, bt_slice(text, (size_t)n), m);
        tx_commit(&tx);
    }
}

int main(int argc, char **argv)
{
    static char names[SETS][16];
    struct race_thread *r;

    for (unsigned i = 0; i < SETS; i++) {
        int n = snprintf(names[i], sizeof names[i], "zset%u", i);

        keys[i] = bt_slice(names[i], (size_t)n);
    }
    race_open(256);
    r = race_add(change);
    race_add(change);
    race_add(look);
    race_add(look);
    db_enter(r->t);
    fill(r);
    read_all(r);
    db_leave(r->t);
    race_run(argc, argv);
    db_enter(r->t);
    read_all(r);
    db_leave(r->t);
    return race_close("db_zset");
}
