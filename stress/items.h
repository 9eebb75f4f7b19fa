/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/items.h -- what was pushed or published, and what has been delivered.
 *
 * Purpose    Each writer numbers its elements (or messages) from 1. Whether one
 *            has been delivered is one bit, so that a second time is noticed;
 *            another bit tells those whose fate is unknown, since their request
 *            was refused or never answered.
 * Threads    send: the writer's thread. Everything else: any thread.
 */
#ifndef STRESS_ITEMS_H
#define STRESS_ITEMS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define STRESS_CHUNKS 20 /* of 2^12, 2^13, ... items */

struct stress_bits {
    _Atomic(_Atomic uint64_t *) chunk[STRESS_CHUNKS];
};

struct stress_item_writer {
    _Atomic uint32_t sent;
    struct stress_bits delivered, unknown;
};

struct stress_items {
    uint32_t writers;
    struct stress_item_writer *writer;
    _Atomic uint64_t n_delivered;
    _Atomic uint64_t lost_pops; /* unanswered: each may have taken one along */
    _Atomic bool short_of_memory; /* the bits are not to be relied on */
};

int stress_items_init(struct stress_items *t, uint32_t writers);
void stress_items_fini(struct stress_items *t);

uint32_t stress_items_send(struct stress_items *t, uint32_t writer);
void stress_items_unknown(struct stress_items *t, uint32_t writer,
                          uint32_t number);
bool stress_items_is_unknown(const struct stress_items *t, uint32_t writer,
                             uint32_t number);
bool stress_items_was_sent(const struct stress_items *t, uint32_t writer,
                           uint32_t number);
/* false: it had been delivered before. */
bool stress_items_deliver(struct stress_items *t, uint32_t writer,
                          uint32_t number);
/* At the end: accepted, and never delivered. */
uint64_t stress_items_never(const struct stress_items *t);

#endif
