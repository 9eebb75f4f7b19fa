/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/table.h -- the hash table of one shard and one database.
 *
 * Layout     A level is a power of two of buckets, each one cache line: six
 *            one-byte tags in one word, six pointers to entries, a pointer to
 *            an overflow bucket. A tag of 0 is a free slot. An entry never moves
 *            within a level; a new value replaces the pointer in its slot.
 * Growth     A table that is resized has two levels: new keys go into `cur`,
 *            and each write carries some buckets over from `old`. Lookups look
 *            into both.
 * Threads    db_table_find: any thread inside a section, without a lock; see
 *            db/shard.h for how it knows that what it saw was whole. All else:
 *            with the shard's lock held.
 * Orders     What a reader loads (pointers, tags) is stored with release and
 *            loaded with acquire: whoever sees an entry's pointer sees its
 *            bytes, and whoever sees any store of a change sees that the
 *            shard's seq was odd before it. A tag is stored after the pointer
 *            beside it and loaded before it.
 * Ownership  A level owns its overflow buckets, and the entries while they are
 *            in it. What readers may still see is retired, never freed.
 */
#ifndef BATON_DB_TABLE_H
#define BATON_DB_TABLE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "base/reclaim.h"
#include "base/slice.h"
#include "db/entry.h"
#include "db/pages.h"
#include "base/siphash.h"

#define DB_SLOTS    6
#define DB_TAG_SIDE UINT64_C(0x0000808080808080) /* one bit for each slot */

/* A cache line where pointers have 64 bits; overflow buckets may lie across two.
 */
struct db_bucket {
    _Atomic uint64_t tags; /* byte i: slot i */
    _Atomic(struct db_entry *) slot[DB_SLOTS];
    _Atomic(struct db_bucket *) more;
};

struct db_level {
    alignas(DB_LINE) size_t mask; /* buckets - 1 */
    struct db_bucket *bucket;
    struct db_level *next;            /* on a list of flushed levels */
    _Atomic(struct db_level *) *lazy; /* flushed: the list of the helper */
    /* One bit for each bucket whose chain may hold keys with a time to live:
     * set when one comes in, cleared by the expiry cycle that finds none. */
    uint64_t ttl[];
};

struct db_table {
    /* The first bucket of `cur` and, in the low bits, the logarithm of how many
     * there are; 0: empty. A look-up needs no more of a level, and so one line
     * of memory less. */
    alignas(DB_LINE) _Atomic uintptr_t home;
    _Atomic(struct db_level *) cur; /* NULL: empty */
    _Atomic(struct db_level *) old; /* being carried over */
    /* Changed under the lock; atomic (relaxed) for those who sum them up. */
    alignas(DB_LINE) _Atomic size_t keys;
    _Atomic size_t ttl_keys;
    _Atomic uint64_t bytes; /* of the table and of what is in it */
    size_t carried;         /* buckets of `old` that are empty now */
    size_t expire_at;       /* the next bucket for the expiry cycle */
};

/* What a writer brings along. */
struct db_writer {
    const struct bt_hash_key *key;
    struct bt_record *record;
    atomic_size_t *seq; /* the shard's: db/shard.h */
};

/* Where a key is. */
struct db_place {
    struct db_level *level;
    struct db_bucket *bucket; /* NULL: nowhere */
    size_t index;             /* of the chain's first bucket */
    unsigned slot;
};

/* ---- Parts of a hash: the shard is in the high bits (db/keyspace.h) ---- */

static inline uint8_t db_tag(uint64_t hash)
{
    uint8_t tag = (uint8_t)(hash >> 40);

    return tag ? tag : 1;
}

static inline size_t db_index(const struct db_level *l, uint64_t hash)
{
    return (size_t)hash & l->mask;
}

/* ---- Homes ---- */

static inline size_t db_home_mask(uintptr_t home)
{
    return ((size_t)1 << (home & (DB_LINE - 1))) - 1;
}

static inline struct db_bucket *db_home_bucket(uintptr_t home, size_t index)
{
    return (struct db_bucket *)(home & ~(uintptr_t)(DB_LINE - 1)) + index;
}

/* ---- Tags ---- */

/* A bit (of DB_TAG_SIDE) for each slot with this tag. Exact: the cheaper test
 * with a borrow may name a free slot beside a match, whose pointer is stale. */
static inline uint64_t db_tags_match(uint64_t tags, uint8_t tag)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t x = tags ^ (UINT64_C(0x0101010101010101) * tag);

    return ~(((x & low) + low) | x) & DB_TAG_SIDE;
}

static inline uint64_t db_tags_used(uint64_t tags)
{
    return ~db_tags_match(tags, 0) & DB_TAG_SIDE;
}

/* The slot of the lowest bit. */
static inline unsigned db_first_slot(uint64_t bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctzll(bits) / 8;
#else
    unsigned i = 0;

    while (!(bits & (uint64_t)0x80 << (8 * i))) {
        i++;
    }
    return i;
#endif
}

static inline void db_prefetch(const void *p)
{
#if defined(__GNUC__)
    __builtin_prefetch(p);
#else
    (void)p;
#endif
}

static inline void db_prefetch_write(const void *p)
{
#if defined(__GNUC__)
    __builtin_prefetch(p, 1);
#else
    (void)p;
#endif
}

/* ---- Walking, with the lock: relaxed loads, for only the owner stores ---- */

static inline uint64_t db_bucket_used(const struct db_bucket *b)
{
    return db_tags_used(atomic_load_explicit(&b->tags, memory_order_relaxed));
}

