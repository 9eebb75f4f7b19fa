/* SPDX-License-Identifier: BSD-2-Clause
 *
 * resp/reply.h -- values into bytes, RESP2 or RESP3.
 *
 * Purpose    Writes replies straight into the room that a sink gives, normally
 *            the worker's output buffer: no copy, no call for each small value.
 * Threads    One at a time for each structure.
 * Ownership  The sink's. A referenced value is released by the sink.
 * Source     https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
#ifndef BATON_RESP_REPLY_H
#define BATON_RESP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "base/slice.h"

struct resp_sink {
    /* n bytes of the last room were written; gives new room of at least `need`
     * (<= 4096) bytes and its size. Never NULL, but for a need of 0: then it is
     * the last turn. */
    char *(*turn)(void *ctx, size_t n, size_t need, size_t *room);
    /* Takes n bytes at p by reference. What was written before is given in a
     * turn before the call, and a turn with n = 0 follows it, since the call
     * may spoil the room. */
    void (*ref)(void *ctx, const char *p, size_t n, void (*release)(void *),
                void *arg);
};

struct resp_reply {
    char *p, *end; /* write here; p > start: not yet given to the sink */
    char *start;   /* of the room */
    int proto;     /* 2 or 3 */
    bool mute;     /* CLIENT REPLY OFF/SKIP: everything is thrown away */
    const struct resp_sink *sink;
    void *ctx;
    uint64_t errors; /* error replies written, for INFO */
};

/* Gets the first room. */
void resp_reply_begin(struct resp_reply *r, const struct resp_sink *sink,
                      void *ctx, int proto);
/* Gives what was written to the sink; r->p is good for more afterwards. */
void resp_reply_flush(struct resp_reply *r);
/* The same, and asks for the room anew: after the sink was used by others. */
void resp_reply_turn(struct resp_reply *r);
/* The same; nothing more may be written until the next begin. */
void resp_reply_end(struct resp_reply *r);

void resp_raw(struct resp_reply *r, const char *p, size_t n);
/* While mute is set nothing below writes; errors are still counted, and what
 * is given by reference is released. */
void resp_status(struct resp_reply *r, const char *text); /* +OK */
/* "-" is put in front; text begins with its code ("ERR ..."). CR, LF in it
 * become spaces. */
void resp_error(struct resp_reply *r, const char *text);
void resp_errorf(struct resp_reply *r, const char *fmt, ...) BT_PRINTF(2, 3);
void resp_int(struct resp_reply *r, int64_t v); /* :1 */
void resp_bulk(struct resp_reply *r, const char *p, size_t n);
void resp_bulk_str(struct resp_reply *r, const char *s);
/* A bulk whose bytes are referenced, not copied. */
void resp_bulk_ref(struct resp_reply *r, const char *p, size_t n,
                   void (*release)(void *), void *arg);
void resp_bulk_int(struct resp_reply *r, int64_t v); /* digits as a bulk */
void resp_null(struct resp_reply *r);                /* $-1 or _ */
void resp_null_array(struct resp_reply *r);          /* *-1 or _ */
void resp_array(struct resp_reply *r, size_t n);
void resp_map(struct resp_reply *r, size_t n);    /* RESP2: array of 2n */
void resp_set(struct resp_reply *r, size_t n);    /* RESP2: array */
void resp_push(struct resp_reply *r, size_t n);   /* RESP2: array */
void resp_bool(struct resp_reply *r, bool v);     /* RESP2: :1 :0 */
void resp_double(struct resp_reply *r, double v); /* RESP2: bulk */
/* "txt" or "mkd" in RESP3, a bulk in RESP2. */
void resp_verbatim(struct resp_reply *r, const char *format, const char *p,
                   size_t n);

#endif
