/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_resize -- tables that grow and shrink, are scanned, flushed beside (in
 * another database) and swept by the expiry cycle, against GET without a lock:
 * keys that stay are never missed, by readers and by scans.
 */
#include "db_race.h"

#define STABLE 500
#define EXTRA  6000 /* keys that come and go, for each writer */

static bool seen[STABLE];

static struct bt_slice name(char to[24], char kind, uint64_t n)
{
    return bt_slice(
        to, (size_t)snprintf(to, 24, "%c%llu", kind, (unsigned long long)n));
}

/* All come, then all go. */
static void breathe(struct race_thread *r)
{
    uint64_t n = r->rounds % (2 * EXTRA);
    bool up = n < EXTRA;
    char text[24];
    struct bt_slice key =
        name(text, (char)('A' + r->number), up ? n : 2 * EXTRA - 1 - n);
    struct tx tx;

    if (up) {
        race_set(r, key, key, n % 8 ? DB_NO_EXPIRE : bt_real_ms() + 2);
        return;
    }
    race_lock(r, &tx, &key, 1, TX_WRITE);
    db_remove(&tx, key);
    tx_commit(&tx);
}

static void get(struct race_thread *r)
{
    uint64_t i = race_random(r) % STABLE;
    char text[24];
    const struct db_entry *e = race_get(r, name(text, 's', i));

    if (!e) {
        race_fail("GET: s%llu is missing", (unsigned long long)i);
    } else if (race_number(e) != i + 1) {
        race_fail("GET: s%llu has another value", (unsigned long long)i);
    }
}

static void note(void *arg, const struct db_entry *e)
{
    struct bt_slice key = db_entry_key(e);

    (void)arg;
    if (key.p[0] == 's') {
        seen[race_number(e) - 1] = true;
    }
}

/* Outside sections: a whole scan, now and then a flush, a slice of expiry. */
static void survey(struct race_thread *r)
{
    uint64_t cursor = 0;
    struct tx tx;

    memset(seen, 0, sizeof seen);
    do {
        tx_begin(&tx, r->t, 0);
        cursor = db_scan(&tx, cursor, 10, note, NULL);
        tx_commit(&tx);
        db_expire_cycle(r->t, 100);
    } while (cursor != 0 && !atomic_load(&race.stop));
    for (unsigned i = 0; cursor == 0 && i < STABLE; i++) {
        if (!seen[i]) {
            race_fail("SCAN: s%u is missing", i);
        }
    }
}

static void fill_and_flush(struct race_thread *r)
{
    struct tx tx;

    for (unsigned i = 0; i < 300; i++) {
        char text[24];
        struct bt_slice key = name(text, 'f', i);

        tx_begin(&tx, r->t, 1);
        bt_ok(tx_lock(&tx, &key, 1, TX_WRITE));
        bt_ok(db_set(&tx, key, key, DB_NO_EXPIRE));
        tx_commit(&tx);
    }
    tx_begin(&tx, r->t, 1);
    tx_lock_all(&tx, TX_WRITE);
    db_flush(&tx, 1, r->rounds % 2);
    tx_commit(&tx);
    db_enter(r->t);
    db_leave(r->t);
    db_lazy_free(r->t);
}

/* Reads what is being flushed: the sanitizers look. */
static void get_flushed(struct race_thread *r)
{
    char text[24];
    const struct db_entry *e;
    struct tx tx;

    tx_begin(&tx, r->t, 1);
    e = tx_find(&tx, name(text, 'f', race_random(r) % 300));
    if (e && db_entry_string(e).p[0] != 'f') {
        race_fail("GET: another value");
    }
    tx_commit(&tx);
    get(r);
}

int main(int argc, char **argv)
{
    struct race_thread *r;

    race_open(4); /* few: much goes on in each */
    r = race_add(breathe);
    race_add(breathe);
    race_add(get);
    race_add(get_flushed);
    race_add(survey)->no_section = true;
    race_add(fill_and_flush)->no_section = true;
    for (uint64_t i = 0; i < STABLE; i++) {
        char text[24];
        uint64_t value = i + 1;

        race_set(r, name(text, 's', i), race_bytes(&value), DB_NO_EXPIRE);
    }
    race_run(argc, argv);
    return race_close("db_resize");
}
