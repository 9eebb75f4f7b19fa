/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/proof.h -- what is wrong if this reply is the answer to that request.
 *
 * Threads    any; what it knows is in the run.
 */
#ifndef STRESS_PROOF_H
#define STRESS_PROOF_H

#include "stress/resp.h"
#include "stress/value.h"
#include "stress/verify.h"

struct stress_run;
struct stress_slot;

/* What a right reply has shown. */
struct stress_proof {
    uint32_t version; /* or number */
    struct stress_stamp stamp;
    bool nothing; /* nil, or empty */
};

/* Changes nothing: a reply may be held against several requests. */
enum stress_fault stress_examine(const struct stress_run *run,
                                 const struct stress_slot *s,
                                 const struct stress_reply *r,
                                 struct stress_proof *proof);

#endif
