/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/counter.c -- counters that all connections increment.
 */
#include "stress/counter.h"

#include <errno.h>
#include <stdlib.h>

#include "stress/clock.h"

int stress_counters_init(struct stress_counters *c, uint32_t keys)
{
    *c = (struct stress_counters){.keys = keys};
    c->sent = calloc(keys, sizeof(*c->sent));
    c->seen = calloc(keys, sizeof(*c->seen));
    return c->sent != NULL && c->seen != NULL ? 0 : -ENOMEM;
}

void stress_counters_fini(struct stress_counters *c)
{
    free(c->sent);
    free(c->seen);
    c->sent = c->seen = NULL;
}

void stress_counter_send(struct stress_counters *c, uint32_t key)
{
    atomic_fetch_add(&c->sent[key], 1);
}

uint32_t stress_counter_floor(const struct stress_counters *c, uint32_t key)
{
    return atomic_load(&c->seen[key]);
}

uint32_t stress_counter_sent(const struct stress_counters *c, uint32_t key)
{
    return atomic_load(&c->sent[key]);
}

static uint64_t mark(uint32_t key, uint32_t value)
{
    return stress_mix((uint64_t)key << 32 | value);
}

void stress_counter_saw(struct stress_counters *c, uint32_t key, uint32_t value,
                        bool increment)
{
    uint32_t seen = atomic_load(&c->seen[key]);

    while (seen < value &&
           !atomic_compare_exchange_weak(&c->seen[key], &seen, value)) {
    }
    if (increment) {
        atomic_fetch_add(&c->sum, mark(key, value));
    }
}

void stress_counter_unknown(struct stress_counters *c)
{
    atomic_store(&c->unknown, true);
}

bool stress_counters_twice(const struct stress_counters *c)
{
    uint64_t sum = 0;

    if (atomic_load(&c->unknown)) {
        return false;
    }
    for (uint32_t key = 0; key < c->keys; key++) {
        uint32_t n = atomic_load(&c->sent[key]);

        for (uint32_t v = 1; v <= n; v++) {
            sum += mark(key, v);
        }
    }
    return sum != atomic_load(&c->sum);
}
