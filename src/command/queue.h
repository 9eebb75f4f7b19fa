/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/queue.h -- the commands that a client has said since MULTI.
 *
 * Threads    The worker that owns the client.
 * Ownership  The queue has copies of all arguments. A zeroed one is empty.
 * Errors     0 or -ENOMEM: nothing was queued, or locked.
 */
#ifndef BATON_COMMAND_QUEUE_H
#define BATON_COMMAND_QUEUE_H

#include <stddef.h>

#include "base/buf.h"
#include "command/command.h"
#include "db/watch.h"

struct queue {
    struct bt_buf block; /* of records */
    unsigned flags;      /* of all the commands */
};

struct queued {
    const struct command *command;
    size_t size; /* of the record, a multiple of the alignment */
    size_t argc;
    struct bt_slice argv[]; /* then the bytes */
};

/* The queue's size in bytes if this were in it, too. */
size_t queue_size_with(const struct queue *q, const struct call *call);

int queue_add(struct queue *q, const struct call *call);
void queue_drop(struct queue *q);

/* Locks the shards of the keys of all commands and of all watches, in
 * call->tx, as for one command; from here on the arguments can be read. */
int queue_lock(const struct queue *q, const struct db_watch *watches,
               struct call *call);

/* The record at *at (0: the first), which moves on; NULL: no more. */
struct queued *queue_next(const struct queue *q, size_t *at);

#endif
