/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/watch.h -- keys that somebody watches (WATCH), and who is to be told.
 *
 * Purpose    Each shard knows the keys of it that are watched. Whatever changes
 *            one of them (db_tx_changed, flushes) makes its watchers dirty.
 * Threads    A watcher's list belongs to its owner. The parts of it that hang in
 *            a shard are used under the shard's lock. `dirty` is an atomic of
 *            the owner's that any thread sets; the owner reads it for sure when
 *            it holds the locks of all its keys, as EXEC does.
 * Cost       One relaxed load for each change while nobody watches anything.
 * Ownership  The list owns its watches; the keys are copied.
 */
#ifndef BATON_DB_WATCH_H
#define BATON_DB_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "db/tx.h"

struct db_watch;

/* The key's shard is locked. A key that is watched already is not added. 0 or
 * -ENOMEM. */
int db_watch_add(struct tx *tx, struct db_watch **list, struct bt_slice key,
                 atomic_bool *dirty);
/* The keys of a list, one call for each; *at is NULL at first. False: no more. */
bool db_watch_next(const struct db_watch *list, const struct db_watch **at,
                   struct bt_slice *key);

/* The shards of all its keys are locked: is the time of one over by now, which
 * was not over when the watch began? */
bool db_watch_expired(struct tx *tx, const struct db_watch *list);

/* Ends all watches. `tx` holds the locks of their shards, or no lock at all (then
 * each is taken in turn). */
void db_watch_end(struct tx *tx, struct db_watch **list);
/* The same without a tx; no shard is locked. */
void db_watch_drop(struct db *db, struct db_watch **list);

#endif
