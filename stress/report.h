/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/report.h -- tells people and programs what was found.
 *
 * Threads    main.
 */
#ifndef STRESS_REPORT_H
#define STRESS_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "stress/fairness.h"
#include "stress/herd.h"
#include "stress/inquire.h"
#include "stress/series.h"
#include "stress/worker.h"

struct stress_sweep;

struct stress_result {
    const struct stress_run *run;
    time_t began;
    struct stress_tally total;
    struct stress_series series;
    double seconds, cpu_seconds; /* both of the measured time */
    double busiest;              /* share of its time, of the busiest thread */
    double server_cpu;           /* seconds; -1: not known */
    uint64_t server_memory;      /* bytes at the end; 0: not known */
    uint64_t end_checked;
    struct stress_herd_result herd;
    struct stress_fairness fairness;
    struct stress_shares shares; /* of the server's workers, if it tells */
    bool interrupted;
};

uint64_t stress_result_requests(const struct stress_result *r);
/* No reply was wrong, refused or missing. */
bool stress_result_clean(const struct stress_result *r);
/* All replies were right, and there were some. */
bool stress_result_ok(const struct stress_result *r);
/* Requests that were to be sent in the measured time. */
uint64_t stress_result_intended(const struct stress_result *r);
/* Of healthy clients, since others have misbehaved; the caller frees it. NULL:
 * out of memory. */
struct stress_histogram *stress_result_disturbed(const struct stress_result *r);
/* What the reader must know of the generator itself, or NULL. */
const char *stress_result_warning(const struct stress_result *r);
/* "ok", or what was wrong. */
void stress_result_verdict(const struct stress_result *r, char *to,
                           size_t room);
void stress_report_text(const struct stress_result *r, FILE *f);
/* JSON (json.c); its keys are documented in baton-stress(1). */
void stress_report_json(const struct stress_result *r,
                        const struct stress_sweep *sweep, FILE *f);

#endif
