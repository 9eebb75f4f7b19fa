/* SPDX-License-Identifier: BSD-2-Clause
 *
 * handle/life.h -- what the threads of a server share about its life: is it to
 * stop, and how many handles are there.
 *
 * Threads    Each member says who writes it; all may read it. start_ns is
 *            constant while threads run.
 */
#ifndef BT_HANDLE_LIFE_H
#define BT_HANDLE_LIFE_H

#include <stdatomic.h>
#include <stdint.h>

struct bt_life {
    uint64_t start_ns;         /* server time begins here */
    _Atomic unsigned stop;     /* 1 drain, 2 at once; baton_stop() */
    _Atomic unsigned finished; /* nothing will be pushed; acceptor */
    _Atomic unsigned state;    /* enum baton_server_state; acceptor, or main */
    _Atomic unsigned max_clients;
    _Atomic uint64_t live;      /* handles in the table: the acceptor adds, the
                                   workers subtract */
    _Atomic unsigned lingering; /* refused and not yet gone; likewise */
};

#endif
