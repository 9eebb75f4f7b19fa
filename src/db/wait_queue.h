/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/wait_queue.h -- the queues behind db/wait.h (inside db/ only).
 *
 * Locks      All of it is under the lock of its shard.
 */
#ifndef BATON_DB_WAIT_QUEUE_H
#define BATON_DB_WAIT_QUEUE_H

#include <stdint.h>

#include "db/wait.h"

struct wait_queue {
    struct wait_queue *next; /* of the same bucket */
    uint64_t hash;
    unsigned dbi;
    bool ready;                      /* some tx has it on its list */
    bool reached;                    /* a mark of wait_reach.c */
    struct wait_queue *next_ready;   /* of that list */
    struct wait_queue *next_reached; /* likewise */
    struct wait_link *first, *last;  /* in order of arrival */
    struct wait_link *movers;        /* in any order */
    size_t key_n;
    char key[];
};

/* The queues of a shard; it stays once there is one. */
struct wait_shard {
    size_t n; /* queues */
    size_t movers;
    size_t mask;
    struct wait_queue **bucket; /* mask + 1 of them */
};

static inline struct bt_slice wait_queue_key(const struct wait_queue *q)
{
    return bt_slice(q->key, q->key_n);
}

static inline struct wait_queue *wait_bucket(const struct wait_shard *s,
                                             uint64_t hash)
{
    return s->bucket[(size_t)hash & s->mask];
}

static inline bool wait_queue_is(const struct wait_queue *q, uint64_t hash,
                                 struct bt_slice key)
{
    return q->hash == hash && bt_slice_eq(wait_queue_key(q), key);
}

void wait_shard_free(struct wait_shard *s); /* nobody waits any more */

/* NULL: nobody waits for it. */
struct wait_queue *wait_queue_find(const struct wait_shard *s, unsigned dbi,
                                   uint64_t hash, struct bt_slice key);
/* Puts l behind all who wait for the key. 0 or -ENOMEM. */
int wait_queue_join(struct tx *tx, struct wait_link *l, struct bt_slice key);
/* Takes it out; its queue goes with the last one, unless it is ready. */
void wait_queue_leave(struct db *db, struct wait_link *l);
void wait_queue_free(struct db *db, struct wait_queue *q); /* empty */

/* Before each change that may give the key a value. True: somebody waits for
 * it, and will be looked after at the commit. */
bool db_wait_mark(struct tx *tx, struct bt_slice key);
/* All locks held; tx->ready is not empty. */
void db_wait_serve(struct tx *tx);
/* No lock held. */
void db_wait_served(struct wait *first);

/* Adds the shards of all keys that a tx over `keys`, whose shards are locked,
 * may come to change by serving; `bits` has one for each shard, those that are
 * locked already set. How many were added. */
unsigned db_wait_reach(struct tx *tx, const struct bt_slice *keys, size_t n,
                       uint64_t *bits);

#endif
