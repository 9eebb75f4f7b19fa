/* SPDX-License-Identifier: BSD-2-Clause
 *
 * handle/message.h -- what other threads want of a client.
 *
 * Purpose    A message goes into the handle's own list; the handle's one notify
 *            node goes into its owner's inbox, unless it is in one already. So
 *            a handle's messages keep their order across moves, however often
 *            it changes hands.
 * Threads    post: any, while the handle cannot go away (inside the domain's
 *            section, or under the handle's shard lock). take: the owner.
 * Ownership  post takes the message, which baton_message_new() made; what take
 *            returned is the caller's.
 */
#ifndef BT_HANDLE_MESSAGE_H
#define BT_HANDLE_MESSAGE_H

#include <stdbool.h>

#include <baton/client.h>

struct baton_client;

struct baton_message {
    struct baton_message *next;
    baton_post_fn *fn;
    void *arg;
    void (*release)(void *arg);
};

/* True when the caller must now put c->node into the owner's inbox. */
bool bt_msg_post(struct baton_client *c, struct baton_message *m);

/* All messages so far, oldest first; NULL: none. */
struct baton_message *bt_msg_take(struct baton_client *c);

/* Runs m's release, if any, and frees it. */
void bt_msg_release(struct baton_message *m);

#endif
