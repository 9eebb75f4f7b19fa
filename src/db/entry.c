/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/slab.h"
#include "db/blob.h"
#include "db/object.h"

/* ---- The pointer ---- */

enum db_type db_entry_type(const struct db_entry *e)
{
    return (enum db_type)(e->flags & ENTRY_TYPE);
}

static void *pointer_of(const struct db_entry *e)
{
    void *p;

    memcpy(&p, db_entry_after(e), sizeof p);
    return p;
}

static void set_pointer(struct db_entry *e, void *p)
{
    memcpy((char *)db_entry_after(e), &p, sizeof p);
}

static struct blob *blob_of(const struct db_entry *e)
{
    return pointer_of(e);
}

static bool has_object(const struct db_entry *e)
{
    return db_entry_type(e) != DB_STRING;
}

/* ---- Making ---- */

static void *take(size_t n, uint8_t *flags)
{
    struct bt_mem *here = bt_mem_here();

    if (here && n <= BT_SLAB_MAX) {
        *flags |= ENTRY_SLAB;
        return bt_slab_get(here->cache, n);
    }
    return malloc(n);
}

/* The parts in front of the value; the caller fills in what they hold. */
static struct db_entry *entry_alloc(struct bt_slice key, size_t inside,
                                    uint8_t flags)
{
    uint32_t long_n = (uint32_t)key.n;
    bool is_long = key.n >= ENTRY_LONG_KEY;
    size_t n = sizeof(struct db_entry) + (flags & ENTRY_TTL) + key.n + inside;
    struct db_entry *e;
    char *p;

    if (key.n > UINT32_MAX / 2) {
        return NULL;
    }
    n += flags & ENTRY_BLOB ? sizeof(void *) : 0;
    n += is_long ? sizeof long_n : 0;
    flags &= (uint8_t)~ENTRY_SLAB;
    e = take(n, &flags);
    if (!e) {
        return NULL;
    }
    atomic_init(&e->clock, 0);
    e->flags = flags;
    e->key_n = (uint8_t)(is_long ? ENTRY_LONG_KEY : key.n);
    e->value_n = (uint16_t)inside;
    p = (char *)db_entry_after(e) + (flags & ENTRY_BLOB ? sizeof(void *) : 0);
    if (is_long) {
        memcpy(p, &long_n, sizeof long_n);
        p += sizeof long_n;
    }
    bt_slice_copy(p, key);
    if (flags & ENTRY_TTL) {
        db_entry_set_ttl(e, DB_NO_EXPIRE);
    }
    return e;
}

static struct db_entry *with_blob(struct bt_slice key, struct blob *b,
                                  uint8_t flags)
{
    struct db_entry *e = entry_alloc(key, 0, flags | ENTRY_BLOB);

    if (!e) {
        db_blob_release(b);
        return NULL;
    }
    set_pointer(e, b);
    return e;
}

struct db_entry *db_entry_with(struct bt_slice key, enum db_type type,
                               void *object, bool ttl)
{
    uint8_t flags = (uint8_t)(type | ENTRY_BLOB | (ttl ? ENTRY_TTL : 0));
    struct db_entry *e;

    bt_assert(type != DB_STRING);
    e = entry_alloc(key, 0, flags);
    if (!e) {
        db_object_free(type, object);
        return NULL;
    }
    set_pointer(e, object);
    return e;
}

void db_entry_forget(struct db_entry *e)
{
    bt_assert(has_object(e));
    set_pointer(e, NULL);
}

struct db_entry *db_entry_new(struct bt_slice key, size_t n, bool ttl)
{
    uint8_t flags = DB_STRING | (ttl ? ENTRY_TTL : 0);
    struct db_entry *e;

    if (n < DB_BLOB_MIN) {
        e = entry_alloc(key, n, flags);
    } else {
        struct blob *b = blob_of_size(n);

        e = b ? with_blob(key, b, flags) : NULL;
    }
    return e;
}

struct db_entry *db_entry_adopt(struct bt_slice key,
                                const struct db_offer *offer, bool ttl)
{
    uint8_t flags = DB_STRING | (ttl ? ENTRY_TTL : 0);
    struct blob *b = blob_new();
    struct db_entry *e = b ? with_blob(key, b, flags) : NULL;

    if (!e) {
        return NULL;
    }
    if (!blob_adopt(b, offer)) { /* last: the key may lie in it */
        db_entry_free(e);
        return NULL;
    }
    return e;
}

