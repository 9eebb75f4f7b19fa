/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/gate.h -- what stands between a request and its command.
 *
 * Purpose    Finds the command, and asks all that can be asked without running
 *            it: is it one, has it as many arguments, may this user run it, may
 *            it stand in MULTI, is there memory, may a subscriber say it.
 * Threads    The worker that owns the client.
 * Errors     Are replies, and counted for the command when there is one.
 */
#ifndef BATON_COMMAND_GATE_H
#define BATON_COMMAND_GATE_H

#include <stdbool.h>

struct call;

/* Sets call->command (NULL: there is no such). False: it will not be run, and
 * the error is written. */
bool gate_pass(struct call *call);

/* May the client's user run call->command? False after the error. */
bool gate_may_run(struct call *call);

#endif
