/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "db/keyspace.h"
#include "db/wait_queue.h"

#define DEFAULT_DATABASES 16
#define DEFAULT_SHARDS    256

static void *lines_new(size_t n)
{
    void *p;

    return posix_memalign(&p, DB_LINE, n) == 0 ? memset(p, 0, n) : NULL;
}

static bool make_parts(struct db *db)
{
    size_t n_tables = (size_t)db->databases * db->n_shards;

    db->shards = lines_new(db->n_shards * sizeof *db->shards);
    db->tables = calloc(n_tables, sizeof *db->tables);
    db->touched = calloc(db->databases, sizeof *db->touched);
    db->cycle.shard = calloc(db->databases, sizeof *db->cycle.shard);
    db->threads = calloc(db->max_threads, sizeof(struct db_thread *));
    db->domain = bt_domain_new();
    db->slab = bt_slab_new();
    return db->shards && db->tables && db->touched && db->cycle.shard &&
           db->threads && db->domain && db->slab;
}

static void free_parts(struct db *db)
{
    free(db->shards);
    free((void *)db->tables);
    free(db->touched);
    free(db->cycle.shard);
    free(db->threads);
    bt_domain_free(&db->domain);
    bt_slab_free(&db->slab);
    free(db);
}

struct db *db_new(const struct db_options *o)
{
    struct db *db = lines_new(sizeof *db);

    if (!db) {
        return NULL;
    }
    db->databases = o->databases ? o->databases : DEFAULT_DATABASES;
    db->n_shards = o->shards ? o->shards : DEFAULT_SHARDS;
    db->max_threads = o->threads ? o->threads : 1;
    bt_assert(db->databases <= DB_MAX_DATABASES);
    bt_assert(db->n_shards <= DB_MAX_SHARDS &&
              (db->n_shards & (db->n_shards - 1)) == 0);
    while (1u << db->shard_bits < db->n_shards) {
        db->shard_bits++;
    }
    if (!make_parts(db) || bt_random(&db->key, sizeof db->key) != 0) {
        free_parts(db);
        return NULL;
    }
    for (unsigned i = 0; i < db->n_shards; i++) {
        bt_mutex_init(&db->shards[i].lock, BT_RANK_KEYSPACE, i);
    }
    atomic_flag_clear(&db->cycle.busy);
    atomic_init(&db->cycle.on, true);
    db_set_use(db, false, 10, 1);
    return db;
}

void db_free(struct db **dbp)
{
    struct db *db = *dbp;

    if (!db) {
        return;
    }
    bt_assert(db->n_threads == 0);
    for (size_t i = 0; i < (size_t)db->databases * db->n_shards; i++) {
        struct db_table *t =
            atomic_load_explicit(&db->tables[i], memory_order_relaxed);

        db_table_free(&t);
    }
    db_object_free_lazy(&db->lazy_objects);
    db_free_flushed(db);
    for (unsigned i = 0; i < db->n_shards; i++) {
        wait_shard_free(db->shards[i].waits);
        bt_mutex_fini(&db->shards[i].lock);
    }
    free_parts(db);
    *dbp = NULL;
}

unsigned db_databases(const struct db *db)
{
    return db->databases;
}

/* ---- Threads ---- */

static bool enlist(struct db *db, struct db_thread *t)
{
    if (db->n_threads == db->max_threads) {
        unsigned max = db->max_threads * 2;
        void *p = realloc(db->threads, max * sizeof(struct db_thread *));

        if (!p) {
            return false;
        }
        db->threads = p;
        db->max_threads = max;
    }
    db->threads[db->n_threads++] = t;
    return true;
}

struct db_thread *db_thread_new(struct db *db)
{
    struct db_thread *t = lines_new(sizeof *t);

    if (!t) {
        return NULL;
    }
    t->db = db;
    t->record = bt_record_new(db->domain);
    t->mem.cache = bt_slab_cache_new(db->slab);
    t->mem.lazy = &db->lazy_objects;
    if (!t->record || !t->mem.cache ||
        bt_random(&t->random, sizeof t->random) != 0 || !enlist(db, t)) {
        bt_record_free(&t->record);
        bt_slab_cache_free(&t->mem.cache);
        free(t);
        return NULL;
    }
    t->random |= 1;
    return t;
}

void db_thread_free(struct db_thread **tp)
{
    struct db_thread *t = *tp;
    struct db *db;
    unsigned i = 0;

    if (!t) {
        return;
    }
    db = t->db;
    bt_mem_use(&t->mem);
    bt_record_free(&t->record);
    bt_mem_use(NULL);
    bt_slab_cache_free(&t->mem.cache);
    bt_buf_fini(&t->events);
    while (db->threads[i] != t) {
        i++;
    }
    db->threads[i] = db->threads[--db->n_threads];
    db_counters_add(&db->gone, &t->count);
    free(t);
    *tp = NULL;
}

struct db *db_of(const struct db_thread *t)
{
    return t->db;
}

void db_enter(struct db_thread *t)
{
    bt_record_enter(t->record);
    t->inside = true;
    t->clock_set = false;
}

void db_leave(struct db_thread *t)
{
    t->inside = false;
    bt_record_leave(t->record);
    bt_mem_use(&t->mem);
    bt_record_tend(t->record);
}

void db_thread_reclaim(struct db_thread *t)
{
    bt_mem_use(&t->mem);
    bt_record_poll(t->record);
}

bool db_pending(const struct db_thread *t)
{
    return bt_record_pending(t->record);
}

#define MUCH_BYTES ((size_t)16 * 1024 * 1024)

bool db_must_leave(const struct db_thread *t)
{
    return bt_record_bytes(t->record) > MUCH_BYTES;
}

/* Read once for each section; each time for work outside of one. */
uint32_t db_thread_clock(struct db_thread *t)
{
    if (!t->inside || !t->clock_set) {
        t->clock = (uint32_t)(bt_coarse_ns() / 1000000000u);
        t->clock_set = true;
    }
    return t->clock;
}
