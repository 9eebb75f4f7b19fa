/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The heart of the program's speed. Requests are parsed a few at a time, so
 * that the memory of their keys comes while others are served; one then costs a
 * look at the quantum, the command, and a note that it is answered. Replies are
 * written into the library's buffer, which is told about them when it is full
 * and when the loop ends. A room is small against the pause mark, so
 * baton_more() sees a client that does not read soon enough.
 */
#include "command/serve.h"

#include "command/execute.h"
#include "command/helper.h"
#include "command/pubsub.h"
#include "command/service.h"
#include "command/worker.h"

#include <errno.h>

#define MAX_INLINE (64 * 1024)
#define MAX_ARGS   (1024 * 1024)
#define KEEP_BYTES (64 * 1024) /* a value worth keeping where it was read */

/* ---- Replies into the library's buffer ---- */

static char *sink_turn(void *ctx, size_t n, size_t need, size_t *room)
{
    if (n > 0) {
        baton_wrote(ctx, n);
    }
    if (need == 0) {
        return NULL;
    }
    return baton_room(ctx, need, room);
}

static void sink_ref(void *ctx, const char *p, size_t n,
                     void (*release)(void *), void *arg)
{
    baton_reply_ref(ctx, p, n, release, arg); /* a failure closes the client */
}

static const struct resp_sink sink = {sink_turn, sink_ref};

/* ---- Requests ---- */

/* Before AUTH the parser holds a client to 10 arguments of 16 KB: nobody gets
 * more memory than AUTH itself needs. */
static void set_limits(const struct service *s, const struct session *session,
                       struct resp_limits *l)
{
    l->unauthenticated = service_wants_auth(s, session);
    l->max_inline = MAX_INLINE;
    l->max_args = MAX_ARGS;
    /* Relaxed: any recent value. */
    l->max_bulk = atomic_load_explicit(&s->settings->proto_max_bulk_len,
                                       memory_order_relaxed);
}

static void protocol_error(struct call *call)
{
    struct batch *b = &call->worker->batch;
    struct cmd_counters *counters = &call->worker->counters;

    resp_errorf(call->out, "ERR %s", b->v[b->tail].request.error);
    cmd_count_add(&counters->errors, 1);
    cmd_count_error(counters, "ERR", 3);
}

/* ---- Large values stay where they were read ---- */

static void *take_input(void *arg)
{
    struct call *call = arg;

    return baton_take_input(call->client, call->offer->p, call->offer->n);
}

/* Looks for an argument that is nearly all of the request r, which must be the
 * last of what was read: then nobody else needs its bytes. */
static void run_large(struct call *call, const struct resp_request *r)
{
    struct db_offer offer = {.take = take_input, .arg = call};

    for (size_t i = 1; i < r->argc && i < 16; i++) {
        if (r->argv[i].n >= KEEP_BYTES && r->argv[i].n > r->consumed / 2) {
            offer.p = r->argv[i].p;
            offer.n = r->argv[i].n;
            call->offer = &offer;
        }
    }
    cmd_execute(call);
    call->offer = NULL;
}

/* Requests that make and drop large values may fill the memory in one pass. A
 * call that may have been slow is named before, as its arguments may lie in
 * input that was taken and goes now; afterwards nobody is: to release memory is
 * no call's time. */
static void give_back(struct call *call)
{
    timing_look(call);
    cmd_slow_begin(call);
    helper_poke(call->worker->service->helper);
    cmd_slow_end(call);
    timing_look(call);
}

/* Serves the requests of the batch, which were parsed from n bytes; false when
 * the client must wait before all of them were. Adds the bytes consumed to
 * *used. */
static bool serve_batch(struct call *call, size_t n, size_t *used)
{
    struct batch *b = &call->worker->batch;

    for (unsigned i = 0; i < b->n; i++) {
        const struct resp_request *r = &b->v[i].request;

        if (!baton_more(call->client)) {
            /* What follows is parsed again: its place has changed. */
            resp_partial_free(&call->session->partial);
            return false;
        }
        if (bt_likely(r->argc > 0)) {
            call->argv = r->argv;
            call->argc = r->argc;
            call->ahead = &b->v[i];
            do {
                bool last = *used + r->consumed == n;

                if (bt_unlikely(last && r->consumed > KEEP_BYTES)) {
                    run_large(call, r);
                } else {
                    cmd_execute(call);
                }
            } while (bt_unlikely(call->held) && !pause_park(call));
            if (bt_unlikely(call->held)) {
                resp_partial_free(&call->session->partial); /* as above */
                return false;
            }
            if (bt_unlikely(call->parked)) {
                call->parked = false;
                *used += r->consumed;
                batch_served(b, i);
                resp_partial_free(&call->session->partial); /* as above */
                return false;
            }
            baton_answered(call->client);
            if (bt_unlikely(db_must_leave(call->worker->db))) {
                give_back(call);
            }
        }
        *used += r->consumed;
        batch_served(b, i);
    }
    return true;
}

/* Serves what is there. The number of bytes consumed, or -EPROTO. */
static ssize_t serve(struct call *call, const char *p, size_t n)
{
    struct session *session = call->session;
    struct worker *w = call->worker;
    struct batch *b = &w->batch;
    struct resp_limits limits;
    size_t used = 0;
    bool served;

    do {
        set_limits(w->service, session, &limits);
        batch_parse(b, &session->partial, p + used, n - used, &limits,
                    limits.unauthenticated ? 1 : BATCH_MAX);
        batch_prefetch(b, w->db, session_db(session));
        served = serve_batch(call, n, &used);
        timing_look(call);
        if (!served) {
            return (ssize_t)used;
        }
        if (bt_unlikely(b->status == RESP_ERROR)) {
            protocol_error(call);
            return -EPROTO;
        }
    } while (b->status == RESP_OK && used < n);
    if (b->status == RESP_MORE) {
        baton_expect(call->client, b->want);
    }
    return (ssize_t)used;
}

static const struct call blank;

ssize_t serve_bytes(struct baton_client *c, const char *p, size_t n)
{
    struct worker *w = baton_client_worker_data(c);
    struct call call = blank; /* copied: to zero it takes a slow instruction */
    ssize_t used;

    call.client = c;
    call.session = baton_data(c);
    call.worker = w;
    call.out = &w->out;
    pubsub_renew_limits(c);
    resp_reply_begin(&w->out, &sink, c, session_proto(call.session));
    w->out.mute =
        session_flags(call.session) & (SESSION_REPLY_OFF | SESSION_REPLY_SKIP);
    timing_turn(&w->timing);
    used = serve(&call, p, n);
    resp_reply_end(&w->out);
    if (bt_unlikely(w->publisher.any)) {
        publisher_wake(&w->publisher);
    }
    return used;
}
