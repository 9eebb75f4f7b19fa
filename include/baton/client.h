/* SPDX-License-Identifier: BSD-2-Clause
 *
 * baton/client.h -- client handles: what a service does with one connection.
 *
 * Threads    A struct baton_client * belongs to one worker at a time. Calls
 *            that take one are made on that worker only: inside the service's
 *            callbacks, timers and posted functions. Everybody else holds the
 *            64-bit id, which is never used twice, and gets copies.
 * Ownership  Handles belong to the library. A pointer is good until the
 *            service's close callback for it has returned, and on a worker that
 *            the client leaves until moved_out has.
 */
#ifndef BATON_CLIENT_H
#define BATON_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <baton/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct baton_server;
struct baton_worker;
struct baton_client;

/* A handle is in exactly one of these; doc/STATES.md draws the edges. */
enum baton_state {
    BATON_ACCEPTED, /* admitted, entered into the handle table */
    BATON_QUEUED,   /* on the dispatch ring */
    BATON_IDLE,     /* "idle": waits for the peer's next request */
    BATON_SERVING,  /* its worker serves its requests */
    BATON_BLOCKED,  /* parked by the service until it is resumed */
    BATON_MOVING,   /* on the way from one worker to another */
    BATON_CLOSING,  /* last words go out, input is thrown away */
    BATON_CLOSED,   /* out of the table, fd closed */
    BATON_N_STATES
};

/* "accepted", "queued", "idle", ... Any thread. */
const char *baton_state_name(enum baton_state state);

/* ---- What a client is ---- */

uint64_t baton_id(const struct baton_client *c);

/* The service's own part: client_size zeroed bytes, aligned for any type. */
void *baton_data(struct baton_client *c);

struct baton_server *baton_server_of(const struct baton_client *c);
struct baton_worker *baton_worker_of(const struct baton_client *c);

/* True when the peer is on this machine: a Unix domain socket, 127.0.0.0/8,
 * ::1, or an IPv4 loopback address mapped into IPv6. */
bool baton_is_local(const struct baton_client *c);

/* ---- Requests ----
 *
 * In bytes(), a service asks baton_more() before each request: false means that
 * it should stop and return what it consumed so far. The library calls again
 * when the reason has gone: the quantum of this pass is used up, output is over
 * the pause mark, the client is parked; not when it is closing. The call counts
 * the quantum. */
bool baton_more(struct baton_client *c);

/* In bytes(): c has had enough of this pass, baton_more() says no from here on
 * as if the quantum were used up. For requests that take long: the library
 * counts them and does not look at a clock. Elsewhere it does nothing. */
void baton_enough(struct baton_client *c);

/* ---- Large requests ----
 *
 * A large request that is not whole yet lies in an allocation of its own, which
 * grows as bytes arrive. */

/* In bytes(): at least n more bytes belong to the request that is left. A hint:
 * the allocation does not become larger than that, but is not made so large in
 * advance either, since it was a client that said n. */
void baton_expect(struct baton_client *c, size_t n);

/* In bytes(): the n bytes at p, part of the input, become the caller's together
 * with the allocation in which they lie, if that is the client's own and they
 * fill most of it. Returns that allocation, to be released by free(), by any
 * thread, or NULL: copy them. The input is readable until then, and the call must
 * consume all of it. */
void *baton_take_input(struct baton_client *c, const char *p, size_t n);

/* One service request message was received whole and answered. Call it once
 * for each request, also when the answer says nothing (a reply switched off)
 * and when a parked request is answered at last. */
void baton_answered(struct baton_client *c);

/* ---- Replies ----
 *
 * Replies leave in the order of the calls; those that c's callback makes leave
 * together when it returns. They may be made in any callback for c but
 * moved_out, and in functions posted to it, also while it is parked. Those that
 * come after the pass in which baton_close() was called are dropped, so in the
 * close callback, too. No call blocks; what the socket does not take is kept
 * and sent when it can. */

