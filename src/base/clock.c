/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"

#include <time.h>

#if defined(CLOCK_MONOTONIC_COARSE)
#define COARSE CLOCK_MONOTONIC_COARSE
#elif defined(CLOCK_MONOTONIC_FAST)
#define COARSE CLOCK_MONOTONIC_FAST
#else
#define COARSE CLOCK_MONOTONIC
#endif

static uint64_t read_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t bt_now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

uint64_t bt_coarse_ns(void)
{
    return read_ns(COARSE);
}

uint64_t bt_coarse_step_ns(void)
{
    struct timespec t;

    if (clock_getres(COARSE, &t) != 0) {
        return 10000000u;
    }
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t bt_now_ms(void)
{
    return bt_now_ns() / 1000000u;
}

int64_t bt_real_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t bt_real_ms(void)
{
    return bt_real_us() / 1000;
}
