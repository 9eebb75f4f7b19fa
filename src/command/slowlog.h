/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/slowlog.h -- the log of slow commands.
 *
 * Purpose    Keeps the last commands that took long, with their arguments cut
 *            to what Redis keeps of them.
 * Threads    Any. A lock is held for a few pointers only.
 * Ownership  Entries are counted, so a reader shows them without the lock.
 * Errors     A command that there is no memory for is not logged.
 */
#ifndef BATON_COMMAND_SLOWLOG_H
#define BATON_COMMAND_SLOWLOG_H

#include <stdint.h>

#include "base/list.h"
#include "base/sync.h"
#include "command/command.h"

struct slowlog {
    struct bt_mutex lock;   /* rank LOG; over all that follows */
    struct bt_list entries; /* the newest at the end */
    size_t n;
    uint64_t next_id;
};

void slowlog_init(struct slowlog *log);
void slowlog_fini(struct slowlog *log);

/* Logs a call that took us microseconds, and drops what is too much for
 * slowlog-max-len. Owner worker of the call's client. */
void slowlog_add(struct slowlog *log, const struct call *call, uint64_t us);

#endif
