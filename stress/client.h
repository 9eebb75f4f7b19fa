/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/client.h -- one connection: opens, writes batches, reads replies.
 *
 * Threads    all of it: the thread of the worker that owns the client.
 * Ownership  The client owns its socket, its window and its buffers. An idle
 *            client holds no buffers.
 *
 *   down -> connecting -> greeting -> ready <-> busy
 *   ready -> leaving -> down, with --close half
 *   any of these -> down (closed, to be opened again) or gone (given up)
 *
 * Closed loop: a batch of up to `pipeline` requests goes out in one write; the
 * next one when all its replies are in. Open loop: a batch goes out when its
 * time has come, whatever is in flight. A connection that breaks is opened again, after
 * a growing pause; it is given up (gone) after so many failures in a row.
 */
#ifndef STRESS_CLIENT_H
#define STRESS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stress/listener.h"
#include "stress/resp.h"

struct stress_worker;

enum stress_client_state {
    STRESS_DOWN,
    STRESS_CONNECTING,
    STRESS_GREETING,
    STRESS_READY, /* nothing in flight */
    STRESS_BUSY,
    STRESS_LEAVING, /* our half is closed; the server's is waited for */
    STRESS_GONE
};

/* What a connection is for. */
enum stress_role {
    STRESS_LOAD,
    STRESS_CONSUMER,  /* takes elements from a list, one after another */
    STRESS_SUBSCRIBER /* listens to a channel */
};

/* One request in flight. */
struct stress_slot {
    uint64_t intended_at; /* closed loop: when it was made up */
    uint64_t sent_at;
    uint32_t key;
    uint32_t version; /* reads: the least that is right; else the one sent */
    uint32_t writer;  /* of an element or a message */
    uint8_t op;       /* of the workload */
    uint8_t act, part;
    char family;
    bool answered;
};

struct stress_client {
    enum stress_client_state state;
    enum stress_role role;
    int fd;
    bool queued; /* in the worker's list, to connect when others have */
    bool filled; /* connected, and its own keys set if that was asked for */
    unsigned failures; /* in a row */
    uint32_t id;
    uint32_t own_keys, next_fill;
    uint64_t random;
    uint32_t seq, seq_own; /* keys, when they come one after another */
    uint64_t served;       /* requests on this connection, while running */
    uint64_t total;        /* on all its connections */
    uint64_t expires_at;   /* it is to be opened anew; 0: never */
    uint64_t opened_at;    /* when connect was first called; 0: not yet */
    uint64_t retry_at;
    struct stress_client *wait_next;

    struct stress_slot *window; /* a ring: requests in flight, in order */
    uint32_t room;              /* of the window: a power of two, or 0 */
    uint32_t head, tail;  /* counted on and on; before head all are answered */
    uint32_t n_early;     /* answered beyond head */
    uint32_t after_early; /* behind the last of these */
    uint64_t replied_at;  /* when the last reply came */
    uint64_t batch_sent, batch_from; /* of the batch that is being answered */

    struct stress_listener *listener; /* or NULL */
    struct stress_parser parser;
    char *rest; /* of the input: a reply that is not whole yet */
    size_t rest_len, rest_room;
    char *unsent; /* of what was to be sent */
    size_t unsent_at, unsent_len, unsent_room;
};

static inline struct stress_slot *stress_slot(const struct stress_client *c,
                                              uint32_t i)
{
    return &c->window[i & (c->room - 1)];
}

static inline uint32_t stress_client_in_flight(const struct stress_client *c)
{
    return c->tail - c->head;
}

/* Makes room in the window for n more requests; 0 or -ENOMEM. */
int stress_client_reserve(struct stress_client *c, uint32_t n);

int stress_client_init(struct stress_client *c, struct stress_worker *w,
                       uint32_t id);
void stress_client_fini(struct stress_client *c);

/* Queues up to connect; the worker calls connect when it is its turn. */
void stress_client_open(struct stress_client *c, struct stress_worker *w);
void stress_client_connect(struct stress_client *c, struct stress_worker *w);
/* Of the loop: the socket takes bytes, or has some. In receive.c. */
void stress_client_event(struct stress_client *c, struct stress_worker *w,
                         unsigned what);
/* Ready or busy; and counts for the worker how many are busy. */
void stress_client_set_busy(struct stress_client *c, struct stress_worker *w,
                            bool on);
/* Closed loop, and filling: sends the next batch if the client is ready and
 * there is one. */
void stress_client_next(struct stress_client *c, struct stress_worker *w);
/* The measured time begins. */
void stress_client_begin(struct stress_client *c, struct stress_worker *w);
/* Open loop: whether the client can take a batch now; sends it. */
bool stress_client_takes(const struct stress_client *c,
                         const struct stress_worker *w);
void stress_client_arrival(struct stress_client *c, struct stress_worker *w,
                           uint64_t intended_at);
/* Closes, and gives up what was in flight: so many requests. */
unsigned stress_client_shut(struct stress_client *c, struct stress_worker *w);
/* The connection is of no further use: it is opened again later, or given up. */
void stress_client_fail(struct stress_client *c, struct stress_worker *w,
                        const char *why);
/* Time-outs and retries; called some ten times a second. */
void stress_client_tick(struct stress_client *c, struct stress_worker *w,
                        uint64_t now);

#endif
