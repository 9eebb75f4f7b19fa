/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/fairness.h -- whether all connections were served alike.
 *
 * Threads    main, when the workers have ended.
 */
#ifndef STRESS_FAIRNESS_H
#define STRESS_FAIRNESS_H

#include <stddef.h>
#include <stdint.h>

/* Requests per connection. Jain's index is 1 when all had the same, and 1/n
 * when one had all. */
struct stress_fairness {
    size_t n;
    uint64_t min, median, max;
    double jain;
};

/* Sorts the numbers. */
void stress_fairness(struct stress_fairness *f, uint64_t *requests, size_t n);

#endif
