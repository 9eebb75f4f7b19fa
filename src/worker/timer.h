/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/timer.h -- at most one timer for each handle of a worker: a binary
 * heap by time, each handle knowing its place.
 *
 * Threads    The worker.
 */
#ifndef BT_WORKER_TIMER_H
#define BT_WORKER_TIMER_H

#include <stdint.h>

struct baton_client;

typedef void bt_timer_fn(struct baton_client *c);

struct bt_timers {
    struct bt_timer {
        uint64_t at; /* ns */
        struct baton_client *c;
        bt_timer_fn *fn;
    } * v;
    uint32_t n, cap;
};

void bt_timers_fini(struct bt_timers *t);
/* Replaces c's timer. 0 or -ENOMEM. */
int bt_timer_set(struct bt_timers *t, struct baton_client *c, uint64_t at,
                 bt_timer_fn *fn);
void bt_timer_cancel(struct bt_timers *t, struct baton_client *c);
/* When the first is due, UINT64_MAX: none. */
uint64_t bt_timers_next(const struct bt_timers *t);
/* Takes the first one out when it is due; NULL: none is. */
struct baton_client *bt_timers_pop(struct bt_timers *t, uint64_t now,
                                   bt_timer_fn **fn);

#endif
