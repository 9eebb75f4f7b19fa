/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/resize.c -- levels: made, carried over from one to the next, freed.
 *
 * A table grows when its buckets are nearly full on average and shrinks to a
 * quarter when most of them are empty, so that it never swings between two
 * sizes. Readers must not see a bucket that is half carried over, nor a level
 * leave: the shard is hidden meanwhile (db/shard.h).
 */
#include "db/table.h"

#include <stdlib.h>
#include <string.h>

#include "db/shard.h"

#define MIN_BUCKETS 4

static size_t header_bytes(size_t buckets)
{
    return sizeof(struct db_level) + (buckets + 63) / 64 * sizeof(uint64_t);
}

static size_t bucket_bytes(const struct db_level *l)
{
    return (l->mask + 1) * sizeof(struct db_bucket);
}

size_t db_level_bytes(const struct db_level *l)
{
    return header_bytes(l->mask + 1) + bucket_bytes(l);
}

struct db_level *db_level_new(size_t buckets)
{
    struct db_level *l;
    void *p;

    if (buckets > SIZE_MAX / 2 / sizeof(struct db_bucket) ||
        posix_memalign(&p, DB_LINE, header_bytes(buckets)) != 0) {
        return NULL;
    }
    l = memset(p, 0, header_bytes(buckets));
    l->mask = buckets - 1;
    l->bucket = db_pages_new(bucket_bytes(l));
    if (!l->bucket) {
        free(l);
        return NULL;
    }
    return l;
}

static void free_entries(const struct db_bucket *b)
{
    for (uint64_t m = db_bucket_used(b); m != 0; m &= m - 1) {
        db_entry_free(db_bucket_at(b, db_first_slot(m)));
    }
}

static void level_free(struct db_level *l, bool entries)
{
    for (size_t i = 0; i <= l->mask; i++) {
        struct db_bucket *b = &l->bucket[i], *next;

        if (entries) {
            free_entries(b);
        }
        for (b = db_bucket_more(b); b; b = next) {
            next = db_bucket_more(b);
            if (entries) {
                free_entries(b);
            }
            free(b);
        }
    }
    db_pages_free(l->bucket, bucket_bytes(l));
    free(l);
}

void db_level_free(void *level)
{
    level_free(level, false);
}

void db_level_free_entries(void *level)
{
    level_free(level, true);
}

static uintptr_t home_of(const struct db_level *l)
{
    uintptr_t home = (uintptr_t)l->bucket;

    bt_assert(home % DB_LINE == 0);
    for (size_t n = l->mask; n > 0; n >>= 1) {
        home++;
    }
    return home;
}

/* Release: partner of the acquire loads in db_table_find. */
static void set_cur(struct db_table *t, struct db_level *l)
{
    atomic_store_explicit(&t->cur, l, memory_order_release);
    atomic_store_explicit(&t->home, l ? home_of(l) : 0, memory_order_release);
}

static void set_old(struct db_table *t, struct db_level *l)
{
    atomic_store_explicit(&t->old, l, memory_order_release);
}

/* Puts an empty level of this size in front; nothing when there is no memory:
 * the table works with the one that it has. */
static void begin(struct db_table *t, const struct db_writer *w, size_t buckets)
{
    struct db_level *l = db_level_new(buckets);
    bool hid;

    if (!l) {
        return;
    }
    db_table_add_bytes(t, (int64_t)db_level_bytes(l));
    hid = db_seq_hide(w->seq);
    set_old(t, db_table_cur(t));
    set_cur(t, l);
    if (hid) {
        db_seq_show(w->seq);
    }
    t->carried = 0;
    t->expire_at = 0;
}

void db_table_grow(struct db_table *t, const struct db_writer *w)
{
    const struct db_level *l = db_table_cur(t);

    bt_assert(!db_table_old(t));
    begin(t, w, l ? (l->mask + 1) * 2 : MIN_BUCKETS);
}

