/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/block.h -- commands that wait: BLPOP, BZPOPMIN and kin.
 *
 * A command looks at its keys as its sibling that does not wait does. When none
 * of them has anything, it calls
 *
 *     block_client(c, &(struct block_request){...});
 *
 * and returns. The client is parked. Whoever gives one of the keys a value of
 * the type calls `serve`, on his thread and in his tx, which takes something
 * and writes the reply; it is sent by the client's own worker.
 *
 * Threads    block_client: a command. block_gone: the owner worker. serve and
 *            give_back: any worker, with the shard of the key locked, and that
 *            of `to`. block_unblock: any worker, in a command.
 * Lost       An element is taken for a client that is there. If it is gone (or
 *            was killed) before its worker could hand the reply over, give_back
 *            puts the element back where it was; so it is lost only where Redis
 *            loses it, too: on the wire to a peer that went away.
 */
#ifndef BATON_COMMAND_BLOCK_H
#define BATON_COMMAND_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/command.h"
#include "db/wait.h"

/* Takes something out of e, the value of key, which is not empty, and answers.
 * args: the request's. `to` is the request's, copied. */
typedef void block_serve_fn(struct tx *tx, struct resp_reply *out,
                            const void *args, struct bt_slice key,
                            struct bt_slice to, const struct db_entry *e);

/* What serve wrote (in RESP2 if proto is 2, ...) cannot be delivered: undo it.
 * The key is locked, and may hold anything by now. */
typedef void block_give_back_fn(struct tx *tx, const void *args,
                                struct bt_slice key, struct bt_slice reply,
                                int proto);

struct block_request {
    enum db_type type;
    const struct bt_slice *keys; /* to wait for, as in argv */
    size_t n_keys;
    struct bt_slice to; /* another key that serve changes; p NULL: none. It must
                         * be among the command's keys */
    block_serve_fn *serve;
    block_give_back_fn *give_back; /* NULL: nothing can be lost */
    const void *args;              /* copied; must not point to argv */
    size_t args_n;
    int64_t timeout_ms; /* 0: for ever */
    bool null_value;    /* in EXEC a null, else a null array */
};

/* The time-out as an argument, in seconds. False after the error reply. */
bool block_timeout(struct call *c, struct bt_slice arg, int64_t *ms);

/* Parks the client; or (in EXEC) answers at once as if its time were over. */
void block_client(struct call *c, const struct block_request *r);

/* The client is closing: forgets it on all its keys. */
void block_gone(struct baton_client *client);

/* CLIENT UNBLOCK: true if the client was waiting. With an error, or as if its
 * time were over. */
bool block_unblock(struct call *c, uint64_t id, bool error);

#endif
