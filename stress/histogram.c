/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/histogram.c -- durations in log-linear buckets.
 *
 * All counters are atomics with relaxed order, so that the progress line may
 * read them while the owner counts. There is one writer, hence a load and a
 * store in place of a locked add: the same instructions as a plain count.
 */
#include "stress/histogram.h"

static uint64_t get(const _Atomic uint64_t *a)
{
    /* Relaxed: a figure, nothing is published through it. */
    return atomic_load_explicit(a, memory_order_relaxed);
}

static void put(_Atomic uint64_t *a, uint64_t v)
{
    /* Relaxed: as above; only the owner stores. */
    atomic_store_explicit(a, v, memory_order_relaxed);
}

static unsigned highest_bit(uint64_t v)
{
    unsigned n = 0;

    for (unsigned step = 32; step > 0; step /= 2) {
        if (v >> step != 0) {
            v >>= step;
            n += step;
        }
    }
    return n;
}

static unsigned bucket_of(uint64_t v)
{
    unsigned shift;

    if (v >> STRESS_HIST_TOP != 0) {
        v = (UINT64_C(1) << STRESS_HIST_TOP) - 1;
    }
    if (v < 1u << STRESS_HIST_BITS) {
        return (unsigned)v;
    }
    shift = highest_bit(v) - STRESS_HIST_BITS;
    return (shift << STRESS_HIST_BITS) + (unsigned)(v >> shift);
}

/* The middle of a bucket. */
static double value_of(unsigned i)
{
    unsigned shift;
    uint64_t low;

    if (i < 2u << STRESS_HIST_BITS) {
        return i;
    }
    shift = (i >> STRESS_HIST_BITS) - 1;
    low = (uint64_t)(i - (shift << STRESS_HIST_BITS)) << shift;
    return (double)low + (double)(UINT64_C(1) << shift) / 2;
}

void stress_histogram_add(struct stress_histogram *h, uint64_t ns)
{
    _Atomic uint64_t *b = &h->bucket[bucket_of(ns)];

    put(b, get(b) + 1);
    put(&h->sum, get(&h->sum) + ns);
    if (~ns > get(&h->min)) {
        put(&h->min, ~ns);
    }
    if (ns > get(&h->max)) {
        put(&h->max, ns);
    }
}

void stress_histogram_merge(struct stress_histogram *to,
                            const struct stress_histogram *from)
{
    for (unsigned i = 0; i < STRESS_HIST_BUCKETS; i++) {
        put(&to->bucket[i], get(&to->bucket[i]) + get(&from->bucket[i]));
    }
    put(&to->sum, get(&to->sum) + get(&from->sum));
    if (get(&from->min) > get(&to->min)) {
        put(&to->min, get(&from->min));
    }
    if (get(&from->max) > get(&to->max)) {
        put(&to->max, get(&from->max));
    }
}

void stress_histogram_subtract(struct stress_histogram *h,
                               const struct stress_histogram *earlier)
{
    for (unsigned i = 0; i < STRESS_HIST_BUCKETS; i++) {
        put(&h->bucket[i], get(&h->bucket[i]) - get(&earlier->bucket[i]));
    }
    put(&h->sum, get(&h->sum) - get(&earlier->sum));
}

uint64_t stress_histogram_count(const struct stress_histogram *h)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < STRESS_HIST_BUCKETS; i++) {
        n += get(&h->bucket[i]);
    }
    return n;
}

double stress_histogram_quantile(const struct stress_histogram *h, double q)
{
    uint64_t count = stress_histogram_count(h), seen = 0, rank;
    double value = 0;

    if (count == 0) {
        return 0;
    }
    rank = (uint64_t)(q * (double)count);
    if ((double)rank < q * (double)count || rank == 0) {
        rank++;
    }
    for (unsigned i = 0; i < STRESS_HIST_BUCKETS && seen < rank; i++) {
        seen += get(&h->bucket[i]);
        value = value_of(i);
    }
    /* The middle of the outermost bucket may lie beyond the true extremes. */
    if (value > (double)get(&h->max)) {
        return (double)get(&h->max);
    }
    return value < (double)~get(&h->min) ? (double)~get(&h->min) : value;
}

double stress_histogram_top(const struct stress_histogram *h)
{
    for (unsigned i = STRESS_HIST_BUCKETS; i-- > 0;) {
        if (get(&h->bucket[i]) > 0) {
            return value_of(i);
        }
    }
    return 0;
}

void stress_histogram_each(const struct stress_histogram *h,
                           void (*fn)(void *arg, double ns, uint64_t count),
                           void *arg)
{
    for (unsigned i = 0; i < STRESS_HIST_BUCKETS; i++) {
        uint64_t n = get(&h->bucket[i]);

        if (n > 0) {
            fn(arg, value_of(i), n);
        }
    }
}

void stress_histogram_summary(const struct stress_histogram *h,
                              struct stress_summary *out)
{
    *out = (struct stress_summary){.count = stress_histogram_count(h)};
    if (out->count == 0) {
        return;
    }
    out->min = ~get(&h->min);
    out->max = get(&h->max);
    out->mean = (double)get(&h->sum) / (double)out->count;
    out->p50 = stress_histogram_quantile(h, 0.50);
    out->p90 = stress_histogram_quantile(h, 0.90);
    out->p99 = stress_histogram_quantile(h, 0.99);
    out->p999 = stress_histogram_quantile(h, 0.999);
}
