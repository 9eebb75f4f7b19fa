/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/topic.h -- channels and patterns, who subscribed to them, and the way
 * of a message from its publisher to the workers of the subscribers.
 *
 * Purpose    A topic is a channel, a shard channel or a pattern that somebody
 *            subscribed to. PUBLISH puts a message, which is stored once, into
 *            the queue of each worker that has subscribers; each worker writes
 *            to its own (topic_deliver).
 * Threads    Any for publishing. A worker's subscribers and the delivery are its
 *            own. A struct publisher belongs to one thread.
 * Locks      A topic's shard (rank TOPIC; patterns are the last shard), then the
 *            queues (rank TOPIC_QUEUE), one at a time. Publishing holds the
 *            channel's shard while it fills the queues: so a channel has one
 *            order, and the number of receivers is exact. Whoever comes or goes
 *            takes its worker's queue under the same lock, and delivers that
 *            first: it sees what was published while it was subscribed, no more
 *            and no less. Without a subscriber to anything no lock is taken.
 * Waking     A worker is told once that there is something in its queue. A
 *            publisher does so when a batch of requests is served
 *            (publisher_wake), since waking costs more than publishing.
 * Bounds     A queue over TOPIC_QUEUE_MAX bytes makes those who fill it wait
 *            (publisher_hold) until it was taken.
 */
#ifndef BATON_COMMAND_TOPIC_H
#define BATON_COMMAND_TOPIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <baton/baton.h>

#include "base/buf.h"
#include "base/slice.h"

#define TOPIC_QUEUE_MAX (1024 * 1024)

enum topic_kind {
    TOPIC_CHANNEL,
    TOPIC_PATTERN,
    TOPIC_SHARD, /* a channel of SSUBSCRIBE */
    TOPIC_N_KINDS
};

struct topics;
struct topic;
struct subscriber;
struct membership;

/* ---- Setup: main thread ---- */

/* NULL: out of memory. */
struct topics *topics_new(struct baton_server *server, unsigned workers);
void topics_free(struct topics **t);

/* ---- Publishing ---- */

struct publisher {
    struct topics *topics;
    atomic_bool *told; /* [worker]: its queue is to be looked at; ours */
    bool any;          /* one is */
    int full;          /* worker whose queue is over the limit, or -1 */
};

int publisher_init(struct publisher *p, struct topics *t);
void publisher_fini(struct publisher *p);

/* Does the channel's name fit? As in Redis, none but the empty pattern fits the
 * empty name. */
bool topic_matches(struct bt_slice pattern, struct bt_slice name);

/* To the subscribers of the channel, and of all patterns that fit (those not
 * for shard channels). How many will get it. Locks up to rank CONFIG may be
 * held. */
uint64_t topic_publish(struct publisher *p, bool shard, struct bt_slice channel,
                       struct bt_slice payload);
/* Wakes the workers that got something; no lock is held. */
void publisher_wake(struct publisher *p);
/* After a request: if a queue is over its limit, c is served again when the
 * queue was taken. True: it is held. */
bool publisher_hold(struct publisher *p, struct baton_client *c);

/* ---- Subscribing: the worker that owns the client ---- */

/* What of a client is subscribed to: CLIENT LIST reads the numbers. */
struct subscriber {
    struct baton_client *client;
    unsigned worker;
    _Atomic uint32_t n[TOPIC_N_KINDS];
    struct membership **slot; /* by name; open addressing */
    size_t mask, used;
};

/* The number of c's worker. */
unsigned topics_worker(const struct topics *t, const struct baton_client *c);

struct subscriber *subscriber_new(struct baton_client *c, unsigned worker);
/* All that is left is given up silently. */
void subscriber_free(struct topics *t, struct subscriber **s);

/* These two deliver to other clients, and to this one: what was replied so far
 * must have been given to the library. 1: new, 0: it was already; -ENOMEM. */
int topic_subscribe(struct topics *t, struct subscriber *s,
                    enum topic_kind kind, struct bt_slice name);
/* False: it was not. */
bool topic_unsubscribe(struct topics *t, struct subscriber *s,
                       enum topic_kind kind, struct bt_slice name);
/* The name of any topic of this kind that s subscribed to; false: none. */
bool subscriber_any(const struct subscriber *s, enum topic_kind kind,
                    struct bt_slice *name);

/* Calls fn for all that s is subscribed to, until fn says no: false then. fn must
 * not change it. */
typedef bool subscriber_each_fn(void *arg, enum topic_kind kind,
                                struct bt_slice name);
bool subscriber_each(const struct subscriber *s, subscriber_each_fn *fn,
                     void *arg);

/* ---- Any thread ---- */

/* Topics of a kind that have subscribers; subscribers of one. */
size_t topics_count(struct topics *t, enum topic_kind kind);
uint64_t topic_subscribers(struct topics *t, enum topic_kind kind,
                           struct bt_slice name);
/* Calls fn for each under its shard's lock: fn must not block. */
typedef bool topic_each_fn(void *arg, struct bt_slice name);
void topics_each(struct topics *t, enum topic_kind kind, topic_each_fn *fn,
                 void *arg);

#endif
