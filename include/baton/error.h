/* SPDX-License-Identifier: BSD-2-Clause
 *
 * baton/error.h -- why a client handle was closed, and how errors are told.
 *
 * Every call that can fail returns 0 (or a count) on success and a negative
 * errno value on failure; none sets errno on purpose. A client handle is
 * closed for exactly one reason, the first that was given.
 */
#ifndef BATON_ERROR_H
#define BATON_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum baton_reason {
    BATON_EOF,      /* the peer closed its side and has its replies, or did so
                       while it was parked */
    BATON_ERROR,    /* a read or write failed (reset, timed out) */
    BATON_QUIT,     /* the peer asked for it */
    BATON_KILLED,   /* baton_kill() */
    BATON_TIMEOUT,  /* silent for longer than the idle time-out */
    BATON_LIMIT,    /* unsent output or unfinished input over a limit, or no
                       memory for it */
    BATON_PROTOCOL, /* bytes that the service cannot accept */
    BATON_REFUSED,  /* the service refused the client when it was opened */
    BATON_SERVICE,  /* the service closed it for a reason of its own */
    BATON_SHUTDOWN, /* the server stopped */
    BATON_N_REASONS
};

/* A lower-case word for a reason, fit for a counter's name. Any thread. */
const char *baton_reason_name(enum baton_reason reason);

#ifdef __cplusplus
}
#endif
#endif
