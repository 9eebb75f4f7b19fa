/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/record.h -- clients on threads of their own, and what they saw.
 */
#ifndef LINEAR_RECORD_H
#define LINEAR_RECORD_H

#include "history.h"

/* What may come in a history. */
enum mix {
    MIX_STRINGS = 1,
    MIX_WATCH = 2,
    MIX_LISTS = 4
};

struct plan {
    const char *path; /* the server's Unix socket */
    int clients, ops; /* operations of each client in one history */
    uint64_t seed;
    unsigned mix;
};

struct recorder;

/* Connects all clients and starts their threads. */
struct recorder *record_start(const struct plan *plan);

/* One history, with keys of its own; which of the mix comes in it is picked at
 * random. Returns the number of operations in ops (room for OPS_MAX). */
size_t record_history(struct recorder *r, struct op *ops);

void record_stop(struct recorder *r);

#endif
