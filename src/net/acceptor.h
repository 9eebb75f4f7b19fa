/* SPDX-License-Identifier: BSD-2-Clause
 *
 * net/acceptor.h -- the one thread that serves connection initiation requests.
 *
 * Purpose    Accepts on all master sockets, admits or refuses, makes the client
 *            handle, enters it into the table and pushes it onto the dispatch
 *            ring. It never reads or writes a data socket.
 * Threads    init/fini/run: see below. The atomics are for any thread.
 * Ownership  Owns the masters' fds and the reserve fd while it runs. A handle
 *            is its own until it is pushed.
 */
#ifndef BT_NET_ACCEPTOR_H
#define BT_NET_ACCEPTOR_H

#include <stdatomic.h>
#include <stdint.h>

#include <baton/stats.h>

#include "base/log.h"
#include "handle/life.h"
#include "net/dispatch.h"
#include "net/listener.h"
#include "net/pace.h"

struct bt_record;
struct bt_table;

struct bt_acceptor {
    /* Set up by the server, constant while it runs. */
    struct bt_listener **masters;
    unsigned n_masters;
    struct bt_dispatch *dispatch;
    struct bt_table *table;
    struct bt_record *record; /* for what the table retires */
    const struct bt_log *log;
    struct bt_life *life;
    unsigned spare_fds; /* refused clients that may linger at a time */

    /* Shared. */
    struct bt_wake wake;
    _Atomic uint64_t accepted, refused, aborted; /* acceptor writes */

    /* The acceptor's own. */
    struct bt_pace pace;
    uint64_t next_id;
    unsigned turn; /* which master comes first */
    unsigned since_rouse;
};

/* The thread's function; arg is the struct bt_acceptor. */
void *bt_acceptor_run(void *arg);

/* Moves the server's state along an edge. Acceptor while it runs, else main. */
void bt_acceptor_set_state(struct bt_acceptor *a, enum baton_server_state to);

#endif
