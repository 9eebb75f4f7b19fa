/* SPDX-License-Identifier: BSD-2-Clause
 *
 * handle/message.h -- what other threads want of a client.
 *
 * Purpose    A message goes into the handle's own list; the handle's one notify
 *            node goes into its owner's inbox, unless it is in one already. So a
 *            handle's messages keep their order across moves, however often it
 *            changes hands.
 * Threads    post: any, while the handle cannot go away (inside the domain's
 *            section, or under the handle's shard lock). take: the owner.
 * Ownership  post takes the message; what take returned is the caller's.
 */
#ifndef BT_HANDLE_MESSAGE_H
#define BT_HANDLE_MESSAGE_H

#include <stdbool.h>

#include <baton/client.h>

struct baton_client;

struct bt_msg {
    struct bt_msg *next;
    baton_post_fn *fn;
    void *arg;
    void (*release)(void *arg);
};

struct bt_msg *bt_msg_new(baton_post_fn *fn, void *arg,
                          void (*release)(void *));

/* True when the caller must now put c->node into the owner's inbox. */
bool bt_msg_post(struct baton_client *c, struct bt_msg *m);

/* All messages so far, oldest first; NULL: none. */
struct bt_msg *bt_msg_take(struct baton_client *c);

/* Runs m's release, if any, and frees it. */
void bt_msg_release(struct bt_msg *m);

#endif
