/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/command.h -- one command of a workload: recognised and encoded once.
 *
 * Threads    main.
 */
#ifndef STRESS_COMMAND_H
#define STRESS_COMMAND_H

#include "stress/workload.h"

/* Makes an op of the words of a command; w learns what it implies. NULL, or
 * what is wrong with it. The op's bytes are the caller's to free. */
const char *stress_command_init(struct stress_op *op, char **words,
                                unsigned n_words, struct stress_workload *w);

#endif
