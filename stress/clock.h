/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/clock.h -- one monotonic clock in nanoseconds, and small random
 * numbers.
 *
 * Threads    any. The random state belongs to whoever holds it.
 */
#ifndef STRESS_CLOCK_H
#define STRESS_CLOCK_H

#include <stdint.h>
#include <time.h>

#define STRESS_NS_PER_MS UINT64_C(1000000)
#define STRESS_NS_PER_S  UINT64_C(1000000000)

static inline uint64_t stress_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * STRESS_NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* Spreads every bit of x over the whole result (a bijection). */
static inline uint64_t stress_mix(uint64_t x)
{
    x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    return x ^ (x >> 32);
}

/* A Weyl sequence through the mixer: any state will do, 0 as well. */
static inline uint64_t stress_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return stress_mix(*state);
}

/* Evenly from 0 .. n-1 (the bias of 2^-32 does not matter here). */
static inline uint32_t stress_random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)(((stress_random(state) >> 32) * n) >> 32);
}

#endif