static inline struct db_entry *db_bucket_at(const struct db_bucket *b,
                                            unsigned slot)
{
    return atomic_load_explicit(&b->slot[slot], memory_order_relaxed);
}

static inline struct db_bucket *db_bucket_more(const struct db_bucket *b)
{
    return atomic_load_explicit(&b->more, memory_order_relaxed);
}

static inline struct db_level *db_table_cur(const struct db_table *t)
{
    return atomic_load_explicit(&t->cur, memory_order_relaxed);
}

/* Acquire: partner of the release in resize.c; what the buckets hold is looked
 * at. */
static inline uintptr_t db_table_home(const struct db_table *t)
{
    return atomic_load_explicit(&t->home, memory_order_acquire);
}

static inline struct db_level *db_table_old(const struct db_table *t)
{
    return atomic_load_explicit(&t->old, memory_order_relaxed);
}

static inline size_t db_table_keys(const struct db_table *t)
{
    return atomic_load_explicit(&t->keys, memory_order_relaxed);
}

static inline size_t db_table_ttl_keys(const struct db_table *t)
{
    return atomic_load_explicit(&t->ttl_keys, memory_order_relaxed);
}

static inline uint64_t db_table_bytes(const struct db_table *t)
{
    return atomic_load_explicit(&t->bytes, memory_order_relaxed);
}

/* ---- Reading ---- */

/* In the chain that begins at b. Acquire: partner of the release stores of
 * table.c and resize.c. */
static inline struct db_entry *db_chain_find(const struct db_bucket *b,
                                             uint64_t hash, struct bt_slice key)
{
    uint8_t tag = db_tag(hash);

    do {
        uint64_t tags = atomic_load_explicit(&b->tags, memory_order_acquire);
        uint64_t m = db_tags_match(tags, tag);

        for (; m != 0; m &= m - 1) {
            struct db_entry *e = atomic_load_explicit(
                &b->slot[db_first_slot(m)], memory_order_acquire);

            if (bt_likely(db_entry_is(e, key))) {
                return e;
            }
        }
        b = atomic_load_explicit(&b->more, memory_order_acquire);
    } while (bt_unlikely(b != NULL));
    return NULL;
}

static inline struct db_entry *db_table_find(const struct db_table *t,
                                             uint64_t hash, struct bt_slice key)
{
    uintptr_t home = db_table_home(t);
    struct db_entry *e = NULL;

    if (bt_likely(home != 0)) {
        size_t index = (size_t)hash & db_home_mask(home);

        e = db_chain_find(db_home_bucket(home, index), hash, key);
    }
    if (!e) {
        /* Acquire: partner of the stores of resize.c. */
        const struct db_level *l =
            atomic_load_explicit(&t->old, memory_order_acquire);

        if (bt_unlikely(l != NULL)) {
            e = db_chain_find(&l->bucket[db_index(l, hash)], hash, key);
        }
    }
    return e;
}

/* ---- Changing: the shard's lock held ---- */

struct db_table *db_table_new(void);
void db_table_free(struct db_table **t); /* with all entries; no reader left */

/* The entry and its place; NULL, and a place without a bucket, when there is
 * no such key. */
struct db_entry *db_table_locate(const struct db_table *t, uint64_t hash,
                                 struct bt_slice key, struct db_place *place);
/* Before a key is set: begins to grow when it is time, carries over a little.
 * Places found before it are void. */
void db_table_step(struct db_table *t, const struct db_writer *w);
/* Room for one new key, so that the insert after it cannot fail. 0 or -ENOMEM.
 */
int db_table_room(struct db_table *t, uint64_t hash);
void db_table_insert(struct db_table *t, uint64_t hash, struct db_entry *e);
/* Retires the entry that was there. */
void db_table_replace(struct db_table *t, const struct db_writer *w,
                      const struct db_place *place, struct db_entry *e);
/* Retires the entry. db_table_relax afterwards, when places are done with. */
void db_table_remove(struct db_table *t, const struct db_writer *w,
                     const struct db_place *place);
/* The time to live of the entry at place has come (by 1) or gone (by -1). */
void db_table_ttl_changed(struct db_table *t, const struct db_place *place,
                          int by);

/* ---- Resizing: resize.c ---- */

/* Begins to shrink a table that is nearly empty; carries over some buckets. */
void db_table_relax(struct db_table *t, const struct db_writer *w);
void db_table_carry(struct db_table *t, const struct db_writer *w);
void db_table_grow(struct db_table *t, const struct db_writer *w);
/* Takes all levels out, in a list; the table is empty then. */
struct db_level *db_table_detach(struct db_table *t);

struct db_level *db_level_new(size_t buckets);
/* Of memory, overflow buckets not counted. */
size_t db_level_bytes(const struct db_level *l);
void db_level_free(void *level);         /* a bt_retire_fn: entries moved out */
void db_level_free_entries(void *level); /* likewise: with the entries in it */
/* Puts e into a free slot of the chain; false when there is none and no memory
 * for more. The level's time-to-live bit is set when e has one. */
bool db_level_put(struct db_table *t, struct db_level *l, size_t index,
                  uint8_t tag, struct db_entry *e);
/* Makes a free slot in the chain of index. 0 or -ENOMEM. */
int db_level_room(struct db_table *t, struct db_level *l, size_t index);
void db_table_add_bytes(struct db_table *t, int64_t by);

#endif
