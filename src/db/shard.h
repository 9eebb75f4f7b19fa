/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/shard.h -- a shard: the lock of its writers, and what makes reads without
 * the lock linearizable.
 *
 * A change that one atomic store makes (a new value for a key, a new key, a
 * removal) needs no more than that store. Others show a reader a mixture while
 * they are under way: several keys (MSET, RENAME, FLUSHALL), a bucket that is
 * carried over to another level, a level that replaces another. These make the
 * shard's `seq` odd before their first store and even again after their last,
 * in all shards that they touch: first all are odd, then the change, then all
 * are even; all of it with the shards' locks held.
 *
 * A reader loads seq (acquire), looks the key up (every load of it acquire),
 * loads seq again. If it was odd or has changed, it looks again under the lock.
 *
 * Why this is enough, by C11's rules and so on any machine:
 *  - A reader that saw any store of a change synchronizes with it (release to
 *    acquire), so its second load sees the odd seq or a later one: it will not
 *    trust what it saw. So what is trusted was seen wholly before the change,
 *    or
 *  - the first load saw the even seq at the change's end (release to acquire),
 *    and so sees all that the change stored, in every shard: a reader that saw
 *    a new value once can see no old value of the same change afterwards,
 *    wherever it looks.
 * The order is on the accesses and not in stand-alone fences, so the sanitizer
 * for threads can follow it.
 *
 * One more order cannot come from this: a thread that writes x and then reads y
 * without the lock, while another writes y and reads x: both could read the old
 * value out of a store buffer. So a thread's first lock-free read after a
 * change of its own begins with a full fence (db_thread.wrote).
 */
#ifndef BATON_DB_SHARD_H
#define BATON_DB_SHARD_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/sync.h"
#include "db/table.h"

struct db_watches;
struct wait_shard;

/* Readers touch the first line only, writers of a single key the second only. */
struct db_shard {
    alignas(DB_LINE) atomic_size_t seq;
    struct db_watches *watches; /* NULL: none; under the lock: db/watch.c */
    alignas(DB_LINE) struct bt_mutex lock;
    struct wait_shard *waits; /* under the lock; NULL: nobody ever waited */
};

/* Lock held. False: hidden already, by the whole tx. Relaxed: the stores of the
 * change, which follow, are the releasing ones. */
static inline bool db_seq_hide(atomic_size_t *seq)
{
    size_t s = atomic_load_explicit(seq, memory_order_relaxed);

    if (s & 1) {
        return false;
    }
    atomic_store_explicit(seq, s + 1, memory_order_relaxed);
    return true;
}

/* Lock held. Release: partner of db_seq_begin. */
static inline void db_seq_show(atomic_size_t *seq)
{
    size_t s = atomic_load_explicit(seq, memory_order_relaxed);

    bt_assert(s & 1);
    atomic_store_explicit(seq, s + 1, memory_order_release);
}

/* Acquire: partner of db_seq_show. */
static inline size_t db_seq_begin(const atomic_size_t *seq)
{
    return atomic_load_explicit(seq, memory_order_acquire);
}

/* Relaxed: the acquire loads of the lookup come before it, and order it. */
static inline bool db_seq_good(const atomic_size_t *seq, size_t begun)
{
    return !(begun & 1) &&
           atomic_load_explicit(seq, memory_order_relaxed) == begun;
}

#endif
