/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/schedule.h -- the open loop: sends what is due, whatever is in flight.
 *
 * Threads    the worker's.
 */
#ifndef STRESS_SCHEDULE_H
#define STRESS_SCHEDULE_H

struct stress_worker;

/* The measured time has begun. In a closed loop nothing is ever due. */
void stress_schedule_begin(struct stress_worker *w);
/* Sends all batches whose time (by w->now) has come. What nobody can take is
 * dropped when all have too much in flight, and waits while no connection
 * stands. */
void stress_schedule_send(struct stress_worker *w);
/* The time is up: what could not be sent never will be. */
void stress_schedule_drop_rest(struct stress_worker *w);

#endif
