/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/limit.h -- how much output may wait for a client.
 *
 * Threads    The worker.
 */
#ifndef BT_WORKER_LIMIT_H
#define BT_WORKER_LIMIT_H

#include <stddef.h>
#include <stdint.h>

struct baton_client;
struct baton_worker;

struct bt_limits {
    size_t hard, soft;
    unsigned soft_seconds;
    uint64_t soft_since; /* ns */
};

/* After more output, for a client that has limits. 0, or -ENOBUFS: that was too
 * much, and it is closing. */
int bt_over_limit(struct baton_worker *w, struct baton_client *c);
/* It has no output any more. */
void bt_leave_soft(struct baton_worker *w, struct baton_client *c);

/* Closes clients that are over their soft limit for too long. */
void bt_check_soft_limit(struct baton_worker *w, struct baton_client *c);

#endif
