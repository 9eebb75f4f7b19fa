/* SPDX-License-Identifier: BSD-2-Clause
 *
 * resp/scan.h -- one call's work of the request parser; for resp/parse.c only.
 */
#ifndef BATON_RESP_SCAN_H
#define BATON_RESP_SCAN_H

#include "resp/parse.h"

#define RESP_STRICT_ARGS 10    /* before AUTH */
#define RESP_STRICT_BULK 16384 /* before AUTH */

struct resp_scan {
    const char *base, *p, *end;
    const struct resp_limits *limits;
    struct resp_request *req;
    size_t max_bulk; /* a longer one is looked at closely */
    size_t kept;     /* arguments in the partial, absent from req->argv */
    size_t argc;     /* arguments found, those included */
    size_t declared; /* arguments to come in all; 0: not known yet */
    size_t scanned;  /* from p: bytes known not to end the line */
    size_t bulk;     /* length of the bulk at p, if in_bulk */
    bool in_bulk;
    size_t want;
};

/* Goes on from where s stands, with room for argument s->argc - 1 in req. */
enum resp_status resp_scan(struct resp_scan *s);

/* Sets the request's error; RESP_ERROR. */
enum resp_status resp_scan_fail(struct resp_scan *s, const char *text);

/* Makes room for argument number i. False: out of memory. */
bool resp_scan_grow(struct resp_request *req, size_t i);

#endif
