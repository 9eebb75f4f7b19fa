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

#include "command/batch.h"
#include "command/command.h"
#include "command/histogram.h"
#include "command/stats.h"
#include "command/timing.h"
#include "command/topic.h"
#include "db/db.h"
#include "resp/parse.h"
#include "resp/reply.h"

struct service;

struct worker {
    struct service *service; /* shared by all workers: command/service.h */
    struct db_thread *db;
    struct batch batch; /* the requests at hand, for all clients */
    struct resp_reply out;
    struct tx tx;
    struct bt_slice *keys; /* of a command whose keys do not lie side by side */
    size_t keys_cap;
    struct {
        uint64_t limit;  /* when it looked last */
        int64_t until;   /* db_thread_bytes() at which to look again */
        unsigned calls;  /* since it looked */
    } room;              /* command/room.h */
    bool wrote;          /* some command of this pass may have changed data */
    atomic_bool pending; /* asleep with memory still to be released */
    struct publisher publisher;
    struct cmd_counters counters;
    struct timing timing;
    struct histograms histograms;
};

#endif
