/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/sync.h -- mutexes with a rank.
 *
 * Purpose    Locks are taken in ascending rank; within one rank in ascending
 *            `order` (shards by number). Each acquisition checks this against
 *            what the thread holds already, so a deadlock in waiting shows as
 *            an assertion in the first run that takes the locks in the wrong
 *            order, not in the unlucky one.
 * Threads    lock/unlock: any. init/fini: one, with nobody else near.
 */
#ifndef BT_BASE_SYNC_H
#define BT_BASE_SYNC_H

#include <pthread.h>
#include <stdint.h>

/* Every lock of the program, in the order in which they may be taken. */
enum bt_rank {
    BT_RANK_KEYSPACE = 1, /* a shard of the database; order = shard number */
    BT_RANK_CONFIG,       /* batond's options */
    BT_RANK_TOPIC,        /* a shard of the channels; order = shard number */
    BT_RANK_TOPIC_QUEUE,  /* a worker's queue of messages */
    BT_RANK_HANDLE, /* a shard of the handle table; order = shard number */
    BT_RANK_HELPER, /* the queue of a helper thread */
    BT_RANK_SLAB,   /* base/slab.h: the depot of a slab */
    BT_RANK_LOG
};

struct bt_mutex {
    pthread_mutex_t m;
    uint64_t rank;  /* rank << 32 | order */
    uint64_t below; /* the highest its holder had before it; the holder's */
};

void bt_mutex_init(struct bt_mutex *m, enum bt_rank rank, uint32_t order);
void bt_mutex_fini(struct bt_mutex *m);
void bt_mutex_lock(struct bt_mutex *m);
void bt_mutex_unlock(struct bt_mutex *m);

/* Asserts that this thread holds m (as far as the held list reaches back). */
void bt_mutex_assert_held(const struct bt_mutex *m);

/* Asserts that this thread holds no ranked lock at all: before waiting. */
void bt_mutex_assert_none(void);

#endif
