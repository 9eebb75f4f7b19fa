/* SPDX-License-Identifier: BSD-2-Clause
 *
 * handle/state.h -- the written state machines of a client handle and of the
 * server. doc/STATES.md draws them.
 *
 * Threads    Any: constant tables.
 */
#ifndef BT_HANDLE_STATE_H
#define BT_HANDLE_STATE_H

#include <stdbool.h>

#include <baton/client.h>
#include <baton/stats.h>

/* Is there an edge? */
extern const unsigned bt_state_edges[BATON_N_STATES]; /* bits: to */

static inline bool bt_state_edge(enum baton_state from, enum baton_state to)
{
    return (unsigned)from < BATON_N_STATES && (bt_state_edges[from] >> to & 1);
}

bool bt_server_edge(enum baton_server_state from, enum baton_server_state to);

#endif
