/* SPDX-License-Identifier: BSD-2-Clause */
#include "resp/memory.h"

#include <stdlib.h>
#include <string.h>

#define LEAST   64
#define SCRATCH 4096 /* what a writer may ask for at once */

/* Where the bytes go when memory is out; nobody reads them. */
static _Thread_local char scratch[SCRATCH];

static bool reserve(struct resp_memory *m, size_t need)
{
    size_t cap = m->cap > 0 ? m->cap : LEAST;
    char *p;

    while (cap - m->n < need) {
        cap *= 2;
    }
    if (cap == m->cap) {
        return true;
    }
    p = realloc(m->p, cap);
    if (!p) {
        return false;
    }
    m->p = p;
    m->cap = cap;
    return true;
}

static char *turn(void *ctx, size_t n, size_t need, size_t *room)
{
    struct resp_memory *m = ctx;

    if (!m->failed) {
        m->n += n;
        m->failed = !reserve(m, need);
    }
    if (m->failed) {
        *room = SCRATCH;
        return scratch;
    }
    *room = m->cap - m->n;
    return m->p + m->n;
}

static void ref(void *ctx, const char *p, size_t n, void (*release)(void *),
                void *arg)
{
    struct resp_memory *m = ctx;

    if (!m->failed) {
        m->failed = !reserve(m, n);
    }
    if (!m->failed) {
        memcpy(m->p + m->n, p, n);
        m->n += n;
    }
    release(arg);
}

static const struct resp_sink sink = {turn, ref};

void resp_memory_begin(struct resp_memory *m, struct resp_reply *r, int proto)
{
    *m = (struct resp_memory){.p = NULL};
    resp_reply_begin(r, &sink, m, proto);
}

void resp_memory_end(struct resp_memory *m, struct resp_reply *r)
{
    resp_reply_end(r);
    if (m->failed) {
        resp_memory_fini(m);
        m->failed = true;
    }
}

void resp_memory_fini(struct resp_memory *m)
{
    free(m->p);
    *m = (struct resp_memory){.p = NULL};
}
