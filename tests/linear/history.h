/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/history.h -- what concurrent clients asked a server and were answered,
 * and the question whether one order of it all explains every answer.
 *
 * Purpose:   a history is linearizable if each operation can be given one moment
 *            between its call and its return so that the operations, in the order
 *            of these moments, behave as the sequential model says.
 * Threads:   none of this is shared; recorders fill operations of their own.
 * Values:    all values are numbers, written by whoever made them up only once
 *            (INCR adds to such a number), so that an answer names its writer.
 */
#ifndef LINEAR_HISTORY_H
#define LINEAR_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CLIENTS_MAX = 17, /* the last one looks at what is left at the end */
    OPS_MAX = 512,
    STEPS_MAX = 4,
    STRINGS = 2, /* keys 0 and 1 hold strings */
    LISTS = 2,   /* keys 2 and 3 hold lists */
    KEYS = STRINGS + LISTS,
    LIST_MAX = 128
};

#define NIL          INT64_MIN
#define WATCH_BROKEN 0x80

enum kind {
    OP_GET,   /* key -> value */
    OP_SET,   /* key, arg */
    OP_INCR,  /* key -> value */
    OP_DEL,   /* key -> 0 or 1 */
    OP_MSET,  /* key, arg, key2, arg2 */
    OP_MGET,  /* key, key2 -> value, value2 */
    OP_WATCH, /* key, and key2 unless that is -1 */
    OP_LPUSH, /* key, arg -> length */
    OP_RPUSH, /* key, arg -> length */
    OP_LPOP,  /* key -> value */
    OP_BLPOP, /* key, and key2 unless that is -1 -> value, key as value2 */
    OP_LLEN   /* key -> length */
};

/* One command and its answer. */
struct step {
    enum kind kind;
    int key, key2;
    int64_t arg, arg2;
    int64_t value, value2; /* the answer; NIL for a null */
};

/* One operation: a single command, or a whole EXEC. */
struct op {
    int client;
    bool exec;    /* steps are what was queued */
    bool aborted; /* the EXEC was answered with a null */
    int count;
    struct step steps[STEPS_MAX];
    int64_t call, ret; /* nanoseconds of one clock */
};

/* What the model knows. All bytes count when two states are compared, so what
 * is not in use is zero, and nothing is kept that makes no difference later: of
 * a client whose watch is broken only that. */
struct state {
    int64_t string[STRINGS];
    int64_t list[LISTS][LIST_MAX];
    uint16_t length[LISTS];
    uint8_t watched[CLIENTS_MAX]; /* a bit for each key, or WATCH_BROKEN */
};

enum verdict {
    LINEAR,
    NOT_LINEAR,
    UNDECIDED /* the search was given up */
};

/* All keys absent, nothing watched. */
void model_init(struct state *state);

/* Applies an operation; false if its answer cannot be had in this state, which
 * is then in no order. */
bool model_apply(struct state *state, const struct op *op);

/* Judges a history. *reached: how many operations the longest order explained. */
enum verdict history_check(const struct op *ops, size_t count, size_t *reached);

/* How many operations overlap in time with one of another client. */
size_t history_overlaps(const struct op *ops, size_t count);

/* Writes one line for each operation, in the order of their calls. */
void history_print(FILE *to, const struct op *ops, size_t count);

#endif
