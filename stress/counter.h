/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/counter.h -- counters that all connections increment.
 *
 * Purpose    N increments of a counter must bring each number from 1 to N once.
 *            While they run, a reply must lie above whatever was known when the
 *            request was sent, and not above what had been sent when it came;
 *            at the end the sum over all replies shows a number that came twice.
 * Threads    any.
 */
#ifndef STRESS_COUNTER_H
#define STRESS_COUNTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct stress_counters {
    uint32_t keys;
    _Atomic uint32_t *sent; /* increments */
    _Atomic uint32_t *seen; /* the highest value in any reply */
    _Atomic uint64_t sum;   /* over all replies, of a mix of key and number */
    atomic_bool unknown;    /* some increment had no answer */
};

int stress_counters_init(struct stress_counters *c, uint32_t keys);
void stress_counters_fini(struct stress_counters *c);

void stress_counter_send(struct stress_counters *c, uint32_t key);
/* The lowest number that a reply to a request sent now must exceed. */
uint32_t stress_counter_floor(const struct stress_counters *c, uint32_t key);
uint32_t stress_counter_sent(const struct stress_counters *c, uint32_t key);
void stress_counter_saw(struct stress_counters *c, uint32_t key, uint32_t value,
                        bool increment);
void stress_counter_unknown(struct stress_counters *c);
/* At the end: some number came twice (and another never), though each key ended
 * at the right one. */
bool stress_counters_twice(const struct stress_counters *c);

#endif
