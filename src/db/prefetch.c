/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hints to the processor. A level that is being carried over is not looked at:
 * a missed hint costs time, never a wrong answer.
 */
#include "db/keyspace.h"

/* NULL: the shard is empty. */
static const struct db_bucket *bucket_of(const struct db_thread *t,
                                         unsigned dbi, uint64_t hash)
{
    const struct db_table *table =
        db_table_at(t->db, dbi, db_shard_of(t->db, hash));
    uintptr_t home = table ? db_table_home(table) : 0;

    return home ? db_home_bucket(home, (size_t)hash & db_home_mask(home))
                : NULL;
}

uint64_t db_hash(const struct db_thread *t, struct bt_slice key)
{
    return db_hash_key(t->db, key);
}

void db_prefetch_bucket(const struct db_thread *t, unsigned dbi, uint64_t hash,
                        bool write)
{
    const struct db_bucket *b = bucket_of(t, dbi, hash);

    if (write) { /* another worker has it, half of the time */
        db_prefetch_write(&t->db->shards[db_shard_of(t->db, hash)].lock);
    }
    if (b && write) {
        db_prefetch_write(b);
    } else if (b) {
        db_prefetch(b);
    }
}

void db_prefetch_entry(const struct db_thread *t, unsigned dbi, uint64_t hash)
{
    const struct db_bucket *b = bucket_of(t, dbi, hash);
    uint64_t m;

    if (!b) {
        return;
    }
    m = db_tags_match(atomic_load_explicit(&b->tags, memory_order_relaxed),
                      db_tag(hash));
    for (; m != 0; m &= m - 1) {
        const char *e = (const char *)atomic_load_explicit(
            &b->slot[db_first_slot(m)], memory_order_relaxed);

        db_prefetch(e);
        db_prefetch(e + DB_LINE); /* most values end there */
    }
}
