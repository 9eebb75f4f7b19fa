/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/run.h -- what all threads of a run share.
 *
 * Threads    Set by main before they start and only read then, save for what is
 *            atomic in the ledgers, and for the gate.
 */
#ifndef STRESS_RUN_H
#define STRESS_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "stress/choose.h"
#include "stress/client.h"
#include "stress/counter.h"
#include "stress/gate.h"
#include "stress/items.h"
#include "stress/net.h"
#include "stress/options.h"
#include "stress/value.h"
#include "stress/verify.h"
#include "stress/workload.h"

struct stress_run {
    struct stress_options options;
    struct stress_target target;
    struct stress_workload workload;
    struct stress_sizes sizes;
    uint32_t id; /* tells this run's keys and values from those of others */
    struct stress_choice choice, choice_own; /* of all keys; of a writer's */
    struct stress_ledger ledger[3];          /* families s, h, z */
    struct stress_counters counters;
    struct stress_items elements, messages;
    uint32_t n_load, n_consumers,
        n_subscribers; /* connections, in this order */
    uint32_t lists, channels;
    char *greeting; /* AUTH or HELLO, SELECT, PING */
    size_t greeting_len;
    unsigned greeting_replies; /* before that to PING */
    size_t batch_bytes;        /* room that any batch needs */
    unsigned n_audit;
    struct stress_op audit[6]; /* how each family is read at the end */
    uint64_t fault_at;         /* when rogues begin; 0: there are none */
    atomic_bool stop;          /* end early; set by main or a signal */
    atomic_uint quiet; /* threads whose requests have all been answered */
    struct stress_gate gate;
};

/* Everything beyond options and target. Prints what is wrong; 0 or -errno. */
int stress_run_init(struct stress_run *run);
void stress_run_fini(struct stress_run *run);

#endif
