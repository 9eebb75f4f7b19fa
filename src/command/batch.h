/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/batch.h -- the next few requests of a pipeline.
 *
 * Purpose    Requests are parsed a few at a time before the first of them runs,
 *            and the memory that their keys live in is asked for meanwhile: a
 *            key that is in no cache costs more time than all the rest of a
 *            request, and so the waits for several of them overlap. With a
 *            single request the wait for its bucket and its shard's lock
 *            overlaps with what is to be asked before it may run.
 * Threads    The worker that it belongs to.
 * Ownership  The requests' argument vectors are the batch's; the bytes stay the
 *            caller's and must not change while the batch is served.
 */
#ifndef BATON_COMMAND_BATCH_H
#define BATON_COMMAND_BATCH_H

#include <stdint.h>

#include "db/db.h"
#include "resp/parse.h"

#define BATCH_MAX 16

struct command;

struct batch {
    unsigned n;    /* requests parsed */
    unsigned tail; /* the slot whose request is in `status` */
    enum resp_status
        status;  /* RESP_OK: more may follow; else what stopped it */
    size_t want; /* with RESP_MORE: bytes known to be missing */
    struct batched {
        struct resp_request request;   /* argc 0: nothing was asked */
        const struct command *command; /* NULL: not looked up */
        uint64_t hash;                 /* of the first key, when key is set */
        bool has_key;
    } v[BATCH_MAX];
};

void batch_fini(struct batch *b);

/* Parses up to max (1..BATCH_MAX) requests out of p[0..n). */
void batch_parse(struct batch *b, struct resp_partial **partial, const char *p,
                 size_t n, const struct resp_limits *limits, unsigned max);

/* Looks up the commands and asks for the memory of their first keys. */
void batch_prefetch(struct batch *b, struct db_thread *t, unsigned dbi);

/* The i-th request was served: what it needed too much of is given back. */
void batch_served(struct batch *b, unsigned i);

#endif
