/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/progress.h -- tells how it goes while the load runs.
 *
 * Threads    main.
 * Ownership  Keeps the run, and reads the series' points in the calls alone.
 */
#ifndef STRESS_PROGRESS_H
#define STRESS_PROGRESS_H

#include <stdint.h>

struct stress_options;
struct stress_progress;
struct stress_run;
struct stress_series;

/* Where several runs follow each other, none writes lines unless it was asked
 * to. */
void stress_progress_of_many(struct stress_options *o);

/* NULL (out of memory): nothing will be told. The calls below take that. */
struct stress_progress *stress_progress_new(const struct stress_run *run);
/* What is being done before the measured time begins. */
void stress_progress_note(struct stress_progress *p, const char *text);
/* Tells of the points that are new, and keeps a live view up to date. */
void stress_progress_show(struct stress_progress *p,
                          const struct stress_series *s);
/* When to call it next: at `until`, or before. */
uint64_t stress_progress_wake(const struct stress_progress *p, uint64_t until);
/* The screen is as it was before. */
void stress_progress_end(struct stress_progress **p);

#endif
