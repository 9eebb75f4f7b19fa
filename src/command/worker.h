/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/worker.h -- what the service keeps for each worker thread.
 *
 * Threads    Made by the main thread before the workers start, freed after
 *            they ended. Used by its worker, except the counters, which any
 *            thread reads.
 */
#ifndef BATON_COMMAND_WORKER_H
#define BATON_COMMAND_WORKER_H

#include "command/command.h"
#include "db/db.h"
#include "resp/parse.h"
#include "resp/reply.h"

struct service;

struct worker {
    struct service *service; /* shared by all workers: command/service.h */
    struct db_thread *db;
    struct cmd_counters *counters;
    struct resp_request request; /* the argument vector, for all clients */
    struct resp_reply out;
};

#endif
