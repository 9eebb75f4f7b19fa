/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/batch.h"

#include "command/command.h"
#include "command/table.h"

#define LONG_REQUEST 64   /* arguments; ends a batch */
#define KEEP_ARGS    8192 /* a longer argument vector is not kept */

void batch_fini(struct batch *b)
{
    for (unsigned i = 0; i < BATCH_MAX; i++) {
        resp_request_fini(&b->v[i].request);
    }
}

void batch_parse(struct batch *b, struct resp_partial **partial, const char *p,
                 size_t n, const struct resp_limits *limits, unsigned max)
{
    const char *end = p + n;

    b->n = 0;
    b->status = RESP_OK;
    while (b->n < max && p < end) {
        struct batched *e = &b->v[b->n];

        b->tail = b->n;
        b->status = resp_parse(partial, p, (size_t)(end - p), limits,
                               &e->request, &b->want);
        if (b->status == RESP_MORE || b->status == RESP_ERROR) {
            return;
        }
        if (b->status == RESP_EMPTY) {
            e->request.argc = 0;
            b->status = RESP_OK;
        }
        e->command = NULL;
        e->has_key = false;
        p += e->request.consumed;
        b->n++;
        if (e->request.argc > LONG_REQUEST) {
            return;
        }
    }
}

/* The first key's hash, and its bucket on the way. */
static void look_ahead(struct batched *e, struct db_thread *t, unsigned dbi)
{
    size_t first;

    if (e->request.argc == 0) {
        return;
    }
    e->command = cmd_find(e->request.argv[0]);
    if (!e->command || e->command->keys.first <= 0) {
        return;
    }
    first = (size_t)e->command->keys.first;
    if (first < e->request.argc) {
        e->hash = db_hash(t, e->request.argv[first]);
        e->has_key = true;
        db_prefetch_bucket(t, dbi, e->hash, e->command->flags & CMD_WRITE);
    }
}

void batch_prefetch(struct batch *b, struct db_thread *t, unsigned dbi)
{
    for (unsigned i = 0; i < b->n; i++) {
        look_ahead(&b->v[i], t, dbi);
    }
    if (b->n == 1) { /* its bucket has not come yet */
        return;
    }
    for (unsigned i = 0; i < b->n; i++) {
        if (b->v[i].has_key) {
            db_prefetch_entry(t, dbi, b->v[i].hash);
        }
    }
}

void batch_served(struct batch *b, unsigned i)
{
    if (b->v[i].request.cap > KEEP_ARGS) {
        resp_request_fini(&b->v[i].request);
    }
}