/* Appends a copy of n bytes. 0 (also when they are dropped), or -ENOMEM,
 * -ENOBUFS (over the hard limit): in both cases the client is closed with
 * BATON_LIMIT. */
int baton_reply(struct baton_client *c, const void *p, size_t n);

/* Appends n bytes without a copy. release(arg), which must be there, is called
 * exactly once, on the owner worker, when they are not needed any more, sent or
 * not: possibly before the call returns, whatever it returns. p must stay
 * unchanged until then. Worth it from some 16 KB. Returns as baton_reply(). */
int baton_reply_ref(struct baton_client *c, const void *p, size_t n,
                    void (*release)(void *arg), void *arg);

/* For writing replies in place: returns room for at least `need` bytes (need
 * <= 4096) and sets *room to what there is; baton_wrote(c, n), n <= *room,
 * takes the first n of them as reply. The room is good until the next call for
 * c, or for another client's room.
 * Never NULL: when memory is short or c is closing, the bytes go nowhere. */
char *baton_room(struct baton_client *c, size_t need, size_t *room);
void baton_wrote(struct baton_client *c, size_t n);

/* Bytes of reply that are not yet with the kernel. */
size_t baton_pending(const struct baton_client *c);

/* Limits for unsent output, in bytes; 0 = none. Over hard: closed at once. Over
 * soft for longer than soft_seconds: closed, about a second late at most. They
 * are judged at each reply, before it is sent. Default: none. */
void baton_output_limit(struct baton_client *c, size_t hard, size_t soft,
                        unsigned soft_seconds);

/* ---- Waiting ---- */

/* The request that is being served will be answered later: no further bytes
 * are given to the service until baton_resume(). Legal in bytes() only; bytes()
 * then returns with the parked request consumed. A parked client that closes
 * its side is closed without its answer; when the server stops it is, too. */
void baton_park(struct baton_client *c);

/* The same for a client that has its answer, but shall ask no more for a while:
 * it is not closed when it closes its side, and what it sent is served after
 * baton_resume(). */
void baton_hold(struct baton_client *c);

/* Ends a park or a hold; the client's remaining input is served in this pass or
 * the next. Nothing when c is not parked. */
void baton_resume(struct baton_client *c);

/* Calls fn(c) once on the owner worker in ms milliseconds (granularity about
 * 1 ms, never early), and not at all once the client is closed. One timer for
 * each client: a second call replaces the first, ms < 0 cancels. 0 or -ENOMEM,
 * and then no timer is set. */
int baton_timer(struct baton_client *c, long ms,
                void (*fn)(struct baton_client *c));

/* Exempts c from idle_seconds, or not (as at first): for clients that are there
 * to listen. */
void baton_keep(struct baton_client *c, bool on);

/* ---- The end ---- */

/* Closes c at the end of this pass. With BATON_QUIT, _PROTOCOL, _REFUSED,
 * _SERVICE and _SHUTDOWN the replies made in it and before are sent first and
 * the close lingers (bounded), so that the peer reads our last words. With
 * BATON_KILLED they are sent as far as the socket takes them at once, with the
 * others what is unsent is lost. The first reason stays. */
void baton_close(struct baton_client *c, enum baton_reason reason);

/* baton_close() was called, or a limit, an error or a kill had the same effect:
 * what is replied from now on may not be sent. For loops that make long
 * replies. */
bool baton_is_closing(const struct baton_client *c);

/* Asks that c be handed to worker `index` at the end of this pass, or of a
 * later one in which there is something to do for c, when it is idle or
 * blocked, has no timer, and its replies are sent. The last call counts. 0
 * (also when c is closing and will stay), -EINVAL (no such worker), -EALREADY
 * (it is there and stays: an earlier call is taken back). */
int baton_move(struct baton_client *c, unsigned index);

/* ---- From any thread ---- */

#define BATON_ADDR_MAX 128

