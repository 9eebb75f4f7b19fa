/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GROW_LOAD 5 /* keys for each bucket of six slots */

struct db_table *db_table_new(void)
{
    struct db_table *t;
    void *p;

    if (posix_memalign(&p, DB_LINE, sizeof *t) != 0) {
        return NULL;
    }
    t = memset(p, 0, sizeof *t);
    db_table_add_bytes(t, sizeof *t);
    return t;
}

void db_table_free(struct db_table **t)
{
    if (*t) {
        struct db_level *l = db_table_detach(*t);

        while (l) {
            struct db_level *next = l->next;

            db_level_free_entries(l);
            l = next;
        }
        free(*t);
        *t = NULL;
    }
}

/* Only holders of the lock store; relaxed: the sums are no snapshots. */
void db_table_add_bytes(struct db_table *t, int64_t by)
{
    uint64_t n = db_table_bytes(t) + (uint64_t)by;

    if (by != 0) {
        atomic_store_explicit(&t->bytes, n, memory_order_relaxed);
    }
}

static void add_keys(struct db_table *t, int by)
{
    atomic_store_explicit(&t->keys, db_table_keys(t) + (size_t)by,
                          memory_order_relaxed);
}

static void set_ttl_bit(struct db_level *l, size_t index)
{
    l->ttl[index / 64] |= UINT64_C(1) << index % 64;
}

static void add_ttl_keys(struct db_table *t, int by)
{
    if (by != 0) {
        atomic_store_explicit(&t->ttl_keys, db_table_ttl_keys(t) + (size_t)by,
                              memory_order_relaxed);
    }
}

void db_table_ttl_changed(struct db_table *t, const struct db_place *at, int by)
{
    add_ttl_keys(t, by);
    if (by > 0) {
        set_ttl_bit(at->level, at->index);
    }
}

static bool has_ttl(const struct db_entry *e)
{
    return db_entry_ttl(e) != DB_NO_EXPIRE;
}

/* ---- Buckets ---- */

/* Release, here and below: partner of the acquire loads in db_chain_find. */
static void set_tag(struct db_bucket *b, unsigned slot, uint8_t tag)
{
    uint64_t tags = atomic_load_explicit(&b->tags, memory_order_relaxed);
    unsigned shift = 8 * slot;

    tags = (tags & ~(UINT64_C(0xff) << shift)) | (uint64_t)tag << shift;
    atomic_store_explicit(&b->tags, tags, memory_order_release);
}

static void set_slot(struct db_bucket *b, unsigned slot, struct db_entry *e)
{
    atomic_store_explicit(&b->slot[slot], e, memory_order_release);
}

/* The first bucket of the chain with a free slot, and the slot; NULL: none, and
 * *last is the end of the chain. */
static struct db_bucket *free_slot(struct db_level *l, size_t index,
                                   unsigned *slot, struct db_bucket **last)
{
    struct db_bucket *b = &l->bucket[index];

    for (; b; b = db_bucket_more(b)) {
        uint64_t bits = ~db_bucket_used(b) & DB_TAG_SIDE;

        if (bits != 0) {
            *slot = db_first_slot(bits);
            return b;
        }
        *last = b;
    }
    return NULL;
}

int db_level_room(struct db_table *t, struct db_level *l, size_t index)
{
    struct db_bucket *last = NULL, *b;
    unsigned slot;

    if (free_slot(l, index, &slot, &last)) {
        return 0;
    }
    b = calloc(1, sizeof *b);
    if (!b) {
        return -ENOMEM;
    }
    db_table_add_bytes(t, sizeof *b);
    atomic_store_explicit(&last->more, b, memory_order_release);
    return 0;
}

bool db_level_put(struct db_table *t, struct db_level *l, size_t index,
                  uint8_t tag, struct db_entry *e)
{
    struct db_bucket *last = NULL, *b;
    unsigned slot = 0;

    if (db_level_room(t, l, index) != 0) {
        return false;
    }
    b = free_slot(l, index, &slot, &last);
    set_slot(b, slot, e);
    set_tag(b, slot, tag);
    if (has_ttl(e)) {
        set_ttl_bit(l, index);
    }
    return true;
}

/* An overflow bucket that has become empty leaves its chain. A reader in it goes
 * on through its `more`. */
