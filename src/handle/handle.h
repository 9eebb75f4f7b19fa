/* SPDX-License-Identifier: BSD-2-Clause
 *
 * handle/handle.h -- the record of one data socket: everything a client is.
 *
 * Threads    Made by the acceptor, which hands it over through the dispatch
 *            ring; from then on it belongs to the worker in `owner`. Fields
 *            marked (any) are atomics that other threads read; `msgs`, `node`
 *            and `notified` are also written by them (handle/message.h). All
 *            others are the owner's alone.
 * Ownership  bt_handle_new .. bt_handle_free. After the handle left the table
 *            it is freed through the reclaim record, when no reader is left and
 *            `notified` is clear.
 * Size       An idle client costs this, the service's part, and a slot in the
 *            table; buffers exist only while something is unfinished.
 */
#ifndef BT_HANDLE_HANDLE_H
#define BT_HANDLE_HANDLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ck_stack.h>

#include <baton/client.h>
#include <baton/service.h>

#include "base/addr.h"
#include "base/check.h"
#include "base/list.h"
#include "handle/state.h"

struct bt_input;
struct bt_limits;
struct bt_outq;
struct baton_message;
struct baton_worker;

/* What handles of one master socket have in common. */
struct bt_origin {
    struct baton_server *server;
    const struct baton_service *service;
    unsigned master;        /* index of the master socket */
    unsigned service_index; /* of the service within the server */
    const char *path;       /* Unix domain: the path */
    struct bt_addr addr;
    _Atomic uint64_t accepted; /* acceptor writes, (any) reads */
    _Atomic uint64_t live;
};

enum {                     /* owner only */
    BT_READABLE = 1 << 0,  /* the socket may have more to read */
    BT_WRITABLE = 1 << 1,  /* output waits and the socket may take it */
    BT_HUNGUP = 1 << 2,    /* EOF or an error is due: read to the end */
    BT_EOF_SEEN = 1 << 3,  /* read returned 0 */
    BT_STOPPED = 1 << 4,   /* baton_more() said no: input is left to serve */
    BT_PARKED = 1 << 5,    /* waits for baton_resume() */
    BT_READY = 1 << 6,     /* on the worker's ready list */
    BT_ENDING = 1 << 7,    /* baton_close() was called */
    BT_LINGERING = 1 << 8, /* last words are out, waiting for EOF */
    BT_OUT_ASKED = 1 << 9, /* the poller tells writability */
    BT_OPENED = 1 << 10,   /* service->open was called */
    BT_UNLISTED = 1 << 11, /* refused at max_clients: not in the table */
    BT_MOVE = 1 << 12,     /* to be handed to worker `target` */
    BT_PAUSED = 1 << 13,   /* stopped by the pause mark */
    BT_DRAIN = 1 << 14,    /* the server stops: serve drain_left, then close */
    BT_DEAD = 1 << 15, /* closed, readers gone; freed when notified clears */
    BT_GONE = 1 << 16, /* nothing more to say or hear: close the fd */
    BT_SOFT_OVER = 1 << 17, /* output is over its soft limit */
    BT_HELD = 1 << 18,      /* parked, but nothing is owed */
    BT_KEEP = 1 << 19       /* may be idle for ever */
};

#define BT_NO_TIMER UINT32_MAX
#define BT_SINCE    0x80000000u /* 31 bits of the clock, in microseconds */

struct baton_client {
    uint64_t id;
    struct bt_origin *origin;
    _Atomic(struct baton_worker *) owner; /* NULL until a worker took it */
    int fd;
    _Atomic uint8_t state;    /* enum baton_state (any) */
    _Atomic uint8_t notified; /* node is in an inbox (any) */
    uint8_t reason;
    uint8_t was; /* the state that a move began in */
    uint32_t flags;
    uint32_t timer; /* place in the worker's heap */
    uint16_t target;
    struct bt_list link; /* all handles of the worker */
    union {
        struct baton_client *next_ready; /* on the ready list */
        ck_stack_entry_t arrival;        /* while moving: never ready then */
    };
    struct bt_input *in; /* unfinished input, else NULL */
    struct bt_outq *out; /* unsent output, else NULL */
    _Atomic(struct baton_message *) msgs;
    ck_stack_entry_t node; /* in the owner's inbox, or among its arrivals */
    struct bt_limits *limits;
    _Atomic uint64_t srm;      /* (any) */
    _Atomic uint32_t since_ds; /* accepted; tenths of a second of server time */
    _Atomic uint32_t active_ds; /* last byte read */
    _Atomic uint32_t queued_us; /* (any) on the ring: how long, or BT_SINCE
                                   * and since when */
    _Atomic uint32_t in_bytes, in_room, out_bytes; /* (any) copies for show */
    uint32_t drain_left;
    uint32_t open_srm; /* parked requests: 0 or 1 */
    struct bt_addr peer, local;
    max_align_t service_part[];
};

/* A handle for fd, state accepted, or NULL. Takes the fd on success (*fd
 * becomes -1). */
struct baton_client *bt_handle_new(struct bt_origin *origin, uint64_t id,
                                   int *fd);
/* Frees the record; buffers must be gone. */
void bt_handle_free(struct baton_client *c);

static inline enum baton_state bt_state(const struct baton_client *c)
{
    return (enum baton_state)atomic_load_explicit(&c->state,
                                                  memory_order_relaxed);
}

/* Changes the state along an edge of the table, which is asserted. */
static inline void bt_handle_set_state(struct baton_client *c,
                                       enum baton_state to)
{
    bt_assert(bt_state_edge(bt_state(c), to));
    atomic_store_explicit(&c->state, (uint8_t)to, memory_order_relaxed);
}

/* Fills a copy from fields that any thread may read; now in server time. */
void bt_handle_info(const struct baton_client *c, uint32_t now_ds,
                    struct baton_client_info *out);

#endif
