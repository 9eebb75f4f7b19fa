/* SPDX-License-Identifier: BSD-2-Clause
 *
 * baton/stats.h -- counters of a running server.
 *
 * Threads    Any. Counters are kept by the threads that do the counting and
 *            summed up here, without stopping anybody: a reading taken under
 *            load may be one event old in places. When nothing moves:
 *                cir_accepted = handles_live + handles_closed
 *                srm_received = srm_answered + srm_dropped (+ parked ones,
 *                               state[BATON_BLOCKED])
 *                sum of state[] = handles_live
 */
#ifndef BATON_STATS_H
#define BATON_STATS_H

#include <stdint.h>
#include <baton/client.h>

#ifdef __cplusplus
extern "C" {
#endif

enum baton_server_state {
    BATON_STARTING,
    BATON_LISTENING,
    BATON_STARVED, /* out of file descriptors; recovers by itself */
    BATON_DRAINING,
    BATON_STOPPED
};
const char *baton_server_state_name(enum baton_server_state state);

struct baton_stats {
    enum baton_server_state server_state;
    unsigned workers, masters, max_clients;
    uint64_t cir_accepted; /* connections that became a client handle */
    uint64_t cir_refused;  /* told that max_clients is reached */
    uint64_t cir_aborted;  /* gone before, or no fd or memory for it */
    uint64_t handles_live, handles_closed;
    uint64_t srm_received, srm_answered, srm_dropped;
    uint64_t bytes_in, bytes_out;
    uint64_t buffer_bytes;   /* see baton_buffer_bytes() */
    uint64_t dispatch_depth; /* handles on the ring now */
    uint64_t dispatch_full;  /* how often the ring was full */
    uint64_t dispatch_wait_p50_us, dispatch_wait_p99_us;
    uint64_t closed[BATON_N_REASONS]; /* by reason; without cir_refused */
    uint64_t state[BATON_N_STATES];   /* live handles by state */
};
void baton_stats(struct baton_server *s, struct baton_stats *out);

/* Bytes that the handles' buffers hold now: unfinished requests, with the room
 * allocated for them, and unsent replies, those given by reference included.
 * Quick: one load for each worker. */
uint64_t baton_buffer_bytes(const struct baton_server *s);

struct baton_master_stats {
    const char *address, *service; /* good as long as the server */
    uint64_t cir_accepted, handles;
};
struct baton_worker_stats {
    uint64_t handles, srm, busy_us, passes;
};
/* 0, or -EINVAL when there is no i-th. */
int baton_master_stats(struct baton_server *s, unsigned i,
                       struct baton_master_stats *out);
int baton_worker_stats(struct baton_server *s, unsigned i,
                       struct baton_worker_stats *out);

#ifdef __cplusplus
}
#endif
#endif