static void drop_if_empty(struct db_table *t, const struct db_writer *w,
                          const struct db_place *at)
{
    struct db_bucket *before = &at->level->bucket[at->index];

    if (at->bucket == before || db_bucket_used(at->bucket) != 0) {
        return;
    }
    while (db_bucket_more(before) != at->bucket) {
        before = db_bucket_more(before);
    }
    atomic_store_explicit(&before->more, db_bucket_more(at->bucket),
                          memory_order_release);
    db_table_add_bytes(t, -(int64_t)sizeof *at->bucket);
    bt_retire(w->record, at->bucket, free);
}

/* ---- Keys ---- */

/* In the chain that begins at b. */
static struct db_entry *chain_locate(struct db_bucket *b, uint64_t hash,
                                     struct bt_slice key, struct db_place *at)
{
    uint8_t tag = db_tag(hash);

    for (; b; b = db_bucket_more(b)) {
        uint64_t tags = atomic_load_explicit(&b->tags, memory_order_relaxed);
        uint64_t m = db_tags_match(tags, tag);

        for (; m != 0; m &= m - 1) {
            struct db_entry *e = db_bucket_at(b, db_first_slot(m));

            if (db_entry_is(e, key)) {
                at->bucket = b;
                at->slot = db_first_slot(m);
                return e;
            }
        }
    }
    at->bucket = NULL;
    return NULL;
}

struct db_entry *db_table_locate(const struct db_table *t, uint64_t hash,
                                 struct bt_slice key, struct db_place *place)
{
    uintptr_t home = db_table_home(t);
    struct db_level *old = db_table_old(t);
    struct db_entry *e = NULL;

    place->bucket = NULL;
    if (home != 0) {
        place->level = db_table_cur(t);
        place->index = (size_t)hash & db_home_mask(home);
        e = chain_locate(db_home_bucket(home, place->index), hash, key, place);
    }
    if (!e && bt_unlikely(old != NULL)) {
        place->level = old;
        place->index = db_index(old, hash);
        e = chain_locate(&old->bucket[place->index], hash, key, place);
    }
    return e;
}

void db_table_step(struct db_table *t, const struct db_writer *w)
{
    uintptr_t home = db_table_home(t);

    if (!home || (!db_table_old(t) &&
                  db_table_keys(t) >= (db_home_mask(home) + 1) * GROW_LOAD)) {
        db_table_grow(t, w); /* failed: longer chains must do */
    }
    db_table_carry(t, w);
}

int db_table_room(struct db_table *t, uint64_t hash)
{
    struct db_level *l = db_table_cur(t);

    return l ? db_level_room(t, l, db_index(l, hash)) : -ENOMEM;
}

void db_table_insert(struct db_table *t, uint64_t hash, struct db_entry *e)
{
    struct db_level *l = db_table_cur(t);
    bool ok = db_level_put(t, l, db_index(l, hash), db_tag(hash), e);

    bt_assert(ok);
    add_keys(t, 1);
    add_ttl_keys(t, has_ttl(e));
    db_table_add_bytes(t, (int64_t)db_entry_bytes(e));
}

void db_table_replace(struct db_table *t, const struct db_writer *w,
                      const struct db_place *at, struct db_entry *e)
{
    struct db_entry *gone = db_bucket_at(at->bucket, at->slot);
    size_t bytes = db_entry_bytes(gone);

    if (has_ttl(e)) {
        set_ttl_bit(at->level, at->index);
    }
    set_slot(at->bucket, at->slot, e);
    add_ttl_keys(t, has_ttl(e) - has_ttl(gone));
    db_table_add_bytes(t, (int64_t)db_entry_bytes(e) - (int64_t)bytes);
    db_entry_strip(gone);
    bt_retire_sized(w->record, gone, db_entry_free, bytes);
}

void db_table_remove(struct db_table *t, const struct db_writer *w,
                     const struct db_place *at)
{
    struct db_entry *gone = db_bucket_at(at->bucket, at->slot);
    size_t bytes = db_entry_bytes(gone);

    set_tag(at->bucket, at->slot, 0);
    add_keys(t, -1);
    add_ttl_keys(t, -has_ttl(gone));
    db_table_add_bytes(t, -(int64_t)bytes);
    db_entry_strip(gone);
    bt_retire_sized(w->record, gone, db_entry_free, bytes);
    drop_if_empty(t, w, at);
}
