/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/inquire.h -- what the server itself tells of its workers.
 *
 * Threads    main.
 */
#ifndef STRESS_INQUIRE_H
#define STRESS_INQUIRE_H

#include <stdint.h>

#define STRESS_SHARES 256

/* Requests served by each worker since the server began; n 0: it does not
 * tell. */
struct stress_shares {
    unsigned n;
    uint64_t requests[STRESS_SHARES];
};

struct stress_run;

/* Asks on a connection of its own: "INFO baton", whose lines "workerN:" have a
 * field "srm=". */
void stress_inquire(struct stress_run *run, struct stress_shares *shares);

/* What came in between, in the place of what was at the end. */
void stress_shares_subtract(struct stress_shares *end,
                            const struct stress_shares *begin);

#endif
