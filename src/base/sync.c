/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a thread holds is a small thread-local stack of ranks. Taking all
 * shards at once (FLUSHALL) can outgrow it; then only the highest rank, which
 * is what the order check needs, and the number of locks are kept until all are
 * released. Each mutex remembers the highest rank below it for that time: with
 * all shards held, a lock above them may come and go and come again.
 */
#include "base/sync.h"

#include "base/check.h"

#include <stdbool.h>

#define MAX_HELD 32

static _Thread_local struct {
    uint64_t ranks[MAX_HELD]; /* ascending */
    unsigned n;               /* held now, may exceed MAX_HELD */
    bool lost;                /* it did: ranks is not kept until n is 0 */
    uint64_t top;             /* highest rank held */
} held;

void bt_mutex_init(struct bt_mutex *m, enum bt_rank rank, uint32_t order)
{
    bt_ok(pthread_mutex_init(&m->m, NULL));
    m->rank = (uint64_t)rank << 32 | order;
}

void bt_mutex_fini(struct bt_mutex *m)
{
    bt_ok(pthread_mutex_destroy(&m->m));
}

void bt_mutex_lock(struct bt_mutex *m)
{
    bt_assert(held.n == 0 || m->rank > held.top);
    bt_ok(pthread_mutex_lock(&m->m));
    if (held.n == MAX_HELD) {
        held.lost = true;
    }
    if (!held.lost) {
        held.ranks[held.n] = m->rank;
    }
    held.n++;
    m->below = held.top;
    held.top = m->rank;
}

/* Locks may be released in any order. */
void bt_mutex_unlock(struct bt_mutex *m)
{
    bt_assert(held.n > 0);
    held.n--;
    if (held.n == 0) {
        held.lost = false;
        held.top = 0;
    } else if (!held.lost) {
        unsigned i = 0;

        while (i < held.n && held.ranks[i] != m->rank) {
            i++;
        }
        for (; i < held.n; i++) {
            held.ranks[i] = held.ranks[i + 1];
        }
        held.top = held.ranks[held.n - 1];
    } else if (m->rank == held.top) {
        held.top = m->below;
    }
    bt_ok(pthread_mutex_unlock(&m->m));
}

void bt_mutex_assert_held(const struct bt_mutex *m)
{
    if (held.lost) {
        return;
    }
    for (unsigned i = 0; i < held.n; i++) {
        if (held.ranks[i] == m->rank) {
            return;
        }
    }
    bt_check_failed("lock held", __FILE__, __LINE__);
}

void bt_mutex_assert_none(void)
{
    bt_assert(held.n == 0);
}
