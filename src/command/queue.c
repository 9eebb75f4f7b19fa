/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The queue is one block of records, each a command, its argument vector and
 * its arguments' bytes. The vectors get their pointers when EXEC comes, since
 * the block moves while it grows.
 */
#include "command/queue.h"

#include "command/keys.h"
#include "command/locks.h"
#include "command/worker.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>

static size_t record_size(const struct call *call)
{
    size_t n = sizeof(struct queued) + call->argc * sizeof(struct bt_slice);

    for (size_t i = 0; i < call->argc; i++) {
        n += call->argv[i].n;
    }
    return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

size_t queue_size_with(const struct queue *q, const struct call *call)
{
    return q->block.n + record_size(call);
}

int queue_add(struct queue *q, const struct call *call)
{
    size_t size = record_size(call);
    struct queued *r;
    char *p;

    if (bt_buf_reserve(&q->block, size) != 0) {
        return -ENOMEM;
    }
    r = (void *)(q->block.p + q->block.n);
    r->command = call->command;
    r->size = size;
    r->argc = call->argc;
    p = (char *)&r->argv[call->argc];
    for (size_t i = 0; i < call->argc; i++) {
        r->argv[i] = bt_slice(NULL, call->argv[i].n);
        if (call->argv[i].n > 0) {
            memcpy(p, call->argv[i].p, call->argv[i].n);
        }
        p += call->argv[i].n;
    }
    q->block.n += size;
    q->flags |= call->command->flags;
    return 0;
}

struct queued *queue_next(const struct queue *q, size_t *at)
{
    struct queued *r = NULL;

    if (*at < q->block.n) {
        r = (void *)(q->block.p + *at);
        *at += r->size;
    }
    return r;
}

void queue_drop(struct queue *q)
{
    bt_buf_fini(&q->block);
    q->flags = 0;
}

/* ---- Locks ---- */

/* The block does not move any more. */
static void set_pointers(const struct queue *q)
{
    struct queued *r;
    size_t at = 0;

    while ((r = queue_next(q, &at)) != NULL) {
        const char *p = (const char *)&r->argv[r->argc];

        for (size_t i = 0; i < r->argc; i++) {
            r->argv[i].p = p;
            p += r->argv[i].n;
        }
    }
}

/* The keys of all commands and watches, in the worker's array. */
struct keys {
    struct worker *worker;
    size_t n;
    bool all;
};

static int add_key(struct keys *k, struct bt_slice key)
{
    struct bt_slice *v = locks_room_for_keys(k->worker, k->n + 1);

    if (!v) {
        return -ENOMEM;
    }
    v[k->n++] = key;
    return 0;
}

static int add_keys_of(struct keys *k, const struct queued *r,
                       struct cmd_key_list *list)
{
    int rc = 0;

    list->n = 0;
    if (!(r->command->flags & CMD_PUBSUB)) { /* whose "keys" are channels */
        rc = cmd_keys_of(r->command, r->argv, r->argc, list);
    }
    if (rc == CMD_KEYS_ALL) {
        k->all = true;
    }
    for (size_t i = 0; rc != -ENOMEM && i < list->n; i++) {
        if (add_key(k, r->argv[list->at[i]]) != 0) {
            return -ENOMEM;
        }
    }
    return rc == -ENOMEM ? rc : 0;
}

static int collect(struct keys *k, const struct queue *q,
                   const struct db_watch *watches)
{
    const struct db_watch *w = NULL;
    struct cmd_key_list list;
    struct bt_slice key;
    struct queued *r;
    size_t at = 0;
    int rc = 0;

    cmd_keys_init(&list);
    while (rc == 0 && !k->all && (r = queue_next(q, &at)) != NULL) {
        rc = add_keys_of(k, r, &list);
    }
    cmd_keys_fini(&list);
    while (rc == 0 && !k->all && db_watch_next(watches, &w, &key)) {
        rc = add_key(k, key);
    }
    return rc;
}

int queue_lock(const struct queue *q, const struct db_watch *watches,
               struct call *call)
{
    enum tx_mode mode = q->flags & CMD_WRITE ? TX_WRITE : TX_READ;
    struct keys k = {.worker = call->worker,
                     .all = (q->flags & (CMD_LOCK_ALL | CMD_WALKS)) != 0};
    int rc;

    set_pointers(q);
    rc = collect(&k, q, watches);
    if (rc == 0 && k.all) {
        tx_lock_all(call->tx, mode);
    } else if (rc == 0 && k.n > 0) {
        rc = tx_lock(call->tx, call->worker->keys, k.n, mode);
    }
    if (rc == 0) {
        tx_as_one(call->tx);
        call->worker->wrote |= mode == TX_WRITE;
    }
    return rc;
}
