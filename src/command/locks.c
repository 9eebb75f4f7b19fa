/* SPDX-License-Identifier: BSD-2-Clause
 *
 *     CMD_LOCK_ALL             all shards
 *     EXEC                     those of all queued and all watched keys
 *     no keys                  none
 *     otherwise                the shards of the keys, in order, each once
 */
#include "command/locks.h"

#include "command/commands.h"
#include "command/keys.h"
#include "command/multi.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>

struct bt_slice *locks_room_for_keys(struct worker *w, size_t n)
{
    if (n > w->keys_cap) {
        struct bt_slice *keys;

        n = n > 2 * w->keys_cap ? n : 2 * w->keys_cap;
        keys = realloc(w->keys, n * sizeof *keys);

        if (!keys) {
            return NULL;
        }
        w->keys = keys;
        w->keys_cap = n;
    }
    return w->keys;
}

/* Keys that do not lie side by side, into the worker's own array. */
static struct bt_slice *gather(struct call *call, size_t first, size_t step,
                               size_t n)
{
    struct bt_slice *keys = locks_room_for_keys(call->worker, n);

    for (size_t i = 0; keys && i < n; i++) {
        keys[i] = call->argv[first + i * step];
    }
    return keys;
}

static enum tx_mode mode_of(const struct call *call)
{
    return call->command->flags & CMD_WRITE ? TX_WRITE : TX_READ;
}

/* Keys that are found by looking at the arguments. False: out of memory, told.
 * Arguments that the command will refuse name no keys: nothing is locked
 * then. */
static bool lock_found_keys(struct call *call)
{
    struct cmd_key_list list;
    bool ok = true;
    int r;

    cmd_keys_init(&list);
    r = cmd_keys_of(call->command, call->argv, call->argc, &list);
    if (r == CMD_KEYS_ALL) {
        tx_lock_all(call->tx, mode_of(call));
    } else if (r == 0 && list.n > 0) {
        struct bt_slice *keys = locks_room_for_keys(call->worker, list.n);

        for (size_t i = 0; keys && i < list.n; i++) {
            keys[i] = call->argv[list.at[i]];
        }
        ok = keys && tx_lock(call->tx, keys, list.n, mode_of(call)) == 0;
    }
    cmd_keys_fini(&list);
    return (ok && r != -ENOMEM) || cmd_oom(call);
}

/* False: out of memory, told. */
static bool lock_keys(struct call *call)
{
    const struct command *c = call->command;
    size_t first = (size_t)c->keys.first, step = (size_t)c->keys.step;
    size_t last = c->keys.last >= 0 ? (size_t)c->keys.last
                                    : call->argc - (size_t)-c->keys.last;
    size_t n = (last - first) / step + 1;
    struct bt_slice *keys = &call->argv[first];

    if (step > 1 && n > 1) {
        keys = gather(call, first, step, n);
    }
    if (!keys || tx_lock(call->tx, keys, n, mode_of(call)) != 0) {
        cmd_oom(call);
        return false;
    }
    return true;
}

bool locks_take(struct call *call)
{
    unsigned flags = call->command->flags;

    call->worker->wrote |= (flags & CMD_WRITE) != 0;
    if (flags & CMD_LOCK_ALL) {
        tx_lock_all(call->tx, mode_of(call));
        return true;
    }
    if (bt_unlikely(call->command->fn == cmd_exec)) {
        return multi_lock(call);
    }
    if (!cmd_keys_plain(call->command)) {
        return lock_found_keys(call);
    }
    /* The "keys" of CMD_PUBSUB are channels. */
    if (call->command->keys.first == 0 || flags & CMD_PUBSUB) {
        return true;
    }
    return lock_keys(call);
}
