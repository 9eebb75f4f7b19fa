/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bucket 0 is all below 2^6 ns, then come four for each power of two, the last
 * bucket is all from 2^30 ns on.
 */
#include "command/histogram.h"

#include "command/service.h"
#include "command/table.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LOG 6
#define LAST_LOG  30

static unsigned bucket(uint64_t ns)
{
    unsigned log = FIRST_LOG;

    if (ns >> FIRST_LOG == 0) {
        return 0;
    }
    if (ns >> LAST_LOG != 0) {
        return HISTOGRAM_BUCKETS - 1;
    }
    while (ns >> (log + 1)) {
        log++;
    }
    return 1 + (log - FIRST_LOG) * 4 + (unsigned)(ns >> (log - 2) & 3);
}

/* The least time that is above those of bucket b. */
static uint64_t upper_end(unsigned b)
{
    unsigned log = FIRST_LOG + (b - 1) / 4;

    if (b == 0) {
        return 1u << FIRST_LOG;
    }
    return (uint64_t)((b - 1) % 4 + 5) << (log - 2);
}

int histograms_init(struct histograms *h)
{
    h->epoch = 0;
    h->rows = calloc(cmd_rows(), sizeof *h->rows);
    return h->rows ? 0 : -ENOMEM;
}

void histograms_fini(struct histograms *h)
{
    for (size_t i = 0; h->rows && i < cmd_rows(); i++) {
        free(atomic_load(&h->rows[i]));
    }
    free(h->rows);
    h->rows = NULL;
}

static void empty(struct histograms *h, unsigned now)
{
    for (size_t i = 0; i < cmd_rows(); i++) {
        /* Relaxed: this worker stored it. */
        struct histogram *one =
            atomic_load_explicit(&h->rows[i], memory_order_relaxed);

        for (unsigned b = 0; one && b < HISTOGRAM_BUCKETS; b++) {
            /* Relaxed: the epoch tells when they may be read. */
            atomic_store_explicit(&one->n[b], 0, memory_order_relaxed);
        }
    }
    /* Release: whoever acquires the new epoch in histogram_sum sees them
     * empty. */
    atomic_store_explicit(&h->epoch, now, memory_order_release);
}

void histogram_add(struct histograms *h, unsigned now, size_t row, uint64_t ns,
                   unsigned weight)
{
    /* Relaxed: our own. */
    struct histogram *one =
        atomic_load_explicit(&h->rows[row], memory_order_relaxed);

    if (bt_unlikely(atomic_load_explicit(&h->epoch, memory_order_relaxed) !=
                    now)) {
        empty(h, now);
    }
    if (bt_unlikely(!one)) {
        one = calloc(1, sizeof *one);
        if (!one) {
            return;
        }
        /* Release: pairs with the acquire in histogram_sum. */
        atomic_store_explicit(&h->rows[row], one, memory_order_release);
    }
    cmd_count_add(&one->n[bucket(ns)], weight);
}

void histogram_sum(struct service *service, size_t row,
                   struct histogram_sum *out)
{
    unsigned now = atomic_load(&service->histogram_epoch);

    memset(out, 0, sizeof *out);
    for (unsigned w = 0; w < service->n_workers; w++) {
        struct histograms *h = &service->workers[w].histograms;
        /* Acquire: pair with the releases in empty() and histogram_add(). */
        struct histogram *one =
            atomic_load_explicit(&h->epoch, memory_order_acquire) == now
                ? atomic_load_explicit(&h->rows[row], memory_order_acquire)
                : NULL;

        for (unsigned b = 0; one && b < HISTOGRAM_BUCKETS; b++) {
            /* Relaxed: any recent value. */
            uint64_t n = atomic_load_explicit(&one->n[b], memory_order_relaxed);

            out->n[b] += n;
            out->total += n;
        }
    }
}

uint64_t histogram_percentile(const struct histogram_sum *s, double percent)
{
    double want = (double)s->total * percent / 100;
    uint64_t seen = 0;

    for (unsigned b = 0; b < HISTOGRAM_BUCKETS; b++) {
        seen += s->n[b];
        if (seen > 0 && (double)seen >= want) {
            return upper_end(b);
        }
    }
    return 0;
}

uint64_t histogram_below(const struct histogram_sum *s, unsigned log2)
{
    uint64_t seen = 0;

    for (unsigned b = 0; b < HISTOGRAM_BUCKETS - 1; b++) {
        if (upper_end(b) > UINT64_C(1) << log2) {
            return seen;
        }
        seen += s->n[b];
    }
    return log2 > LAST_LOG ? s->total : seen;
}
