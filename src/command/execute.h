/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/execute.h -- runs one request.
 *
 * Purpose    Finds the command, checks what can be checked without running it,
 *            locks the shards of its keys, runs it, commits and counts.
 * Threads    The worker that owns the client.
 * Errors     All are replies. A request never closes the client by failing.
 */
#ifndef BATON_COMMAND_EXECUTE_H
#define BATON_COMMAND_EXECUTE_H

#include "command/command.h"

/* call: client, session, worker, argv, argc (at least 1) and out are set. */
void cmd_execute(struct call *call);

/* ---- For EXEC ---- */

/* Runs a command of the queue in the tx that is locked for all of it, and
 * counts it. command, argv, argc are set. */
void cmd_execute_queued(struct call *call);

#endif