/* A copy of what a handle was at one moment. Counters are since accept. */
struct baton_client_info {
    uint64_t id;
    int fd; /* for display only: the number is reused */
    enum baton_state state;
    int worker;                 /* index of the owner, -1 while queued */
    unsigned master;            /* index of the master socket it came from */
    bool local;                 /* see baton_is_local() */
    bool output_pending;        /* replies wait for the peer to read */
    uint64_t srm;               /* requests answered */
    uint64_t queued_us;         /* time spent on the dispatch ring */
    uint64_t age_ms, idle_ms;   /* since accept; since the last byte read; both
                                   in steps of 100 */
    size_t input_bytes;         /* kept of an unfinished request */
    size_t input_capacity;      /* allocated for it */
    size_t output_bytes;        /* unsent reply bytes */
    unsigned output_chunks;     /* 1 when there are any: not counted */
    char addr[BATON_ADDR_MAX];  /* peer "ip:port", "[ip6]:port"; Unix domain:
                                   the master's "path:0" */
    char laddr[BATON_ADDR_MAX]; /* ours */
};

/* Fills *out. 0, or -ENOENT when no such client lives. Any thread. */
int baton_info(struct baton_server *s, uint64_t id,
               struct baton_client_info *out);

/* Called for a handle while its shard of the handle table is locked: data (the
 * service's part) stays in place, but its owner may be running; it must be
 * read with care (atomics, or fields changed under baton_sync()). It may not
 * have been opened yet, or its close callback may have returned already. Must
 * not block and must not call the library, except baton_*_name(). Returns false
 * to end the walk. */
typedef bool baton_each_fn(const struct baton_client_info *info, void *data,
                           void *arg);

/* Visits up to n handles (bounded work: one shard a step at least) beginning
 * at *cursor, which starts as zeroes; returns how many were visited and sets
 * cursor->done at the end of the table. A handle that lives throughout is
 * visited exactly once, in no promised order; others at most once. (Without
 * memory for a list of its ids, a shard is left out.) Not a snapshot. Any
 * thread; nobody else is stopped for more than one shard. */
struct baton_cursor {
    unsigned shard;
    bool done;
    uint64_t last;
};
size_t baton_each(struct baton_server *s, struct baton_cursor *cursor, size_t n,
                  baton_each_fn *fn, void *arg);

/* The same for one id. 0 or -ENOENT. */
int baton_with(struct baton_server *s, uint64_t id, baton_each_fn *fn,
               void *arg);

/* Runs fn(data, arg) for c's service part under the lock that baton_each() and
 * baton_with() hold, so that they never see it half changed. Owner worker. */
void baton_sync(struct baton_client *c, void (*fn)(void *data, void *arg),
                void *arg);

/* Runs fn(c, arg) on the worker that owns the client, in the order of the posts
 * to this id from one thread, across moves; then release(arg), which also runs
 * (alone, on any thread of the server) when the client is closing or gone by
 * then; at the latest before baton_run() returns. release may be NULL.
 * 0, -ENOENT, -ENOMEM; on failure nothing was called and arg stays the
 * caller's. Any thread, never blocks for more than a shard's lock. */
typedef void baton_post_fn(struct baton_client *c, void *arg);
int baton_post(struct baton_server *s, uint64_t id, baton_post_fn *fn,
               void *arg, void (*release)(void *arg));

/* A post whose memory is taken in advance, for who must be able to reach a
 * client later. NULL: out of memory. Any thread. */
struct baton_message;
struct baton_message *baton_message_new(baton_post_fn *fn, void *arg,
                                        void (*release)(void *arg));
/* Posts what *m was made of, and sets *m to NULL. 0; or -ENOENT, and all stays
 * the caller's. Any thread. */
int baton_message_post(struct baton_server *s, uint64_t id,
                       struct baton_message **m);
/* For one that was not posted: release is not called. Sets *m, which may be
 * NULL, to NULL. */
void baton_message_free(struct baton_message **m);

/* Closes a client from any thread: baton_post() of baton_close(), which says
 * what becomes of its replies. 0, -ENOENT, -ENOMEM. */
int baton_kill(struct baton_server *s, uint64_t id, enum baton_reason reason);

#ifdef __cplusplus
}
#endif
#endif
