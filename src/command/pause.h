/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/pause.h -- CLIENT PAUSE: clients wait, workers do not.
 *
 * Purpose    While a pause is on, a request that it concerns is not begun: its
 *            client is parked with the request unread, and reads it again when
 *            the pause is over (its own timer) or was taken back.
 * Threads    Any worker. The pause is switched on with all shards locked, and a
 *            write asks again once it has its locks: so when CLIENT PAUSE
 *            answers, no write is under way anywhere.
 */
#ifndef BATON_COMMAND_PAUSE_H
#define BATON_COMMAND_PAUSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"
#include "base/sync.h"
#include "command/command.h"

enum pause_mode {
    PAUSE_NONE,
    PAUSE_WRITE, /* what may change data */
    PAUSE_ALL
};

struct pause {
    _Atomic int mode;          /* may still be set when the time is over */
    _Atomic uint64_t until_ms; /* monotonic */
    struct bt_mutex lock;      /* rank LOG; for changes of the two */
};

void pause_init(struct pause *p);
void pause_fini(struct pause *p);

/* The slow part of pause_holds. */
bool pause_concerns(struct pause *p, unsigned flags);

/* True when a command with these flags must wait. */
static inline bool pause_holds(struct pause *p, unsigned flags)
{
    /* Relaxed: a write asks under the locks, which order it; for the rest a
     * moment later is as good. */
    return bt_unlikely(atomic_load_explicit(&p->mode, memory_order_relaxed) !=
                       PAUSE_NONE) &&
           pause_concerns(p, flags);
}

/* Expired keys stay where they are meanwhile. */
bool pause_is_on(struct pause *p);

/* Parks the client of a call whose request was not begun. False: the pause is
 * over, try again. */
bool pause_park(struct call *call);

#endif
