/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/load.h -- one run: from the first connection to the end check.
 *
 * Threads    main.
 */
#ifndef STRESS_LOAD_H
#define STRESS_LOAD_H

#include "stress/report.h"
#include "stress/worker.h"

/* Runs, and fills in the result, which is the caller's to free. Prints what
 * keeps it from running; 0 or -errno. */
int stress_load(struct stress_run *run, struct stress_result **result);
void stress_result_free(struct stress_result **result);

#endif
