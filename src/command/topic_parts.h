/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/topic_parts.h -- what the files behind topic.h share.
 *
 * Threads    As topic.h, Locks, says.
 */
#ifndef BATON_COMMAND_TOPIC_PARTS_H
#define BATON_COMMAND_TOPIC_PARTS_H

#include "base/siphash.h"
#include "base/sync.h"
#include "command/topic.h"

#define TOPIC_SHARDS  64 /* of channels */
#define PATTERN_SHARD TOPIC_SHARDS

/* A client's subscription; it lies in the seat of its worker. */
struct membership {
    struct subscriber *who;
    struct topic *topic;
    size_t at; /* in the seat */
};

/* The subscribers of one worker. */
struct topic_seat {
    uint64_t count;             /* under the shard's lock */
    size_t n, cap;              /* the worker's own, as the rest */
    struct membership **member; /* may lag behind count: see topic.h, Locks */
};

struct topic {
    struct topic *next;                       /* in its chain */
    struct topic *next_pattern, **at_pattern; /* patterns, oldest first */
    enum topic_kind kind;
    atomic_size_t refs; /* memberships; the table has none */
    uint64_t hash;
    uint64_t subscribers; /* under the shard's lock */
    struct bt_slice name;
    struct bt_slice head;    /* of each message, "*3\r\n$7\r\nmessage\r\n" */
    struct topic_seat *seat; /* [worker] */
    char bytes[];            /* of head, then of name */
};

struct topic_shard {
    struct bt_mutex lock;
    struct topic **chain;
    size_t mask, n;
};

/* What follows the head of a message: channel and payload, in RESP. Stored once,
 * whoever receives it. */
struct topic_message {
    atomic_size_t refs;
    size_t n;
    char bytes[];
};

struct topic_node {
    struct topic_message *message;
    struct topic *topic;
};

/* A publisher that waits, and what wakes it: made before, so that it cannot
 * fail. */
struct topic_held {
    uint64_t client;
    struct baton_message *wake;
};

struct topic_batch {
    struct topic_node *node;
    size_t n, cap;
    struct topic_held *held;
    size_t n_held, cap_held;
};

struct topic_queue {
    struct bt_mutex lock;
    struct topic_batch batch;
    size_t bytes;
    bool told; /* its worker was, or will be, and has not looked since */
    struct baton_job *look; /* what tells it: one at a time, see told */
    struct topics *topics;
    unsigned worker;
};

struct topics {
    struct baton_server *server;
    unsigned n_workers;
    struct bt_hash_key key;
    atomic_size_t n[TOPIC_N_KINDS];
    /* Channels and patterns together, since two numbers are not seen at one
     * moment: whoever goes from one to the other is always counted. */
    atomic_size_t n_published;
    struct topic *patterns, **last_pattern; /* under the last shard's lock */
    struct topic_shard shard[TOPIC_SHARDS + 1];
    struct topic_queue *queue; /* [worker] */
};

/* ---- topic.c: the shard's lock is held ---- */

struct topic_shard *topic_shard_of(struct topics *t, enum topic_kind kind,
                                   uint64_t hash);
/* NULL: nobody subscribed to it. */
struct topic *topic_find(struct topics *t, enum topic_kind kind, uint64_t hash,
                         struct bt_slice name);
/* A new one, without subscribers. NULL: out of memory. */
struct topic *topic_insert(struct topics *t, enum topic_kind kind,
                           uint64_t hash, struct bt_slice name);
void topic_take_out(struct topics *t, struct topic *p);
/* It is out of the table, and the last reference is gone; any thread. */
void topic_free(struct topics *t, struct topic *p);

/* ---- topic_queue.c ---- */

/* NULL: out of memory. */
struct topic_message *topic_message_new(struct bt_slice channel,
                                        struct bt_slice payload);
/* Gives up a reference; for baton_reply_ref(). */
void topic_message_release(void *arg);

int topic_queue_init(struct topic_queue *q, struct topics *t, unsigned worker);
void topic_queue_fini(struct topic_queue *q);
/* Takes what is queued; the lock of some shard may be held. */
void topic_take(struct topic_queue *q, struct topic_batch *b);
void topic_batch_free(struct topic_batch *b);

/* ---- topic_deliver.c ---- */

/* Its worker: writes what was taken to the subscribers, wakes the publishers
 * that wait, and frees it. */
void topic_deliver(struct topics *t, unsigned worker, struct topic_batch *b);

#endif
