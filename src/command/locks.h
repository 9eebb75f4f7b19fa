/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/locks.h -- the locks that a command runs under.
 *
 * Purpose    A command never locks: which shards are locked, and how, follows
 *            from its row alone.
 * Threads    The worker that owns the client.
 */
#ifndef BATON_COMMAND_LOCKS_H
#define BATON_COMMAND_LOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct call;
struct worker;

/* Locks what call->command needs, in call->tx; not for CMD_LOCKFREE, which
 * needs nothing. False: out of memory, told. */
bool locks_take(struct call *call);

/* The worker's array for keys, with room for n of them; NULL: no memory. What
 * stands in it stays. */
struct bt_slice *locks_room_for_keys(struct worker *w, size_t n);

#endif
