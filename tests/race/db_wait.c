/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db_wait -- threads push numbers onto lists, others wait for them, on several
 * lists at once; they give up, are killed, or move what they get to another list
 * for which others wait. Each number is delivered once, or still there at the
 * end; those who wait for a list are served in the order of their coming.
 */
#include "db_race.h"

#include "db/wait.h"
#include "type/list.h"

#define KEYS    6
#define NUMBERS (1u << 22)

static struct bt_slice keys[KEYS];
static atomic_uint next_number;
static atomic_uchar *delivered;
/* Under the lock of the key's shard. */
static struct {
    uint64_t tickets, served;
} line[KEYS];

struct waiter {
    struct wait wait;
    unsigned key[3];
    uint64_t ticket[3];
    unsigned n, to;
    atomic_bool told;
    unsigned from; /* what it got, and where */
    bool moved;
    unsigned number;
};

static unsigned key_number(struct bt_slice key)
{
    return (unsigned)(key.p[3] - '0');
}

/* ---- Lists of numbers ---- */

static void push(struct tx *tx, unsigned key, enum list_end end,
                 unsigned number)
{
    const struct db_entry *e = tx_find_quiet(tx, keys[key]);
    char text[16];
    struct bt_slice s =
        bt_slice(text, (size_t)snprintf(text, sizeof text, "%u", number));
    struct list *l;

    if (e) {
        l = db_edit(tx, keys[key], e);
        bt_ok(list_push(l, end, s));
        db_edited(tx, keys[key], e);
    } else {
        l = list_new(-2);
        bt_ok(list_push(l, end, s));
        bt_ok(db_put(tx, keys[key], DB_LIST, l, DB_NO_EXPIRE));
    }
}

static unsigned pop(struct tx *tx, unsigned key, const struct db_entry *e)
{
    struct list *l = db_edit(tx, keys[key], e);
    struct list_at at = list_end_at(l, LIST_HEAD);
    struct pack_value v;

    list_get(&at, &v);
    list_remove(l, &at, false);
    db_edited(tx, keys[key], e);
    return (unsigned)v.i;
}

static void deliver(unsigned number)
{
    if (atomic_exchange(&delivered[number], 1) != 0) {
        race_fail("%u came twice", number);
    }
}

/* ---- Waiting ---- */

static void serve(struct wait *wait, struct tx *tx, struct bt_slice key,
                  const struct db_entry *e)
{
    struct waiter *w = bt_container(wait, struct waiter, wait);

    w->from = key_number(key);
    for (unsigned i = 0; i < w->n; i++) {
        if (w->key[i] == w->from) {
            if (w->ticket[i] <= line[w->from].served) {
                race_fail("ticket %llu after %llu",
                          (unsigned long long)w->ticket[i],
                          (unsigned long long)line[w->from].served);
            }
            line[w->from].served = w->ticket[i];
        }
    }
    w->number = pop(tx, w->from, e);
    w->moved = w->to < KEYS;
    if (w->moved) {
        push(tx, w->to, LIST_TAIL, w->number);
    }
}

static void served(struct wait *wait)
{
    /* Release: partner of the acquire in finish(). */
    atomic_store_explicit(&bt_container(wait, struct waiter, wait)->told, true,
                          memory_order_release);
}

static void choose(struct race_thread *r, struct waiter *w, bool mover)
{
    unsigned first = (unsigned)(race_random(r) % KEYS);

    w->n = mover ? 1 : 1 + (unsigned)(race_random(r) % 3);
    for (unsigned i = 0; i < w->n; i++) {
        w->key[i] = (first + i) % KEYS;
    }
    w->to = mover ? (first + 1 + (unsigned)(race_random(r) % (KEYS - 1))) % KEYS
                  : KEYS;
    w->wait.type = DB_LIST;
    w->wait.serve = serve;
    w->wait.served = served;
    w->wait.to = mover ? keys[w->to] : bt_slice(NULL, 0);
}

/* True: it got something at once. */
static bool look(struct race_thread *r, struct waiter *w)
{
    struct bt_slice k[4];
    bool got = false;
    struct tx tx;

    for (unsigned i = 0; i < w->n; i++) {
        k[i] = keys[w->key[i]];
    }
    k[w->n] = w->wait.to;
    race_lock(r, &tx, k, w->n + (w->wait.to.p != NULL), TX_WRITE);
    for (unsigned i = 0; i < w->n && !got; i++) {
        const struct db_entry *e = tx_find_quiet(&tx, k[i]);

        if (e) {
            w->number = pop(&tx, w->key[i], e);
            w->moved = w->to < KEYS;
            if (w->moved) {
                push(&tx, w->to, LIST_TAIL, w->number);
            }
            got = true;
        }
    }
    if (!got) {
        for (unsigned i = 0; i < w->n; i++) {
            w->ticket[i] = ++line[w->key[i]].tickets;
        }
        bt_ok(wait_add(&tx, &w->wait, k, w->n));
    }
    tx_commit(&tx);
    return got;
}

