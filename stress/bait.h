/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/bait.h -- what clients that misbehave ask for.
 *
 * Threads    main, while the herd does not run.
 */
#ifndef STRESS_BAIT_H
#define STRESS_BAIT_H

struct stress_run;
struct stress_sync;

/* Sets one large value. Prints what is wrong; 0 or -EIO. */
int stress_bait(struct stress_run *run);
/* Deletes it, and what the slow writers wrote beside it; 0 or -errno. */
int stress_bait_remove(struct stress_run *run, struct stress_sync *s);

#endif