void db_table_relax(struct db_table *t, const struct db_writer *w)
{
    uintptr_t home = db_table_home(t);
    size_t buckets = home ? db_home_mask(home) + 1 : 0;

    if (buckets > MIN_BUCKETS && !db_table_old(t) &&
        db_table_keys(t) < buckets / 2) {
        begin(t, w, buckets / 4 > MIN_BUCKETS ? buckets / 4 : MIN_BUCKETS);
    }
    db_table_carry(t, w);
}

/* Copies first and clears afterwards, so that a failure in the middle leaves
 * every entry in one place. The hash is needed only to tell the halves of a
 * bucket apart. */
static bool carry_bucket(struct db_table *t, const struct db_writer *w,
                         struct db_bucket *b, size_t index)
{
    struct db_level *to = db_table_cur(t);
    bool grows = to->mask > db_table_old(t)->mask;

    for (; b; b = db_bucket_more(b)) {
        uint64_t tags = atomic_load_explicit(&b->tags, memory_order_relaxed);

        for (uint64_t m = db_tags_used(tags); m != 0; m &= m - 1) {
            unsigned slot = db_first_slot(m);
            struct db_entry *e = db_bucket_at(b, slot);
            struct bt_slice key = db_entry_name(e);
            size_t i = grows ? db_index(to, bt_siphash(w->key, key.p, key.n))
                             : index & to->mask;

            if (!db_level_put(t, to, i, (uint8_t)(tags >> (8 * slot)), e)) {
                return false;
            }
            tags &= ~(UINT64_C(0xff) << (8 * slot));
            atomic_store_explicit(&b->tags, tags, memory_order_release);
        }
    }
    return true;
}

/* Overflow buckets stay with the level until it is freed. */
static void count_out(struct db_table *t, const struct db_bucket *b)
{
    while ((b = db_bucket_more(b)) != NULL) {
        db_table_add_bytes(t, -(int64_t)sizeof *b);
    }
}

static void finish(struct db_table *t, const struct db_writer *w)
{
    struct db_level *l = db_table_old(t);

    set_old(t, NULL);
    db_table_add_bytes(t, -(int64_t)db_level_bytes(l));
    bt_retire(w->record, l, db_level_free);
}

static void prefetch_entries(const struct db_bucket *b)
{
    for (uint64_t m = db_bucket_used(b); m != 0; m &= m - 1) {
        db_prefetch(db_bucket_at(b, db_first_slot(m)));
    }
}

/* A growing table is done long before it has to grow again. A shrinking one has
 * more buckets to go through, with little in them. */
void db_table_carry(struct db_table *t, const struct db_writer *w)
{
    struct db_level *l = db_table_old(t);
    size_t end, buckets;
    bool hid;

    if (bt_likely(!l)) {
        return;
    }
    buckets = l->mask < db_table_cur(t)->mask ? 2 : 8;
    end =
        l->mask + 1 - t->carried > buckets ? t->carried + buckets : l->mask + 1;
    for (size_t i = t->carried; i < end; i++) {
        prefetch_entries(&l->bucket[i]);
    }
    hid = db_seq_hide(w->seq);
    while (t->carried < end &&
           carry_bucket(t, w, &l->bucket[t->carried], t->carried)) {
        count_out(t, &l->bucket[t->carried++]);
    }
    if (t->carried == l->mask + 1) {
        finish(t, w);
    }
    if (hid) {
        db_seq_show(w->seq);
    }
}

struct db_level *db_table_detach(struct db_table *t)
{
    struct db_level *cur = db_table_cur(t), *old = db_table_old(t);

    if (!cur) {
        return NULL;
    }
    set_cur(t, NULL);
    set_old(t, NULL);
    atomic_store_explicit(&t->keys, 0, memory_order_relaxed);
    atomic_store_explicit(&t->ttl_keys, 0, memory_order_relaxed);
    atomic_store_explicit(&t->bytes, sizeof *t, memory_order_relaxed);
    cur->next = old;
    if (old) {
        old->next = NULL;
    }
    return cur;
}
