/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/fairness.c -- whether all connections were served alike.
 */
#include "stress/fairness.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

void stress_fairness(struct stress_fairness *f, uint64_t *requests, size_t n)
{
    double sum = 0, squares = 0;

    *f = (struct stress_fairness){.n = n, .jain = 1};
    if (n == 0) {
        return;
    }
    qsort(requests, n, sizeof(*requests), compare);
    for (size_t i = 0; i < n; i++) {
        sum += (double)requests[i];
        squares += (double)requests[i] * (double)requests[i];
    }
    f->min = requests[0];
    f->median = requests[n / 2];
    f->max = requests[n - 1];
    f->jain = squares > 0 ? sum * sum / ((double)n * squares) : 1;
}
