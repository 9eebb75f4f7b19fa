/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/tally.h -- what one thread has counted.
 *
 * Threads    Counters and histograms: counted by the owner, read by any.
 *            Texts: the owner, and main once the owner has ended.
 */
#ifndef STRESS_TALLY_H
#define STRESS_TALLY_H

#include <stdatomic.h>
#include <stdint.h>

#include "stress/histogram.h"
#include "stress/verify.h"
#include "stress/workload.h"

enum stress_count {
    STRESS_READS, /* replies in the measured time, right or wrong */
    STRESS_WRITES,
    STRESS_DELIVERED, /* elements and messages */
    STRESS_LATE,      /* sent more than STRESS_LATE_NS after its time */
    STRESS_DROPPED,   /* never sent, though its time came */
    STRESS_NILS,
    STRESS_BYTES_IN,
    STRESS_BYTES_OUT,
    STRESS_OPENED, /* connections whose first reply came */
    STRESS_CLOSED, /* of these: not open any more */
    STRESS_RECONNECTS,
    STRESS_CONN_ERRORS,
    STRESS_REPLY_ERRORS,
    STRESS_UNANSWERED, /* requests in flight when their connection broke */
    STRESS_N_COUNTS
};

#define STRESS_LATE_NS    UINT64_C(1000000)
#define STRESS_TEXTS      16
#define STRESS_TEXT_BYTES 128

struct stress_tally {
    _Atomic uint64_t count[STRESS_N_COUNTS];
    _Atomic uint64_t fault[STRESS_N_FAULTS];
    struct stress_histogram service;        /* sent -> reply */
    struct stress_histogram op[STRESS_OPS]; /* the same of each command */
    struct stress_histogram delivery; /* due -> out of the list, or heard */
    struct stress_histogram response; /* open loop: intended -> reply */
    struct stress_histogram delay;    /* open loop: intended -> sent */
    struct stress_histogram
        calm; /* before rogues begin: response, or service */
    struct stress_histogram connect;
    unsigned n_texts;
    struct stress_text {
        char text[STRESS_TEXT_BYTES];
        uint64_t count;
    } text[STRESS_TEXTS]; /* the last one takes all that found no room */
};

void stress_tally_add(struct stress_tally *t, enum stress_count c, uint64_t n);
void stress_tally_fault(struct stress_tally *t, enum stress_fault f,
                        uint64_t n);
/* Remembers an error text; what is not printable ASCII becomes '?'. */
void stress_tally_text(struct stress_tally *t, const char *text, size_t len,
                       uint64_t n);

uint64_t stress_tally_get(const struct stress_tally *t, enum stress_count c);
uint64_t stress_tally_faults(const struct stress_tally *t, enum stress_fault f);

/* Adds the counters and histograms of one to another; texts too if asked. */
void stress_tally_merge(struct stress_tally *to,
                        const struct stress_tally *from, int texts);

#endif
