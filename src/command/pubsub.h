/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/pubsub.h -- what a subscribed client is to the other commands.
 *
 * Threads    The worker that owns the client.
 */
#ifndef BATON_COMMAND_PUBSUB_H
#define BATON_COMMAND_PUBSUB_H

#include "command/session.h"
#include "db/notify.h"

/* Subscribed to anything. */
static inline bool pubsub_on(const struct session *s)
{
    return s->sub != NULL;
}

/* A subscribed client that speaks RESP2 could not tell a reply from a message:
 * only few commands are for it. */
bool pubsub_allows(const struct call *call);

/* Gives up all subscriptions without a word, for RESET and at the end; the
 * replies so far were given to the library. */
void pubsub_reset(struct baton_client *c);

/* The output limits of what c is: subscribed or not. */
void pubsub_set_limits(struct baton_client *c);

/* The same if they were changed since c got its own. */
void pubsub_renew_limits(struct baton_client *c);

/* The listener of the database: arg is the struct publisher of the thread. */
db_notify_fn pubsub_notify;

#endif
