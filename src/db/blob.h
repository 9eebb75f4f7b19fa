/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/blob.h -- the bytes of a large string, beside its entry (inside db/ only).
 *
 * Threads    The count of references is anybody's. The bytes are read by whoever
 *            has one, and changed by who has the only one and the shard's lock.
 * Ownership  An entry has one reference; replies that show the bytes have others
 *            (db_entry_hold). The last one frees.
 * Errors     NULL or -ENOMEM: out of memory.
 */
#ifndef BATON_DB_BLOB_H
#define BATON_DB_BLOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "db/tx.h"

struct blob {
    atomic_size_t refs;
    size_t n, room;
    char *bytes; /* in `block` */
    void *block; /* our own, or taken from elsewhere */
};

/* One reference to n bytes, or to none yet. */
struct blob *blob_of_size(size_t n);
struct blob *blob_new(void);
/* One without bytes gets those that are offered. False: they were not given. */
bool blob_adopt(struct blob *b, const struct db_offer *offer);

/* Whoever calls this has a reference, or an entry that has one: the count is
 * above zero and nothing needs ordering. */
static inline void *blob_hold(struct blob *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

/* Gives up an entry's reference: a helper thread may free what is large.
 * Otherwise as db_blob_release. */
void blob_drop(struct blob *b);
void blob_free(struct blob *b); /* that has no reference left */

/* Acquire: partner of the release in db_blob_release; a reply that held the
 * bytes is done with them. None can come while we have the lock. */
static inline bool blob_is_ours(const struct blob *b)
{
    return atomic_load_explicit(&b->refs, memory_order_acquire) == 1;
}

/* It has n bytes, or stays as long as it is; what is new is zero. The bytes may
 * have moved. 0 or -ENOMEM. */
int blob_lengthen(struct blob *b, size_t n);

#endif
