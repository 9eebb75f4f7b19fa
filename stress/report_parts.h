/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/report_parts.h -- parts of the report for programs.
 *
 * Threads    main.
 */
#ifndef STRESS_REPORT_PARTS_H
#define STRESS_REPORT_PARTS_H

#include "stress/json.h"
#include "stress/report.h"

/* The percentiles of a histogram, on one line. */
void stress_json_latency(struct stress_json *j, const char *key,
                         const struct stress_histogram *h);
void stress_json_summary(struct stress_json *j, const char *key,
                         const struct stress_summary *s);

/* seconds, requests, rate, work. */
void stress_json_work(struct stress_json *j, const struct stress_result *r);
/* sends, connections, storm, fairness, misbehaving, generator, server, faults,
 * errors. */
void stress_json_counts(struct stress_json *j, const struct stress_result *r);

#endif