static void give_back(struct race_thread *r, struct waiter *w)
{
    struct tx tx;

    race_lock(r, &tx, &keys[w->from], 1, TX_WRITE);
    push(&tx, w->from, LIST_HEAD, w->number);
    tx_commit(&tx);
}

/* How a wait ends that began: by itself, after some time, by a kill. */
static void finish(struct race_thread *r, struct waiter *w)
{
    unsigned patience = (unsigned)(race_random(r) % 64);
    bool killed = race_random(r) % 4 == 0;
    bool ended = false;

    while (!ended && patience-- > 0) {
        sched_yield();
        /* Acquire: partner of the release in served(). */
        ended = atomic_load_explicit(&w->told, memory_order_acquire);
    }
    if (!ended && wait_claim(&w->wait, killed ? WAIT_GONE : WAIT_TIMED_OUT)) {
        wait_forget(&w->wait);
        return;
    }
    while (!atomic_load_explicit(&w->told, memory_order_acquire)) {
        sched_yield();
    }
    wait_forget(&w->wait);
    if (w->moved) {
        return;
    }
    if (killed) {
        give_back(r, w);
    } else {
        deliver(w->number);
    }
}

static void wait_once(struct race_thread *r, bool mover)
{
    struct waiter *w = calloc(1, sizeof *w);

    bt_assert(w);
    choose(r, w, mover);
    if (!look(r, w)) {
        finish(r, w);
    } else if (!w->moved) {
        deliver(w->number);
    }
    free(w);
}

static void wait_to_take(struct race_thread *r)
{
    wait_once(r, false);
}

static void wait_to_move(struct race_thread *r)
{
    wait_once(r, true);
}

static void push_some(struct race_thread *r)
{
    unsigned key = (unsigned)(race_random(r) % KEYS);
    unsigned n = 1 + (unsigned)(race_random(r) % 3);
    struct tx tx;

    if (atomic_load(&next_number) + n > NUMBERS) {
        return;
    }
    race_lock(r, &tx, &keys[key], 1, TX_WRITE);
    for (; n > 0; n--) {
        push(&tx, key, LIST_TAIL, atomic_fetch_add(&next_number, 1));
    }
    tx_commit(&tx);
    for (unsigned i = (unsigned)(race_random(r) % 8); i > 0; i--) {
        sched_yield();
    }
}

/* ---- The end ---- */

static void count_left(struct db_thread *t)
{
    unsigned n = atomic_load(&next_number), missing = 0;
    struct tx tx;

    for (unsigned i = 0; i < KEYS; i++) {
        const struct db_entry *e;

        tx_begin(&tx, t, 0);
        bt_ok(tx_lock(&tx, &keys[i], 1, TX_WRITE));
        while ((e = tx_find_quiet(&tx, keys[i]))) {
            deliver(pop(&tx, i, e));
        }
        tx_commit(&tx);
    }
    for (unsigned i = 0; i < n; i++) {
        missing += atomic_load(&delivered[i]) == 0;
    }
    if (missing > 0) {
        race_fail("%u of %u are lost", missing, n);
    }
    if (n == 0 || wait_keys(race.db) != 0) {
        race_fail("%u numbers, %zu keys waited for", n, wait_keys(race.db));
    }
    printf("%u numbers\n", n);
}

static bool enough(void)
{
    return atomic_load(&next_number) > 0;
}

int main(int argc, char **argv)
{
    static char text[KEYS][16];

    delivered = calloc(NUMBERS, sizeof *delivered);
    bt_assert(delivered);
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(text[i], sizeof text[i], "key%u", i);
        keys[i] = bt_slice(text[i], 4);
    }
    race_open(16);
    race_add(push_some);
    race_add(push_some);
    for (unsigned i = 0; i < 4; i++) {
        race_add(wait_to_take);
    }
    race_add(wait_to_move);
    race_add(wait_to_move);
    for (unsigned i = 0; i < race.n; i++) {
        race.thread[i].no_section = true;
    }
    race.enough = enough;
    race_run(argc, argv);
    count_left(race.thread[0].t);
    free(delivered);
    return race_close("db_wait");
}
