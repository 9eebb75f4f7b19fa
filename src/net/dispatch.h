/* SPDX-License-Identifier: BSD-2-Clause
 *
 * net/dispatch.h -- carries accepted sockets from the acceptor to the workers.
 *
 * Purpose    One bounded lock-free ring (ck_ring, one producer, many consumers)
 *            and a seat for each worker: what it publishes about itself, and
 *            its wake-up. The seats decide who takes, before anything is
 *            popped.
 * Threads    room, push, rouse, mark_full: acceptor. take, pass_begins,
 *            may_sleep, awake: the seat's worker. wake, depth, counters: any.
 * Ownership  push takes the handle (*c becomes NULL); on failure it stays the
 *            caller's. take gives handles to the caller.
 * Errors     push: 0, -EAGAIN (full). Nothing blocks, nothing is allocated
 *            after init.
 * Ordering   push releases, take acquires: what was written to a handle before
 *            push is seen after take.
 * Limits     The ring holds size - 1 handles.
 *
 * Sleeping   Sleeper: asleep, full fence, look at ring and inbox again, then
 *            poll. Waker: enqueue, full fence, compare-and-swap one worker from
 *            asleep to waking; the winner writes the wake-up. A worker that is
 *            not asleep is never written to.
 * Sharing    What is queued is poured like water: a worker's quota in a pass is
 *            what brings it to the level of the others that are present and
 *            have fewer handles than it would have then. A worker whose pass is
 *            older than a millisecond counts as absent; an item older than that
 *            is for anybody.
 */
#ifndef BT_NET_DISPATCH_H
#define BT_NET_DISPATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <ck_ring.h>

#include "net/histogram.h"
#include "os/wake.h"

struct baton_client;

#define BT_TAKE_MAX 16

enum {
    BT_AWAKE,  /* in a pass */
    BT_ASLEEP, /* only a wake-up ends its wait */
    BT_WAKING  /* will begin a pass as soon as it runs */
};

struct bt_seat {
    /* One of the above. Seats share no cache line. */
    _Alignas(64) _Atomic unsigned sleep;
    _Atomic unsigned handles;    /* its own, for the sharing out */
    _Atomic uint64_t pass_began; /* ns */
    struct bt_wake wake;
    struct bt_histogram wait; /* µs on the ring; written by the worker */
};

struct bt_dispatch {
    struct ck_ring ring;
    struct ck_ring_buffer *slots;
    _Atomic uint64_t *pushed_at; /* ns, by slot: a hint of the oldest's age */
    unsigned size;
    unsigned n_seats;
    struct bt_seat *seats;
    struct bt_wake *acceptor;    /* woken when a full ring is half empty */
    _Atomic unsigned full;       /* the acceptor waits for room */
    _Atomic uint64_t times_full; /* acceptor writes */
};

/* ---- Setup: main thread, before start and after join ---- */
int bt_dispatch_init(struct bt_dispatch *d, unsigned size, unsigned seats,
                     struct bt_wake *acceptor);
void bt_dispatch_fini(struct bt_dispatch *d); /* the ring must be empty */

/* ---- Acceptor ---- */
bool bt_dispatch_room(struct bt_dispatch *d);
int bt_dispatch_push(struct bt_dispatch *d, struct baton_client **c,
                     uint64_t now);
/* Wakes as few sleeping workers as what is queued needs, at least one. */
void bt_dispatch_rouse(struct bt_dispatch *d);
/* Announces that the acceptor waits; false: there is room after all. */
bool bt_dispatch_wait_for_room(struct bt_dispatch *d);

/* ---- The seat's worker ---- */
void bt_dispatch_pass_begins(struct bt_dispatch *d, unsigned seat,
                             uint64_t now);
/* Up to BT_TAKE_MAX handles into out; `all`: without regard to the others (the
 * server drains). Adds them to the seat's handles. */
unsigned bt_dispatch_take(struct bt_dispatch *d, unsigned seat, uint64_t now,
                          bool all, struct baton_client **out);
/* Announces a sleep. After it, look at every queue again; then wait; then call
 * bt_dispatch_awake(). */
void bt_dispatch_falls_asleep(struct bt_dispatch *d, unsigned seat);
void bt_dispatch_awake(struct bt_dispatch *d, unsigned seat);

/* ---- Any thread ---- */
unsigned bt_dispatch_depth(const struct bt_dispatch *d);
/* Ends the worker's sleep, if it sleeps. Put what it shall see in place
 * first. */
void bt_dispatch_wake(struct bt_dispatch *d, unsigned seat);

#endif
