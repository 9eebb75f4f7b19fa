/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/sync.h -- a plain conversation over one blocking connection.
 *
 * Purpose    What main asks before and after the load.
 * Threads    main.
 * Ownership  A reply's bytes are good until the next call.
 * Errors     0 or -errno; -ECONNRESET for a closed connection, -EPROTO,
 *            -ETIMEDOUT.
 */
#ifndef STRESS_SYNC_H
#define STRESS_SYNC_H

#include <stddef.h>

#include "stress/net.h"
#include "stress/resp.h"

struct stress_sync {
    int fd;
    struct stress_parser parser;
    char *buf;
    size_t at, len, room; /* unread bytes: at .. len */
};

int stress_sync_open(struct stress_sync *s, const struct stress_target *t,
                     double timeout);
void stress_sync_close(struct stress_sync *s);
int stress_sync_send(struct stress_sync *s, const char *buf, size_t len);
int stress_sync_reply(struct stress_sync *s, struct stress_reply *r);

#endif
