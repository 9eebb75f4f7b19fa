/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/stats.c -- sums over what threads and tables count. Each counter has one
 * writer; all loads are relaxed, and a sum is no snapshot.
 */
#include "db/db.h"

#include "db/keyspace.h"

static uint64_t get(const _Atomic uint64_t *n)
{
    return atomic_load_explicit(n, memory_order_relaxed);
}

static void set(_Atomic uint64_t *n, uint64_t to)
{
    atomic_store_explicit(n, to, memory_order_relaxed);
}

void db_counters_add(struct db_counters *sum, const struct db_counters *c)
{
    int64_t bytes = atomic_load_explicit(&sum->bytes, memory_order_relaxed) +
                    atomic_load_explicit(&c->bytes, memory_order_relaxed);

    db_count(&sum->hits, get(&c->hits));
    db_count(&sum->misses, get(&c->misses));
    db_count(&sum->expired, get(&c->expired));
    db_count(&sum->evicted, get(&c->evicted));
    db_count(&sum->changes, get(&c->changes));
    atomic_store_explicit(&sum->bytes, bytes, memory_order_relaxed);
}

static void sum_up(struct db *db, struct db_counters *sum)
{
    *sum = (struct db_counters){0};
    db_counters_add(sum, &db->gone);
    for (unsigned i = 0; i < db->n_threads; i++) {
        db_counters_add(sum, &db->threads[i]->count);
    }
}

void db_stats(struct db *db, struct db_stats *out)
{
    struct db_counters sum;
    int64_t bytes;

    sum_up(db, &sum);
    bytes = atomic_load_explicit(&sum.bytes, memory_order_relaxed);
    out->hits = get(&sum.hits) - get(&db->reset.hits);
    out->misses = get(&sum.misses) - get(&db->reset.misses);
    out->expired = get(&sum.expired) - get(&db->reset.expired);
    out->evicted = get(&sum.evicted) - get(&db->reset.evicted);
    out->changes = get(&sum.changes);
    out->used_bytes = bytes > 0 ? (uint64_t)bytes : 0;
}

void db_stats_reset(struct db *db)
{
    struct db_counters sum;

    sum_up(db, &sum);
    set(&db->reset.hits, get(&sum.hits));
    set(&db->reset.misses, get(&sum.misses));
    set(&db->reset.expired, get(&sum.expired));
    set(&db->reset.evicted, get(&sum.evicted));
}

int64_t db_thread_bytes(const struct db_thread *t)
{
    return atomic_load_explicit(&((struct db_thread *)t)->count.bytes,
                                memory_order_relaxed);
}

uint64_t db_used_bytes(struct db *db)
{
    int64_t sum = atomic_load_explicit(&db->gone.bytes, memory_order_relaxed);

    for (unsigned i = 0; i < db->n_threads; i++) {
        sum += db_thread_bytes(db->threads[i]);
    }
    return sum > 0 ? (uint64_t)sum : 0;
}

static uint64_t sum_tables(struct db *db, unsigned dbi,
                           size_t (*of)(const struct db_table *t))
{
    uint64_t n = 0;

    for (unsigned s = 0; db_touched(db, dbi) && s < db->n_shards; s++) {
        const struct db_table *t = db_table_at(db, dbi, s);

        n += t ? of(t) : 0;
    }
    return n;
}

uint64_t db_size(struct db *db, unsigned dbi)
{
    return sum_tables(db, dbi, db_table_keys);
}

uint64_t db_expires(struct db *db, unsigned dbi)
{
    return sum_tables(db, dbi, db_table_ttl_keys);
}
