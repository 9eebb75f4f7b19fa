/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/use.h -- how long ago, or how often, a key was used: the word `clock` of an
 * entry (inside db/ only).
 *
 * Meaning    Under an LFU policy: minutes of bt_now_ms() in the upper 24 bits,
 *            a logarithmic counter in the lower 8, as Redis keeps it. Otherwise
 *            seconds of bt_now_ms(). A change of the policy leaves the words as
 *            they are; they mend with the keys' use.
 * Threads    Any; words are atomic and relaxed, and written only when they
 *            change, so that a key that is read all the time does not bounce
 *            between the caches of the readers.
 */
#ifndef BATON_DB_USE_H
#define BATON_DB_USE_H

#include "db/keyspace.h"

/* Relaxed: whoever sees the old policy for a moment does nothing wrong. */
static inline bool db_use_is_lfu(const struct db *db)
{
    return atomic_load_explicit(&db->use.lfu, memory_order_relaxed);
}

/* The counter now, the minutes without use taken off. */
unsigned db_use_count(const struct db *db, const struct db_entry *e);
/* One more use. */
void db_use_lfu(struct db_thread *t, const struct db_entry *e);
/* Of a new entry; `old` is what it replaces, or NULL. */
void db_use_first(struct db_thread *t, struct db_entry *e,
                  const struct db_entry *old);

static inline void db_use_note(struct db_thread *t, const struct db_entry *e)
{
    if (bt_unlikely(db_use_is_lfu(t->db))) {
        db_use_lfu(t, e);
    } else {
        db_entry_touch(e, db_thread_clock(t));
    }
}

#endif
