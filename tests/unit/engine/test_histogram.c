/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "net/histogram.h"

static struct bt_histogram h;

static uint32_t quantile(unsigned permille)
{
    uint64_t sum[BT_BUCKETS] = {0};

    bt_histogram_sum(&h, sum);
    return bt_histogram_quantile(sum, permille);
}

Test(histogram, empty_is_zero)
{
    cr_expect_eq(quantile(500), 0);
    cr_expect_eq(quantile(990), 0);
}

/* The answer is not below the value, and at most a quarter above it. */
Test(histogram, one_value_of_each_size)
{
    for (uint64_t v = 0; v <= UINT32_MAX; v += v / 16 + 1) {
        uint64_t sum[BT_BUCKETS] = {0};
        struct bt_histogram one = {0};
        uint32_t q;

        bt_histogram_add(&one, (uint32_t)v);
        bt_histogram_sum(&one, sum);
        q = bt_histogram_quantile(sum, 500);
        cr_expect_geq(q, v);
        cr_expect_leq(q, v + v / 4, "%u for %u", q, (unsigned)v);
    }
    bt_histogram_add(&h, UINT32_MAX);
    cr_expect_eq(quantile(1000), UINT32_MAX);
}

Test(histogram, quantiles)
{
    for (unsigned i = 0; i < 990; i++) {
        bt_histogram_add(&h, 3);
    }
    for (unsigned i = 0; i < 10; i++) {
        bt_histogram_add(&h, 1000);
    }
    cr_expect_eq(quantile(500), 3);
    cr_expect_eq(quantile(990), 3);
    cr_expect_geq(quantile(991), 1000);
    cr_expect_leq(quantile(991), 1250);
}

Test(histogram, sums_add_up)
{
    uint64_t sum[BT_BUCKETS] = {0}, total = 0;
    struct bt_histogram other = {0};

    for (unsigned i = 0; i < 100; i++) {
        bt_histogram_add(&h, i);
        bt_histogram_add(&other, i * 1000);
    }
    bt_histogram_sum(&h, sum);
    bt_histogram_sum(&other, sum);
    for (unsigned i = 0; i < BT_BUCKETS; i++) {
        total += sum[i];
    }
    cr_expect_eq(total, 200);
}
