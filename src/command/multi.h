/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/multi.h -- MULTI's queue and WATCH's keys of a client.
 *
 * Purpose    While a client is in MULTI, execute puts its commands here; EXEC
 *            locks the shards of all their keys and of all watched keys at
 *            once, looks whether a watched key was changed, and runs them as
 *            one tx.
 * Threads    The worker that owns the client. What others see of it for CLIENT
 *            LIST are the atomics `queued` and `dirty` of the session.
 * Ownership  Hangs off the session while there is something in it.
 */
#ifndef BATON_COMMAND_MULTI_H
#define BATON_COMMAND_MULTI_H

#include "command/session.h"

static inline bool multi_on(const struct session *s)
{
    /* Relaxed: the owner reads its own writes. */
    return atomic_load_explicit(&((struct session *)s)->queued,
                                memory_order_relaxed) != 0;
}

/* Is the call's command one that waits for EXEC? */
bool multi_queues(const struct call *call);
/* Queues it, and answers. */
void multi_queue(struct call *call);
/* A command was refused before it could be queued: EXEC will be, too. */
void multi_refused(struct call *call);
/* EXEC itself was refused, for the reason `text`. */
void multi_exec_refused(struct call *call, const char *text);
/* The flags of all commands queued. */
unsigned multi_flags(const struct session *s);

/* For EXEC: locks what the queued commands need. False: out of memory, told. */
bool multi_lock(struct call *call);

/* Forgets queue and watches; no lock is held. */
void multi_reset(struct session *s, struct db *db);

#endif
