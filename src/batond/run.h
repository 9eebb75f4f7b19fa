/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/run.h -- a configured batond from its start to its end.
 *
 * Threads    Main.
 */
#ifndef BATON_BATOND_RUN_H
#define BATON_BATOND_RUN_H

#include "batond/conf.h"

/* Serves until it is told to stop. 0, or a negative errno with e filled in: it
 * could not start. */
int run(struct config *c, struct option_error *e);

#endif
