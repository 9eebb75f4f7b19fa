/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/versus.h -- the same work on several servers, in turn.
 *
 * Purpose    baton-stress compare [NAME=]ADDRESS[@PID] ... [-- options]
 *            Rounds in which each server has its turn, the first one of each
 *            round another one, so that what else the machine does hits all of
 *            them; medians with quartiles, and ratios to the first server that
 *            are taken within a round.
 * Threads    main.
 */
#ifndef STRESS_VERSUS_H
#define STRESS_VERSUS_H

/* The exit status. */
int stress_versus_main(int argc, char **argv);

#endif
