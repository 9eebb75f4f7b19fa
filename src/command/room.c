/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/room.h"

#include "base/clock.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/evict.h"

#include <stdatomic.h>

#define CALLS_A_LOOK 1024  /* buffers grow without our adding anything */
#define SLACK_MAX    65536 /* bytes added between two looks */
#define BUDGET_US    2000  /* of evicting before one command */

#define GET(x) atomic_load_explicit(&(x), memory_order_relaxed)

uint64_t room_used(struct service *s)
{
    return db_used_bytes(s->db) + baton_buffer_bytes(s->server);
}

/* Evicts until the limit is kept. -1: nothing may go; 0: the time is over. */
static int evict(struct service *s, struct db_thread *t, unsigned budget_us)
{
    enum db_policy policy = (enum db_policy)GET(s->settings->maxmemory_policy);
    unsigned samples = GET(s->settings->maxmemory_samples);
    uint64_t deadline = bt_now_ns() + (uint64_t)budget_us * 1000;
    uint64_t limit;

    while ((limit = GET(s->settings->maxmemory)) != 0 && room_used(s) > limit) {
        if (policy == DB_NOEVICTION || !db_evict(t, policy, samples)) {
            return -1;
        }
        if (bt_now_ns() > deadline) {
            return 0;
        }
    }
    return 1;
}

/* What this worker may add before it looks again. */
static int64_t slack(struct service *s, uint64_t limit, uint64_t used)
{
    uint64_t share = used < limit ? (limit - used) / (2 * s->n_workers) : 0;

    return share < SLACK_MAX ? (int64_t)share : SLACK_MAX;
}

bool room_make(struct worker *w)
{
    struct service *s = w->service;
    uint64_t limit = GET(s->settings->maxmemory), used;
    int64_t mine = db_thread_bytes(w->db);
    int r = 1;

    if (limit == w->room.limit && mine < w->room.until &&
        ++w->room.calls < CALLS_A_LOOK) {
        return true;
    }
    used = room_used(s);
    if (used > limit) {
        r = evict(s, w->db, BUDGET_US);
        used = room_used(s);
        mine = db_thread_bytes(w->db);
    }
    w->room.limit = limit;
    w->room.calls = 0;
    w->room.until = mine + slack(s, limit, used);
    return r >= 0; /* out of time: the next command goes on */
}

bool room_is_short(struct service *s)
{
    uint64_t limit = GET(s->settings->maxmemory);

    return limit != 0 && GET(s->settings->maxmemory_policy) != DB_NOEVICTION &&
           room_used(s) > limit;
}

bool room_make_slowly(struct service *s, struct db_thread *t,
                      unsigned budget_us)
{
    return room_is_short(s) && evict(s, t, budget_us) == 0;
}

void room_options(struct service *s)
{
    int policy = GET(s->settings->maxmemory_policy);

    db_set_use(s->db, policy == DB_VOLATILE_LFU || policy == DB_ALLKEYS_LFU,
               GET(s->settings->lfu_log_factor),
               GET(s->settings->lfu_decay_time));
}
