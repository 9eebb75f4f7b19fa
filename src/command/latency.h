/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/latency.h -- the latency monitor: what took longer than
 * latency-monitor-threshold, and when.
 *
 * Threads    Any; a lock is held for a few stores.
 */
#ifndef BATON_COMMAND_LATENCY_H
#define BATON_COMMAND_LATENCY_H

#include <stdint.h>

#include "base/sync.h"

enum latency_event {
    LATENCY_COMMAND,
    LATENCY_FAST_COMMAND,
    LATENCY_N_EVENTS
};

#define LATENCY_SAMPLES 160 /* of each event are kept */

struct latency_sample {
    int64_t time; /* seconds since 1970 */
    uint64_t ms;
};

struct latency_series {
    unsigned n, next; /* used; the place of the next one */
    uint64_t max;
    struct latency_sample sample[LATENCY_SAMPLES];
};

struct latency {
    struct bt_mutex lock; /* rank LOG */
    struct latency_series series[LATENCY_N_EVENTS];
};

void latency_init(struct latency *l);
void latency_fini(struct latency *l);

/* It happened now and took so long. Of one second the worst is kept. */
void latency_add(struct latency *l, enum latency_event event, uint64_t ms);

#endif
