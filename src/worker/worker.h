/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/worker.h -- one thread of the pool, and what its parts share.
 *
 * Purpose    A worker takes handles from the dispatch ring, serves their
 *            requests, and closes them. Its loop is in worker.c, one named
 *            phase after the other; each phase has a file.
 * Threads    Everything here belongs to the worker's thread, except the members
 *            under "Shared" and the seat in the dispatch ring.
 * Ownership  A worker owns its handles (list `clients`, or `ends` when they are
 *            to be closed or moved at the end of the pass), its poller, buffers
 *            and reclaim record.
 */
#ifndef BT_WORKER_WORKER_H
#define BT_WORKER_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/list.h"
#include "base/log.h"
#include "handle/handle.h"
#include "handle/life.h"
#include "net/dispatch.h"
#include "os/poller.h"
#include "worker/inbox.h"
#include "worker/timer.h"
#include "worker/yield.h"

#define BT_READ_SIZE    65536 /* byte quantum: one read */
#define BT_CARRY_MAX    16384 /* unfinished input that is copied back for it */
#define BT_OUT_SIZE     65536 /* replies of one service, before they are chunked */
#define BT_REQUESTS     512     /* request quantum of a client in a pass */
#define BT_LINGER_MS    2000    /* for last words to be read */
#define BT_LINGER_MAX   1048576 /* bytes thrown away meanwhile */
#define BT_MAX_SERVICES 16
#define BT_BACKSTOP_MS  1000 /* longest sleep: a lost wake-up costs this much */

struct bt_record;
struct bt_table;

/* What the server lets change while it runs. Any thread. */
struct bt_settings {
    _Atomic unsigned idle_seconds;
    _Atomic unsigned keepalive_seconds;
    _Atomic unsigned shutdown_ms;
    _Atomic size_t pause; /* output_pause_bytes */
    size_t input_limit;   /* constant */
    bool nodelay;         /* constant */
};

/* Counters: written by the worker, read by any thread. */
struct bt_tally {
    _Atomic uint64_t srm, dropped, bytes_in, bytes_out, busy_ns, passes;
    _Atomic uint64_t closed[BATON_N_REASONS];
    _Atomic int64_t taken;  /* listed handles that came from the ring */
    _Atomic int64_t listed; /* in its hands now, without those moving */
    _Atomic int64_t serving, blocked, moving, closing;
    /* Bytes that clients' buffers grew by in its hands: the sum over all
     * workers is what they hold. */
    _Atomic int64_t buffers;
};

struct baton_worker {
    /* Set up by the server, constant. */
    unsigned index;
    struct baton_server *server;
    struct bt_dispatch *dispatch;
    struct bt_life *life;
    struct bt_table *table;
    struct bt_record *record;
    struct bt_settings *settings;
    const struct bt_log *log;
    struct baton_worker *team; /* all workers, by index */
    unsigned n_team;
    const char *thread_prefix;
    const struct baton_service **services;
    unsigned n_services;

    /* Shared. */
    struct bt_inbox inbox;
    _Atomic unsigned timed_out;
    struct bt_tally tally;

    /* The worker's own. */
    pthread_t thread;
    struct bt_poller *poller;
    struct baton_client *current; /* whose callback runs */
    unsigned quota;               /* requests that it may still serve */
    size_t expect;                /* baton_expect() */
    size_t pause;                 /* settings->pause, read once a pass */
    char *rbuf;                   /* BT_CARRY_MAX + BT_READ_SIZE */
    char *obuf;                   /* BT_OUT_SIZE: current's newest replies */
    size_t o_n;
    char *sink; /* where replies to a closing client go */
    struct baton_client *ready, **ready_tail;
    struct baton_client **newcomers; /* behind those who had a turn, or NULL */
    unsigned n_ready;
    struct bt_list clients, ends;
    struct bt_timers timers;
    uint64_t now;   /* ns, when the pass began */
    uint64_t began; /* the same by the coarse clock */
    bool in_pass;
    uint32_t now_ds;     /* the same in server time, tenths of seconds */
    unsigned soon_ms;    /* baton_worker_soon(), 0 = not asked */
    bool declined;       /* left handles on the ring to others */
    unsigned n_soft;     /* clients over their soft output limit */
    uint64_t next_sweep; /* ns */
    struct bt_yield yield;
    bool draining;
    uint64_t deadline; /* ns, when draining */
    void *service_data[BT_MAX_SERVICES];
};

/* The calling thread's worker, NULL on other threads. */
struct baton_worker *bt_worker_self(void);

/* The thread's function; arg is the worker. */
void *bt_worker_run(void *arg);

/* ---- For the phases ---- */

/* Puts c on the ready list, once. */
void bt_worker_ready(struct baton_worker *w, struct baton_client *c);
/* From here to the end of the pass, handles of others that are found in the
 * table stay. False: outside of a pass, find them under the table's lock. */
bool bt_worker_section(struct baton_worker *w);
/* Changes c's state and the counts of states. */
void bt_worker_set_state(struct baton_worker *w, struct baton_client *c,
                         enum baton_state to);

/* One writer: no locked addition needed. */
static inline void bt_tally_add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_store_explicit(
        counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
        memory_order_relaxed);
}

static inline void bt_tally_move(_Atomic int64_t *counter, int64_t n)
{
    atomic_store_explicit(
        counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
        memory_order_relaxed);
}

#endif
