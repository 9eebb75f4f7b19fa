/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hints to the processor. A level that is being carried over is not looked at:
 * a missed hint costs time, never a wrong answer.
 */
#include "db/keyspace.h"

static const struct db_level *level_of(const struct db_thread *t, unsigned dbi,
                                       uint64_t hash)
{
    const struct db_table *table =
        db_table_at(t->db, dbi, db_shard_of(t->db, hash));

    /* Acquire: what the level holds is looked at. */
    return table ? atomic_load_explicit(&table->cur, memory_order_acquire)
                 : NULL;
}

uint64_t db_hash(const struct db_thread *t, struct bt_slice key)
{
    return db_hash_key(t->db, key);
}

void db_prefetch_bucket(const struct db_thread *t, unsigned dbi, uint64_t hash,
                        bool write)
{
    const struct db_level *l = level_of(t, dbi, hash);

    if (write) { /* another worker has it, half of the time */
        db_prefetch_write(&t->db->shards[db_shard_of(t->db, hash)].lock);
    }
    if (l && write) {
        db_prefetch_write(&l->bucket[db_index(l, hash)]);
    } else if (l) {
        db_prefetch(&l->bucket[db_index(l, hash)]);
    }
}

void db_prefetch_entry(const struct db_thread *t, unsigned dbi, uint64_t hash)
{
    const struct db_level *l = level_of(t, dbi, hash);
    const struct db_bucket *b;
    uint64_t m;

    if (!l) {
        return;
    }
    b = &l->bucket[db_index(l, hash)];
    m = db_tags_match(atomic_load_explicit(&b->tags, memory_order_relaxed),
                      db_tag(hash));
    for (; m != 0; m &= m - 1) {
        const char *e = (const char *)atomic_load_explicit(
            &b->slot[db_first_slot(m)], memory_order_relaxed);

        db_prefetch(e);
        db_prefetch(e + DB_LINE); /* most values end there */
    }
}
