/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The handle table: one thread inserts, two remove, three look up without a
 * lock, one walks it with a cursor under the shards' locks. What must hold:
 *   - an id that lives throughout is always found, and visited exactly once by
 *     each walk;
 *   - what is found is the handle that was asked for, and not freed memory;
 *   - an id that was removed before the look-up began is not found.
 */
#include "race.h"

#include <errno.h>

#include "base/check.h"
#include "base/reclaim.h"
#include "handle/handle.h"
#include "handle/table.h"

#define STABLE   500
#define LIVE     300 /* about so many others at a time, for each remover */
#define REMOVERS 2
#define FINDERS  3
#define ALIVE    0x600d
#define GONE     0xdead

static struct bt_domain *domain;
static struct bt_table *table;
static struct bt_record *record[1 + REMOVERS + FINDERS];

/* From the inserter to a remover: a ring of handles, one writer, one reader. */
static struct pipe {
    struct baton_client *slot[LIVE];
    atomic_uint in, out;
    _Atomic uint64_t removed; /* all its ids up to this one are gone */
} pipes[REMOVERS];

static _Atomic uint64_t newest;
static atomic_uint inserters; /* still at work */
static atomic_ullong finds, walks;

static struct baton_client *make(uint64_t id)
{
    struct baton_client *c = calloc(1, sizeof *c);

    c->id = id;
    c->fd = ALIVE; /* constant while it is in the table, like a real fd */
    return c;
}

/* As bt_handle_free(): the memory is written before it goes, so that a reader
 * that still looks at it sees a stranger. */
static void unmake(void *p)
{
    struct baton_client *c = p;

    c->fd = GONE;
    c->id = 0;
    free(c);
}

static void *insert(void *arg)
{
    struct bt_record *r = record[0];
    uint64_t id = STABLE + 1;

    (void)arg;
    while (!atomic_load(&race_over)) {
        struct pipe *p = &pipes[id % REMOVERS];
        unsigned in = atomic_load(&p->in);
        struct baton_client *c;

        if (in - atomic_load(&p->out) == LIVE) {
            sched_yield();
            bt_record_poll(r);
            continue;
        }
        c = make(id);
        if (bt_table_insert(table, r, c) < 0) {
            race_fail("insert failed");
            unmake(c);
            break;
        }
        p->slot[in % LIVE] = c;
        atomic_store(&newest, id);
        atomic_store(&p->in, in + 1);
        id++;
    }
    atomic_fetch_sub(&inserters, 1);
    return NULL;
}

/* Keeps some alive as long as the test runs, and takes out all at its end. */
static void *take_out(void *arg)
{
    struct pipe *p = &pipes[(uintptr_t)arg];
    struct bt_record *r = record[1 + (uintptr_t)arg];

    for (;;) {
        unsigned out = atomic_load(&p->out);
        unsigned n = atomic_load(&p->in) - out;
        struct baton_client *c;

        if (n == 0 && atomic_load(&inserters) == 0) {
            break;
        }
        if (n == 0 || (n < LIVE / 2 && atomic_load(&inserters) > 0)) {
            sched_yield();
            continue;
        }
        c = p->slot[out % LIVE];
        atomic_store(&p->out, out + 1);
        bt_record_enter(r);
        bt_table_remove(table, r, c);
        atomic_store(&p->removed, c->id);
        bt_retire(r, c, unmake);
        bt_record_leave(r);
        bt_record_poll(r);
    }
    return NULL;
}

static void look_up(uint64_t id)
{
    uint64_t gone = atomic_load(&pipes[id % REMOVERS].removed);
    struct baton_client *c = bt_table_find(table, id);

    if (c && (c->id != id || c->fd != ALIVE)) {
        race_fail("asked for %llu, got %llu (%x)", (unsigned long long)id,
                  (unsigned long long)c->id, (unsigned)c->fd);
    } else if (!c && id <= STABLE) {
        race_fail("%llu lives and is not found", (unsigned long long)id);
    } else if (c && id > STABLE && id <= gone) {
        race_fail("%llu was removed and is found", (unsigned long long)id);
    }
}

