/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/slab.h"
#include "db/object.h"

static void *take(size_t n, uint8_t *flags)
{
    struct bt_mem *here = bt_mem_here();

    if (here && n <= BT_SLAB_MAX) {
        *flags |= ENTRY_SLAB;
        return bt_slab_get(here->cache, n);
    }
    return malloc(n);
}

/* What a blob that grows gets beforehand: as much again, up to this. */
#define AHEAD_MAX  ((size_t)1024 * 1024)
#define LAZY_BYTES AHEAD_MAX /* freed by a helper thread from here on */

struct blob {
    atomic_size_t refs;
    size_t n, room;
    char *bytes; /* in `block` */
    void *block; /* our own, or taken from elsewhere */
};

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

/* Without a block yet. */
static struct blob *blob_new(void)
{
    struct blob *b = calloc(1, sizeof *b);

    if (b) {
        atomic_init(&b->refs, 1);
    }
    return b;
}

static void use_block(struct blob *b, void *block, size_t room)
{
    b->block = block;
    b->bytes = block;
    b->room = room;
}

static struct blob *blob_of_size(size_t n)
{
    struct blob *b = blob_new();
    void *block = b && n <= PTRDIFF_MAX ? malloc(n) : NULL;

    if (!block) {
        free(b);
        return NULL;
    }
    use_block(b, block, n);
    b->n = n;
    return b;
}

/* Whoever calls this has a reference, or an entry that has one: the count is
 * above zero and nothing needs ordering. */
static void *blob_hold(struct blob *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void db_blob_free(void *blob)
{
    struct blob *b = blob;

    free(b->block);
    free(b);
}

/* True: it was the last reference. Release: our reads are over before the count
 * falls. Acquire: whoever frees has seen all the others' releases. */
static bool let_go(struct blob *b)
{
    return atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1;
}

void db_blob_release(void *blob)
{
    if (let_go(blob)) {
        db_blob_free(blob);
    }
}

/* The entry's own reference: a helper thread may free what is large. */
static void drop_blob(struct blob *b)
{
    if (let_go(b) &&
        (b->room < LAZY_BYTES || !db_object_defer_blob(b, b->room))) {
        db_blob_free(b);
    }
}

void db_entry_strip(struct db_entry *e)
{
    if (e->flags & ENTRY_LOCKED) {
        drop_blob(blob_of(e));
        set_pointer(e, NULL);
    }
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
    if (key.n > 0) {
        memcpy(p, key.p, key.n);
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
    if (ttl) {
        db_entry_set_ttl(e, DB_NO_EXPIRE);
    }
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
    if (e && ttl) {
        db_entry_set_ttl(e, DB_NO_EXPIRE);
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
    b->block = offer->take(offer->arg); /* last: the key may lie in it */
    if (!b->block) {
        db_entry_free(e);
        return NULL;
    }
    b->bytes = (char *)(uintptr_t)offer->p;
    b->n = b->room = offer->n;
    if (ttl) {
        db_entry_set_ttl(e, DB_NO_EXPIRE);
    }
    return e;
}

void db_entry_lock_blob(struct db_entry *e)
{
    if (e->flags & ENTRY_BLOB) {
        e->flags |= ENTRY_LOCKED;
    }
}

/* Acquire: partner of the release in db_blob_release; a reply that held the
 * bytes is done with them. None can come while we have the lock. */
bool db_entry_changeable(const struct db_entry *e)
{
    return (e->flags & ENTRY_LOCKED) && !has_object(e) &&
           atomic_load_explicit(&blob_of(e)->refs, memory_order_acquire) == 1;
}

int db_entry_lengthen(struct db_entry *e, size_t n)
{
    struct blob *b = blob_of(e);

    if (n <= b->n) {
        return 0;
    }
    if (n > b->room) {
        size_t room = n + (n < AHEAD_MAX ? n : AHEAD_MAX);
        void *block = room <= PTRDIFF_MAX ? realloc(b->block, room) : NULL;

        if (!block) {
            return -ENOMEM;
        }
        use_block(b, block, room);
    }
    memset(b->bytes + b->n, 0, n - b->n);
    b->n = n;
    return 0;
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
        drop_blob(blob_of(e));
    }
    if (e->flags & ENTRY_SLAB) {
        struct bt_mem *here = bt_mem_here();

        bt_slab_put(here ? here->cache : NULL, e, entry_size(e));
    } else {
        free(e);
    }
}

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

/* In whole seconds, as the clock is; another thread's clock may be ahead. */
uint64_t db_entry_idle_ms(const struct db_entry *e)
{
    uint32_t now = (uint32_t)(bt_coarse_ns() / 1000000000u);
    uint32_t then = atomic_load_explicit(&e->clock, memory_order_relaxed);

    return now > then ? (uint64_t)(now - then) * 1000 : 0;
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
