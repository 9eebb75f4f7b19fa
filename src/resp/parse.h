/* SPDX-License-Identifier: BSD-2-Clause
 *
 * resp/parse.h -- requests out of a stream of bytes (RESP arrays of bulk
 * strings, and inline commands).
 *
 * Purpose    A request is parsed in place, without copies: arguments point into
 *            the caller's bytes. A request that arrives in many pieces is never
 *            parsed again from its start: how far the parser came is kept in a
 *            struct resp_partial, made only when a request is incomplete.
 * Threads    One at a time for each structure; no globals.
 * Ownership  The caller owns the bytes. resp_request owns its argument vector
 *            and is reused for all clients of a worker; *partial belongs to
 *            the client and is freed by resp_partial_free or when the request
 *            is complete.
 * Source     https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
#ifndef BATON_RESP_PARSE_H
#define BATON_RESP_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum resp_status {
    RESP_MORE,  /* incomplete: nothing consumed, come again with more bytes */
    RESP_OK,    /* one request in *req, `consumed` bytes */
    RESP_EMPTY, /* nothing asked (blank line, *0, *-1): `consumed` bytes */
    RESP_ERROR  /* req->error is the text after "-ERR "; close the client */
};

#define RESP_MAX_BULK   ((size_t)512 * 1024 * 1024)
#define RESP_MAX_INLINE ((size_t)64 * 1024)
#define RESP_MAX_ARGS   ((size_t)1024 * 1024)

struct resp_limits {
    size_t max_bulk;      /* proto-max-bulk-len [RESP_MAX_BULK] */
    size_t max_inline;    /* [RESP_MAX_INLINE]; count lines too */
    size_t max_args;      /* [RESP_MAX_ARGS] */
    bool unauthenticated; /* besides: at most 10 arguments of 16 KB each */
};

/* A zeroed structure is good for use. */
struct resp_request {
    struct bt_slice *argv; /* argc arguments, into the caller's bytes */
    size_t argc, cap;
    size_t consumed;
    char *text; /* the words of an inline command, unquoted */
    size_t text_cap;
    char error[128]; /* set with RESP_ERROR only */
};

struct resp_partial;

/* p[0..n) begins at a request's first byte; the same request's bytes come again
 * at the front (maybe at another address) with more behind after RESP_MORE.
 * *partial is NULL at the first call. On RESP_MORE, *want is set to how many
 * more bytes are known to be missing at least (>= 1), for the reader's buffer;
 * it is never to be allocated blindly: a client declared it. */
enum resp_status resp_parse(struct resp_partial **partial, const char *p,
                            size_t n, const struct resp_limits *limits,
                            struct resp_request *req, size_t *want);

void resp_partial_free(struct resp_partial **partial);
void resp_request_fini(struct resp_request *req);

#endif