static void *find(void *arg)
{
    struct bt_record *r = record[1 + REMOVERS + (uintptr_t)arg];
    uint64_t random = 88172645463325252u + (uintptr_t)arg;

    while (!atomic_load(&race_over)) {
        uint64_t top = atomic_load(&newest);

        bt_record_enter(r);
        for (unsigned i = 0; i < 50; i++) {
            uint64_t v = race_random(&random), back = v / 2 % (4 * LIVE);

            look_up(v % 2 ? 1 + v / 2 % STABLE
                          : (top > STABLE + back ? top - back : top));
        }
        bt_record_leave(r);
        atomic_fetch_add(&finds, 50);
    }
    return NULL;
}

/* ---- Walks ---- */

static unsigned char visits[STABLE + 1];
static uint64_t last_id, last_shard;

static bool visit(struct baton_client *c, void *arg)
{
    struct baton_cursor *cursor = arg;

    if (c->fd != ALIVE) {
        race_fail("a walk met a handle that is gone");
    }
    if (cursor->shard == last_shard && c->id <= last_id) {
        race_fail("%llu after %llu", (unsigned long long)c->id,
                  (unsigned long long)last_id);
    }
    last_shard = cursor->shard;
    last_id = c->id;
    if (c->id <= STABLE) {
        visits[c->id]++;
    }
    return true;
}

static void *walk(void *arg)
{
    uint64_t random = 362436069u;

    (void)arg;
    while (!atomic_load(&race_over)) {
        struct baton_cursor cursor = {0};
        size_t step = 1 + race_random(&random) % 20;

        memset(visits, 0, sizeof visits);
        last_id = last_shard = 0;
        while (!cursor.done && !atomic_load(&race_over)) {
            bt_table_step(table, &cursor, step, visit, &cursor);
        }
        for (unsigned id = 1; cursor.done && id <= STABLE; id++) {
            if (visits[id] != 1) {
                race_fail("a walk met %u %u times", id, visits[id]);
            }
        }
        atomic_fetch_add(&walks, 1);
    }
    return NULL;
}

static struct baton_client *stable[STABLE + 1];

static void build(void)
{
    domain = bt_domain_new();
    table = bt_table_new();
    for (unsigned i = 0; i < sizeof record / sizeof record[0]; i++) {
        record[i] = bt_record_new(domain);
    }
    for (unsigned id = 1; id <= STABLE; id++) {
        stable[id] = make(id);
        bt_ok(bt_table_insert(table, record[0], stable[id]));
    }
    atomic_store(&newest, STABLE);
    atomic_store(&inserters, 1);
}

static void take_apart(void)
{
    for (unsigned id = 1; id <= STABLE; id++) {
        bt_table_remove(table, record[0], stable[id]);
        unmake(stable[id]);
    }
    bt_table_free(&table);
    for (unsigned i = 0; i < sizeof record / sizeof record[0]; i++) {
        bt_record_free(&record[i]);
    }
    bt_domain_free(&domain);
}

int main(int argc, char **argv)
{
    pthread_t t[2 + REMOVERS + FINDERS];
    unsigned n = 0;

    build();
    t[n++] = race_start(insert, 0);
    t[n++] = race_start(walk, 0);
    for (unsigned i = 0; i < REMOVERS; i++) {
        t[n++] = race_start(take_out, i);
    }
    for (unsigned i = 0; i < FINDERS; i++) {
        t[n++] = race_start(find, i);
    }
    race_run_for(race_argument(argc, argv, 2));
    while (n > 0) {
        race_join(t[--n]);
    }
    printf("%llu inserted, %llu found, %llu walks\n",
           (unsigned long long)atomic_load(&newest),
           (unsigned long long)atomic_load(&finds),
           (unsigned long long)atomic_load(&walks));
    take_apart();
    return race_end();
}
