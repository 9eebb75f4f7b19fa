/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/room.h -- maxmemory: room for what commands add.
 *
 * Purpose    Before a command that may need memory (CMD_DENYOOM) runs, keys are
 *            evicted until the data and the clients' buffers are below the
 *            limit; where the policy lets none go, the command is refused.
 * Measure    Logical memory: what is used, without what was given up and waits
 *            for its last reader. A worker asks for the sum of all threads only
 *            when it has itself added a part of what was free at its last look,
 *            so that all of them together stay below the limit.
 * Threads    room_make: a worker, holding no lock. The rest: any.
 */
#ifndef BATON_COMMAND_ROOM_H
#define BATON_COMMAND_ROOM_H

#include <stdbool.h>
#include <stdint.h>

struct db_thread;
struct service;
struct worker;

/* What counts against the limit. */
uint64_t room_used(struct service *s);

/* False: the limit is reached and nothing may go. */
bool room_make(struct worker *w);

/* A helper's: evicts for at most budget_us when the limit is passed, as after
 * CONFIG SET. True: more is to be done. */
bool room_make_slowly(struct service *s, struct db_thread *t,
                      unsigned budget_us);
bool room_is_short(struct service *s);

/* The options have changed. */
void room_options(struct service *s);

#endif
