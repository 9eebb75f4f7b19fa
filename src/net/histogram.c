/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/histogram.h"

/* Values below 4 have a bucket of their own. */
static unsigned bucket(uint32_t us)
{
    unsigned log = 2;

    if (us < 4) {
        return us;
    }
    while ((uint64_t)us >> (log + 1)) {
        log++;
    }
    return (log - 1) * 4 + ((us >> (log - 2)) & 3);
}

static uint32_t upper_end(unsigned b)
{
    unsigned log = b / 4 + 1;

    if (b < 4) {
        return b;
    }
    return (uint32_t)((((uint64_t)(b & 3) + 5) << (log - 2)) - 1);
}

void bt_histogram_add(struct bt_histogram *h, uint32_t us)
{
    _Atomic uint32_t *c = &h->count[bucket(us)];

    /* One writer: no need for a locked addition. */
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

void bt_histogram_sum(const struct bt_histogram *h, uint64_t *sum)
{
    for (unsigned i = 0; i < BT_BUCKETS; i++) {
        sum[i] += atomic_load_explicit(&h->count[i], memory_order_relaxed);
    }
}

uint32_t bt_histogram_quantile(const uint64_t *sum, unsigned permille)
{
    uint64_t total = 0, seen = 0, want;

    for (unsigned i = 0; i < BT_BUCKETS; i++) {
        total += sum[i];
    }
    want = (total * permille + 999) / 1000;
    for (unsigned i = 0; i < BT_BUCKETS && total; i++) {
        seen += sum[i];
        if (seen >= want) {
            return upper_end(i);
        }
    }
    return 0;
}
