/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/entry.h -- a key and its value in one allocation (inside db/ only; what
 * commands may ask of an entry is in db/tx.h).
 *
 * Layout     8 bytes of header, then, each only where it is needed: the time to
 *            live, the pointer to the blob, the length of a long key; then the
 *            key, then a small value. Values from DB_BLOB_MIN bytes on lie in a
 *            blob of their own, counted by references, so that a reply can hold
 *            one and a copy of the entry can share it. A collection lies in an
 *            object (type/object.h), to which the pointer leads.
 * Threads    Written by one thread until it is published; from then on only the
 *            access clock and the time to live change, which are atomic.
 *            The blob of an entry that is ENTRY_LOCKED changes as well, with the
 *            shard's lock held: nobody looks at its bytes without.
 *            An object is touched with the shard's lock held only; a reader
 *            without it looks at nothing but the entry's flags and key.
 * Ownership  An entry holds one reference to its blob. It owns its object, until
 *            that is handed to a copy of the entry (db_entry_forget).
 * Memory     From base/mem.h's cache of the calling thread, if it has one.
 */
#ifndef BATON_DB_ENTRY_H
#define BATON_DB_ENTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "db/tx.h"

#define DB_BLOB_MIN ((size_t)16 * 1024)

struct db_entry {
    _Atomic uint32_t clock; /* of the last access, seconds of bt_coarse_ns() */
    uint8_t flags;
    uint8_t key_n;    /* ENTRY_LONG_KEY: the length stands before the key */
    uint16_t value_n; /* of a value inside; a blob knows its own */
};

enum {
    ENTRY_TYPE = 0x07, /* enum db_type */
    ENTRY_TTL = 0x08,  /* there is room for a time to live (8 bytes) */
    ENTRY_BLOB = 0x10, /* there is a pointer: to a blob, or to an object */
    ENTRY_RAW = 0x20,
    ENTRY_SLAB = 0x40,   /* the entry came from a slab */
    ENTRY_LOCKED = 0x80, /* its blob is read with the lock held only */
    ENTRY_LONG_KEY = 255
};

struct db_entry_ttl {
    struct db_entry e;
    _Atomic int64_t expire_ms; /* DB_NO_EXPIRE: none */
};

_Static_assert(sizeof(struct db_entry) == 8, "memory for each key");
_Static_assert(offsetof(struct db_entry_ttl, expire_ms) == 8 &&
                   sizeof(struct db_entry_ttl) == 8 + ENTRY_TTL,
               "the flag is the size of the field");

/* A string of n bytes, to be written through db_entry_value; with room for a
 * time to live (none yet) when `ttl`. NULL: out of memory. */
struct db_entry *db_entry_new(struct bt_slice key, size_t n, bool ttl);
/* The same with the value that is offered, taken and not copied. NULL: out of
 * memory, or it was not given. */
struct db_entry *db_entry_adopt(struct bt_slice key,
                                const struct db_offer *offer, bool ttl);
/* A collection; takes the object, also when it fails. */
struct db_entry *db_entry_with(struct bt_slice key, enum db_type type,
                               void *object, bool ttl);
/* The same value and marks under another key or with another time to live. An
 * object is shared then, so one of the two must soon forget it. */
struct db_entry *db_entry_copy(const struct db_entry *e, struct bt_slice key,
                               int64_t expire_ms);
void db_entry_forget(struct db_entry *e); /* its object has another owner */
char *db_entry_value(struct db_entry *e);
void db_entry_free(void *e); /* a bt_retire_fn */
/* With the lock held, out of its table: gives up a blob that is ENTRY_LOCKED,
 * which nobody else can be looking at; the entry itself is not free yet. */
void db_entry_strip(struct db_entry *e);

/* Not yet published: its blob, if it has one, may change in place later on. */
void db_entry_lock_blob(struct db_entry *e);
/* With the lock held: may the bytes of a string be changed where they are? */
bool db_entry_changeable(const struct db_entry *e);
/* Such a one gets n bytes, or stays as long as it is; what is new is zero. The
 * bytes may have moved. 0 or -ENOMEM. */
int db_entry_lengthen(struct db_entry *e, size_t n);

/* Where what follows the header and the time to live begins. */
static inline const char *db_entry_after(const struct db_entry *e)
{
    return (const char *)(e + 1) + (e->flags & ENTRY_TTL);
}

/* Key lookup compares here: the key of an entry with a short one is at hand
 * without a look at anything but the first cache line. */
static inline struct bt_slice db_entry_name(const struct db_entry *e)
{
    const char *p = db_entry_after(e);
    uint32_t n = e->key_n;

    if (e->flags & ENTRY_BLOB) {
        p += sizeof(void *);
    }
    if (n == ENTRY_LONG_KEY) {
        memcpy(&n, p, sizeof n);
        p += sizeof n;
    }
    return bt_slice(p, n);
}

static inline bool db_entry_is(const struct db_entry *e, struct bt_slice key)
{
    struct bt_slice name;

    if (e->key_n != (key.n < ENTRY_LONG_KEY ? key.n : ENTRY_LONG_KEY)) {
        return false;
    }
    name = db_entry_name(e);
    return name.n == key.n && memcmp(name.p, key.p, key.n) == 0;
}

/* Relaxed: a time to live orders nothing else. */
static inline int64_t db_entry_ttl(const struct db_entry *e)
{
    const struct db_entry_ttl *t = (const void *)e;

    if (!(e->flags & ENTRY_TTL)) {
        return DB_NO_EXPIRE;
    }
    return atomic_load_explicit(&t->expire_ms, memory_order_relaxed);
}

/* The entry must have the room. */
static inline void db_entry_set_ttl(struct db_entry *e, int64_t expire_ms)
{
    struct db_entry_ttl *t = (void *)e;

    atomic_store_explicit(&t->expire_ms, expire_ms, memory_order_relaxed);
}

/* Written only when it changes: a key that is read all the time does not bounce
 * between the caches of the readers. Relaxed: it orders nothing. */
static inline void db_entry_touch(const struct db_entry *e, uint32_t now)
{
    _Atomic uint32_t *clock = (_Atomic uint32_t *)&e->clock;

    if (atomic_load_explicit(clock, memory_order_relaxed) != now) {
        atomic_store_explicit(clock, now, memory_order_relaxed);
    }
}

#endif
