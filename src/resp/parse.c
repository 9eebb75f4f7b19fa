/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Arguments found go into req->argv. Only when the request turns out to be
 * incomplete are they kept in a resp_partial, as offsets, because the bytes may
 * come again at another address. The next call adds only what is new, and the
 * last one fills in what was kept.
 */
#include "resp/parse.h"

#include "base/check.h"
#include "resp/scan.h"

#include <stdint.h>
#include <stdlib.h>

#define KEEP_ARGS 8192 /* a longer argument vector is not kept */

struct span {
    size_t at, n;
};

struct resp_partial {
    size_t pos;      /* all before it is parsed */
    size_t scanned;  /* from pos: bytes known not to end the line */
    size_t declared; /* arguments to come in all; 0: not known yet */
    size_t bulk;     /* length of the bulk at pos, if in_bulk */
    bool in_bulk;
    size_t n, cap; /* arguments found */
    struct span arg[];
};

/* Writes down how far s came. False: out of memory. */
static bool keep(struct resp_partial **partial, const struct resp_scan *s)
{
    struct resp_partial *k = *partial;

    if (!k || s->argc > k->cap) {
        size_t cap = s->argc < 4 ? s->argc : s->argc * 2;

        k = realloc(k, sizeof *k + cap * sizeof k->arg[0]);
        if (!k) {
            return false;
        }
        k->cap = cap;
        *partial = k;
    }
    for (size_t i = s->kept; i < s->argc; i++) {
        const struct bt_slice *a = &s->req->argv[i];

        k->arg[i] = (struct span){(size_t)(a->p - s->base), a->n};
    }
    k->n = s->argc;
    k->pos = (size_t)(s->p - s->base);
    k->scanned = s->scanned;
    k->declared = s->declared;
    k->bulk = s->bulk;
    k->in_bulk = s->in_bulk;
    return true;
}

static void take_up(const struct resp_partial *k, struct resp_scan *s)
{
    s->kept = s->argc = k->n;
    s->p = s->base + k->pos;
    s->scanned = k->scanned;
    s->declared = k->declared;
    s->bulk = k->bulk;
    s->in_bulk = k->in_bulk;
}

/* Puts what was kept in front of the arguments that this call found. */
static void fill_in(const struct resp_partial *k, const struct resp_scan *s)
{
    for (size_t i = 0; i < s->kept; i++) {
        s->req->argv[i] = bt_slice(s->base + k->arg[i].at, k->arg[i].n);
    }
}

/* A vector that one huge request made large is not kept for ever. */
static void cut_back(struct resp_request *req)
{
    if (bt_unlikely(req->cap > KEEP_ARGS)) {
        free(req->argv);
        req->argv = NULL;
        req->cap = 0;
    }
}

enum resp_status resp_parse(struct resp_partial **partial, const char *p,
                            size_t n, const struct resp_limits *limits,
                            struct resp_request *req, size_t *want)
{
    struct resp_scan s = {.base = p,
                          .p = p,
                          .end = p + n,
                          .limits = limits,
                          .req = req,
                          .max_bulk = limits->max_bulk};
    enum resp_status status;

    if (limits->unauthenticated && s.max_bulk > RESP_STRICT_BULK) {
        s.max_bulk = RESP_STRICT_BULK;
    }
    if (bt_likely(*partial == NULL)) {
        cut_back(req);
    } else {
        bt_assert((*partial)->pos + (*partial)->scanned <= n);
        take_up(*partial, &s);
        /* Whatever wrote to req in between, there must be a place to write. */
        if (s.argc > 0 && !resp_scan_grow(req, s.argc - 1)) {
            resp_partial_free(partial);
            return resp_scan_fail(&s, "out of memory");
        }
    }
    status = resp_scan(&s);
    if (bt_unlikely(status == RESP_MORE)) {
        *want = s.want;
        if (keep(partial, &s)) {
            return RESP_MORE;
        }
        status = resp_scan_fail(&s, "out of memory");
    }
    if (bt_unlikely(*partial != NULL)) {
        if (status == RESP_OK) {
            fill_in(*partial, &s);
        }
        resp_partial_free(partial);
    }
    req->argc = status == RESP_OK ? s.argc : 0;
    req->consumed = (size_t)(s.p - p);
    return status;
}

void resp_partial_free(struct resp_partial **partial)
{
    free(*partial);
    *partial = NULL;
}

void resp_request_fini(struct resp_request *req)
{
    free(req->argv);
    free(req->text);
    *req = (struct resp_request){0};
}
