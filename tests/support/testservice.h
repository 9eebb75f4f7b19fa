/* SPDX-License-Identifier: BSD-2-Clause
 *
 * testservice.h -- a service for tests of the engine. A request is a line:
 *
 *     echo TEXT      TEXT
 *     id             the client's id
 *     where          the index of its worker
 *     hold           holds the worker until the latch is opened; "held"
 *     park           parks; testservice_wake() posted to it answers "awake"
 *     move N         "moved", and asks to be moved to worker N
 *     big N          N zero bytes, copied
 *     ref N          N bytes, by reference; its release is counted
 *     turn           a number, one higher each time; ends the client's turn
 *     tick MS        "tick" after so long, by a timer
 *     limit H S T    sets the output limits; "ok"
 *     quit           "bye", and closes
 *     bad            is refused as a protocol error
 *
 * Threads    The counters are for any thread. One use in a process at a time.
 */
#ifndef BATON_TESTSERVICE_H
#define BATON_TESTSERVICE_H

#include <stdatomic.h>
#include <stdint.h>

#include <baton/baton.h>

/* So many bytes may be asked for by `big` and `ref`. */
#define TESTSERVICE_BYTES (1 << 20)

extern const struct baton_service testservice;

struct testservice_counts {
    atomic_uint setups, teardowns;
    atomic_uint workers_started, workers_stopped;
    atomic_uint opened, closed;
    atomic_uint moved_out, moved_in;
    atomic_uint refs, releases; /* baton_reply_ref() */
    atomic_uint holding;        /* workers that a `hold` keeps */
    atomic_uint reasons[BATON_N_REASONS];
};
extern struct testservice_counts testservice_counts;

/* `hold` waits while it is closed. */
extern atomic_bool testservice_latch;

/* For baton_post(): answers a parked request. */
void testservice_wake(struct baton_client *c, void *arg);

/* What `id` answers on this socket. */
uint64_t testservice_ask_id(int fd);

#endif
