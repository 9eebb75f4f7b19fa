/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/timing.h -- how long commands take, and which take too long.
 *
 * Purpose    Reading the clock twice costs as much as a fast command does, yet
 *            SLOWLOG must not miss a slow one. So:
 *            - Commands that may have much to do by their nature are timed
 *              exactly, each call; of the others (fast ones, and those marked
 *              brief) so are calls with many or large arguments.
 *            - The rest is timed exactly once in STATS_SAMPLE calls, and such a
 *              call counts for as many in the statistics.
 *            - Behind a batch of requests, and behind a large reply, the
 *              system's tick is looked at, which is a load from memory. When it
 *              moved, the time since the look before is charged, less what was
 *              timed exactly, to the last call that was not.
 * Promise    A command that took slowlog-log-slower-than or more is logged. One
 *            that was not timed exactly may be logged though it took up to one
 *            tick (bt_coarse_step_ns()) less, and the time told may be as much
 *            too long; among several such calls in one pipeline, the entry
 *            names the last. With a threshold below one tick all calls are
 *            timed exactly.
 * Turns      The same looks end a client's turn when it has lasted for TURN_NS,
 *            so that the worker's other clients do not wait for a whole pipeline
 *            of slow commands. A single command is not divided, nor is EXEC.
 * Threads    The worker.
 */
#ifndef BATON_COMMAND_TIMING_H
#define BATON_COMMAND_TIMING_H

#include "command/command.h"
#include "command/stats.h"

struct worker;

struct timing {
    uint64_t tick;     /* at the last look */
    uint64_t timed_ns; /* in calls timed exactly since then */
    uint64_t slow_ns;  /* from here on somebody wants to know */
    uint64_t turn;     /* when the client's turn began; 0: not known yet */
    bool exact;        /* every call is timed */
    bool tracking;     /* latency-tracking */
    unsigned histogram_epoch;
    unsigned calls;                /* chooses whose time is taken */
    const struct batched *suspect; /* the last call not timed, or NULL */
    const struct command *suspect_row;
};

/* At the start of a pass. */
void timing_begin(struct worker *w);
/* Takes the options as they are now: a pass does so, and who changes them. */
void timing_options(struct worker *w);

/* At the start of a client's turn, without a look at the clock: what is known of
 * its time begins with the first call that is timed. */
static inline void timing_turn(struct timing *t)
{
    t->turn = 0;
}

/* How many calls this one's time stands for; 0: it is not taken. */
unsigned timing_weight(const struct call *call, const struct cmd_count *count);

/* A call that was timed. */
void timing_took(struct call *call, struct cmd_count *count, uint64_t start,
                 uint64_t end, unsigned weight);

/* A call that was not, and how many bytes it replied as far as is known. */
void timing_passed(struct call *call, size_t replied);

/* After a batch of requests, whose memory is still good. */
void timing_look(struct call *call);

#endif