struct db_entry *db_entry_copy(const struct db_entry *e, struct bt_slice key,
                               int64_t expire_ms)
{
    uint8_t flags = e->flags & (uint8_t) ~(ENTRY_TTL | ENTRY_BLOB);
    struct db_entry *copy;

    flags |= expire_ms != DB_NO_EXPIRE ? ENTRY_TTL : 0;
    if (has_object(e)) {
        copy = entry_alloc(key, 0, flags | ENTRY_BLOB);
    } else if (e->flags & ENTRY_BLOB) {
        copy = with_blob(key, blob_hold(blob_of(e)), flags);
    } else {
        copy = entry_alloc(key, e->value_n, flags);
    }
    if (!copy) {
        return NULL;
    }
    if (has_object(e)) {
        set_pointer(copy, pointer_of(e));
    } else if (!(e->flags & ENTRY_BLOB)) {
        memcpy(db_entry_value(copy), db_entry_string(e).p, e->value_n);
    }
    if (flags & ENTRY_TTL) {
        db_entry_set_ttl(copy, expire_ms);
    }
    db_entry_touch(copy, atomic_load_explicit(&e->clock, memory_order_relaxed));
    return copy;
}

/* ---- Strings that change in place ---- */

void db_entry_lock_blob(struct db_entry *e)
{
    if (e->flags & ENTRY_BLOB) {
        e->flags |= ENTRY_LOCKED;
    }
}

bool db_entry_changeable(const struct db_entry *e)
{
    return (e->flags & ENTRY_LOCKED) && !has_object(e) &&
           blob_is_ours(blob_of(e));
}

int db_entry_lengthen(struct db_entry *e, size_t n)
{
    return blob_lengthen(blob_of(e), n);
}

/* ---- Freeing ---- */

void db_entry_strip(struct db_entry *e)
{
    if (e->flags & ENTRY_LOCKED) {
        blob_drop(blob_of(e));
        set_pointer(e, NULL);
    }
}

/* Of the entry alone. */
static size_t entry_size(const struct db_entry *e)
{
    struct bt_slice key = db_entry_name(e);
    size_t n = (size_t)(key.p - (const char *)e) + key.n;

    return e->flags & ENTRY_BLOB ? n : n + e->value_n;
}

void db_entry_free(void *entry)
{
    struct db_entry *e = entry;

    if (has_object(e)) {
        db_object_drop(db_entry_type(e), pointer_of(e));
    } else if (e->flags & ENTRY_BLOB && blob_of(e)) {
        blob_drop(blob_of(e));
    }
    if (e->flags & ENTRY_SLAB) {
        struct bt_mem *here = bt_mem_here();

        bt_slab_put(here ? here->cache : NULL, e, entry_size(e));
    } else {
        free(e);
    }
}

/* ---- Reading ---- */

char *db_entry_value(struct db_entry *e)
{
    struct bt_slice key = db_entry_name(e);

    return e->flags & ENTRY_BLOB ? blob_of(e)->bytes : (char *)key.p + key.n;
}

size_t db_entry_bytes(const struct db_entry *e)
{
    size_t n = entry_size(e);

    if (has_object(e)) {
        return n + db_object_bytes(db_entry_type(e), pointer_of(e));
    }
    return e->flags & ENTRY_BLOB ? n + sizeof(struct blob) + blob_of(e)->room
                                 : n;
}

struct bt_slice db_entry_key(const struct db_entry *e)
{
    return db_entry_name(e);
}

struct bt_slice db_entry_string(const struct db_entry *e)
{
    struct bt_slice key = db_entry_name(e);

    bt_assert(db_entry_type(e) == DB_STRING);
    if (e->flags & ENTRY_BLOB) {
        const struct blob *b = blob_of(e);

        return bt_slice(b->bytes, b->n);
    }
    return bt_slice(key.p + key.n, e->value_n);
}

int64_t db_entry_expire(const struct db_entry *e)
{
    return db_entry_ttl(e);
}

bool db_entry_raw(const struct db_entry *e)
{
    return (e->flags & ENTRY_RAW) != 0;
}

void *db_entry_object(const struct db_entry *e)
{
    bt_assert(has_object(e));
    return pointer_of(e);
}

const char *db_entry_encoding(const struct db_entry *e)
{
    return db_object_ops(db_entry_type(e))->encoding(pointer_of(e));
}

void *db_entry_hold(const struct db_entry *e)
{
    return !has_object(e) && e->flags & ENTRY_BLOB ? blob_hold(blob_of(e))
                                                   : NULL;
}
