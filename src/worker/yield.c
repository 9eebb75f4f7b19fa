/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/yield.h"

static void rest(struct bt_yield *y, uint32_t us)
{
    y->again = y->end + us * UINT64_C(1000);
    y->vain = 0;
}

/* Twice the last one, within bounds. */
static uint32_t longer(uint32_t last, uint32_t first, uint32_t most)
{
    if (last == 0) {
        return first;
    }
    return last < most / 2 ? last * 2 : most;
}

void bt_yield_done(struct bt_yield *y, uint64_t begin, uint64_t end)
{
    y->took = end > begin ? end - begin : 1;
    y->end = end;
}

static void was_long(struct bt_yield *y, unsigned n)
{
    if (n >= BT_YIELD_MANY && y->earned >= BT_YIELD_PRICE) {
        y->earned -= BT_YIELD_PRICE;
        return;
    }
    y->earned = 0;
    y->rest_us = longer(y->rest_us, BT_YIELD_REST_US, BT_YIELD_MOST_US);
    rest(y, y->rest_us);
}

static void was_vain(struct bt_yield *y)
{
    if (++y->vain == BT_YIELD_VAIN) {
        y->vain_us = longer(y->vain_us, BT_YIELD_SHORT_US, BT_YIELD_REST_US);
        rest(y, y->vain_us);
    }
}

static void was_useful(struct bt_yield *y)
{
    y->vain = 0;
    y->vain_us = 0;
    if (y->earned < BT_YIELD_PURSE) {
        y->earned++;
    } else {
        y->rest_us = 0; /* whoever computed there is gone */
    }
}

void bt_yield_found(struct bt_yield *y, unsigned n)
{
    uint64_t took = y->took;

    if (took == 0) {
        return;
    }
    y->took = 0;
    if (took >= BT_YIELD_LONG_NS) {
        was_long(y, n);
    } else if (n >= BT_YIELD_MANY) {
        was_useful(y);
    } else if (took < BT_YIELD_NOBODY_NS) {
        was_vain(y);
    } else {
        y->vain = 0;
    }
}
