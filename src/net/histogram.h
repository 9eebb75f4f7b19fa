/* SPDX-License-Identifier: BSD-2-Clause
 *
 * net/histogram.h -- how long handles waited on the dispatch ring.
 *
 * Threads    add: one writer for each histogram. sum: any thread.
 * Precision  Four buckets for each power of two: 25 % at worst.
 */
#ifndef BT_NET_HISTOGRAM_H
#define BT_NET_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#define BT_BUCKETS 128

struct bt_histogram {
    _Atomic uint32_t count[BT_BUCKETS];
};

void bt_histogram_add(struct bt_histogram *h, uint32_t us);
/* Adds h's counts to sum[BT_BUCKETS]. */
void bt_histogram_sum(const struct bt_histogram *h, uint64_t *sum);
/* The value (upper end of its bucket) below which `permille` of sum lie. */
uint32_t bt_histogram_quantile(const uint64_t *sum, unsigned permille);

#endif
