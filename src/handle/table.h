/* SPDX-License-Identifier: BSD-2-Clause
 *
 * handle/table.h -- id -> client handle, readable from any thread without
 * stopping anyone.
 *
 * Purpose    Sharded ck_hs: readers are lock-free inside a section of the
 *            reclaim domain, writers of a shard take its mutex (rank
 *            BT_RANK_HANDLE). A miss is confirmed under the lock, because a
 *            reader of ck_hs can overlook an entry that is being relocated.
 * Threads    insert: acceptor. remove: the owner worker. find: a thread with a
 *            record, inside a section. lock/unlock, each: any thread.
 * Ownership  The table owns nothing; whoever removes a handle retires it.
 */
#ifndef BT_HANDLE_TABLE_H
#define BT_HANDLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <baton/client.h>

struct bt_record;
struct bt_table;

struct bt_table *bt_table_new(void);
void bt_table_free(struct bt_table **t); /* empty, and nobody near */

/* 0, -ENOMEM. The record is the calling thread's. */
int bt_table_insert(struct bt_table *t, struct bt_record *r,
                    struct baton_client *c);
void bt_table_remove(struct bt_table *t, struct bt_record *r,
                     struct baton_client *c);

/* Inside a section. NULL: no such id. */
struct baton_client *bt_table_find(struct bt_table *t, uint64_t id);

/* Locks id's shard and returns its handle, which stays until the unlock; NULL:
 * none (the shard is locked all the same). */
struct baton_client *bt_table_lock(struct bt_table *t, uint64_t id);
void bt_table_unlock(struct bt_table *t, uint64_t id);

/* Locks one shard and visits its handles with an id above cursor->last, in
 * ascending order, at most n; moves the cursor on. The number visited. */
typedef bool bt_table_fn(struct baton_client *c, void *arg);
size_t bt_table_step(struct bt_table *t, struct baton_cursor *cursor, size_t n,
                     bt_table_fn *fn, void *arg);

#endif
