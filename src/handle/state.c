/* SPDX-License-Identifier: BSD-2-Clause
 *
 *   accepted -> queued -> idle <-> serving <-> blocked
 *                          |  \_______________/ |
 *                          +----> moving -------+   (and back to where it was)
 *   any but closed -> closing -> closed
 */
#include "handle/state.h"

#include <baton/error.h>
#include <baton/stats.h>

#define BIT(s) (1u << (s))

const unsigned bt_state_edges[BATON_N_STATES] = {
    [BATON_ACCEPTED] = BIT(BATON_QUEUED) | BIT(BATON_CLOSING),
    [BATON_QUEUED] = BIT(BATON_IDLE) | BIT(BATON_CLOSING),
    [BATON_IDLE] = BIT(BATON_SERVING) | BIT(BATON_MOVING) | BIT(BATON_CLOSING),
    [BATON_SERVING] = BIT(BATON_IDLE) | BIT(BATON_BLOCKED) | BIT(BATON_CLOSING),
    [BATON_BLOCKED] =
        BIT(BATON_SERVING) | BIT(BATON_MOVING) | BIT(BATON_CLOSING),
    [BATON_MOVING] = BIT(BATON_IDLE) | BIT(BATON_BLOCKED) | BIT(BATON_CLOSING),
    [BATON_CLOSING] = BIT(BATON_CLOSED),
    [BATON_CLOSED] = 0,
};

static const unsigned server_edges[] = {
    [BATON_STARTING] = BIT(BATON_LISTENING) | BIT(BATON_STOPPED),
    [BATON_LISTENING] = BIT(BATON_STARVED) | BIT(BATON_DRAINING),
    [BATON_STARVED] = BIT(BATON_LISTENING) | BIT(BATON_DRAINING),
    [BATON_DRAINING] = BIT(BATON_STOPPED),
    [BATON_STOPPED] = 0,
};

bool bt_server_edge(enum baton_server_state from, enum baton_server_state to)
{
    return (unsigned)from <= BATON_STOPPED && (server_edges[from] & BIT(to));
}

const char *baton_state_name(enum baton_state state)
{
    static const char *const names[BATON_N_STATES] = {
        [BATON_ACCEPTED] = "accepted", [BATON_QUEUED] = "queued",
        [BATON_IDLE] = "idle",         [BATON_SERVING] = "serving",
        [BATON_BLOCKED] = "blocked",   [BATON_MOVING] = "moving",
        [BATON_CLOSING] = "closing",   [BATON_CLOSED] = "closed",
    };

    return (unsigned)state < BATON_N_STATES ? names[state] : "?";
}

const char *baton_server_state_name(enum baton_server_state state)
{
    static const char *const names[] = {
        [BATON_STARTING] = "starting", [BATON_LISTENING] = "listening",
        [BATON_STARVED] = "starved",   [BATON_DRAINING] = "draining",
        [BATON_STOPPED] = "stopped",
    };

    return (unsigned)state <= BATON_STOPPED ? names[state] : "?";
}

const char *baton_reason_name(enum baton_reason reason)
{
    static const char *const names[BATON_N_REASONS] = {
        [BATON_EOF] = "eof",           [BATON_ERROR] = "error",
        [BATON_QUIT] = "quit",         [BATON_KILLED] = "killed",
        [BATON_TIMEOUT] = "timeout",   [BATON_LIMIT] = "limit",
        [BATON_PROTOCOL] = "protocol", [BATON_REFUSED] = "refused",
        [BATON_SERVICE] = "service",   [BATON_SHUTDOWN] = "shutdown",
    };

    return (unsigned)reason < BATON_N_REASONS ? names[reason] : "?";
}
