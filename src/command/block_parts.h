/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/block_parts.h -- what block.c and block_new.c share.
 */
#ifndef BATON_COMMAND_BLOCK_PARTS_H
#define BATON_COMMAND_BLOCK_PARTS_H

#include <stdatomic.h>

#include "command/block.h"
#include "resp/memory.h"

struct block {
    struct wait wait; /* first */
    atomic_uint references;
    struct service *service;
    uint64_t client;
    struct baton_message *wake; /* the claimer's; NULL: posted */
    unsigned dbi;
    int proto;
    bool mute;
    bool unblock_error; /* the text of CLIENT UNBLOCK ERROR; its claimer's */
    block_serve_fn *serve;
    block_give_back_fn *give_back;
    struct bt_slice key;      /* that was served; in `text` */
    struct resp_memory reply; /* the claimer's, then the worker's */
    size_t args_n, n_keys;
    struct bt_slice *keys; /* own copies: their bytes are in `text` */
    void *args;            /* likewise; aligned for any type */
    char *text;
};

/* With one reference; no client waits in it yet. woken: runs on the client's
 * worker when the message is posted. NULL: out of memory. */
struct block *block_new(struct call *c, const struct block_request *r,
                        baton_post_fn *woken);

void block_refer(struct block *b);
/* arg: the block; the last reference frees it. */
void block_release(void *arg);

#endif
