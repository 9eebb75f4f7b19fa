/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Falling asleep: the helper sets `asleep`, then looks once more for something
 * to do; a poker makes its change, then looks at `asleep`. With a full fence
 * between the two steps on both sides, at least one of them sees the other.
 */
#include "command/helper.h"

#include "base/check.h"
#include "base/clock.h"
#include "command/pubsub.h"
#include "command/room.h"
#include "command/service.h"
#include "command/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define ROUND_MS  100
#define EXPIRE_US 25000 /* of each round */
#define EVICT_US  25000

struct helper {
    struct service *service;
    struct db_thread *db;
    struct publisher publisher; /* of expired keys */
    pthread_t thread;
    pthread_mutex_t lock; /* innermost: nothing is taken under it */
    pthread_cond_t wake;
    bool stop;  /* under lock */
    bool poked; /* under lock */
    atomic_bool asleep;
};

/* ---- What there is to do ---- */

static bool expiring(struct db *db)
{
    for (unsigned i = 0; i < db_databases(db); i++) {
        if (db_expires(db, i) > 0) {
            return true;
        }
    }
    return false;
}

static void nothing(struct baton_worker *w, void *arg)
{
    (void)w;
    (void)arg;
}

/* A worker releases memory at the ends of its passes only. */
static bool nudge_workers(struct service *s)
{
    bool any = false;

    for (unsigned i = 0; i < s->n_workers; i++) {
        /* Relaxed: a stale answer costs one round or one empty pass. */
        if (atomic_load_explicit(&s->workers[i].pending,
                                 memory_order_relaxed)) {
            any = true;
            baton_post_worker(s->server, i, nothing, NULL);
        }
    }
    return any;
}

static bool busy(struct helper *h)
{
    bool any = false;

    for (unsigned i = 0; i < h->service->n_workers; i++) {
        /* Acquire: pairs with the release at the end of a worker's pass. */
        any |= atomic_load_explicit(&h->service->workers[i].pending,
                                    memory_order_acquire);
    }
    return any || db_lazy_pending(h->service->db) || db_pending(h->db) ||
           expiring(h->service->db) || room_is_short(h->service);
}

static void work(struct helper *h)
{
    while (db_lazy_free(h->db)) {
        continue;
    }
    if (expiring(h->service->db) && !pause_is_on(&h->service->pause)) {
        uint64_t start = bt_now_ns();

        db_expire_cycle(h->db, EXPIRE_US);
        atomic_fetch_add(&h->service->expire_us, (bt_now_ns() - start) / 1000);
    }
    room_make_slowly(h->service, h->db, EVICT_US);
    if (h->publisher.any) {
        publisher_wake(&h->publisher);
    }
    db_enter(h->db);
    db_leave(h->db); /* releases what became free */
    nudge_workers(h->service);
}

/* ---- The thread ---- */

/* Under the lock. */
static void wait_for_poke(struct helper *h)
{
    atomic_store(&h->asleep, true);
    /* Pairs with the fence in helper_poke. */
    atomic_thread_fence(memory_order_seq_cst);
    if (!busy(h)) {
        while (!h->stop && !h->poked) {
            bt_ok(pthread_cond_wait(&h->wake, &h->lock));
        }
    }
    atomic_store(&h->asleep, false);
    h->poked = false;
}

/* Under the lock: the rest of the round, unless the end comes first. */
static void wait_for_round(struct helper *h, uint64_t start_ms)
{
    uint64_t spent = bt_now_ms() - start_ms;
    struct timespec until;
    long ms = ROUND_MS - (long)(spent < ROUND_MS ? spent : ROUND_MS);

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!h->stop && ms > 0) {
        if (pthread_cond_timedwait(&h->wake, &h->lock, &until) == ETIMEDOUT) {
            break;
        }
    }
}

static void *helper_main(void *arg)
{
    struct helper *h = arg;

    bt_ok(pthread_mutex_lock(&h->lock));
    while (!h->stop) {
        uint64_t start;

        wait_for_poke(h);
        if (h->stop) {
            break;
        }
        bt_ok(pthread_mutex_unlock(&h->lock));
        start = bt_now_ms();
        work(h);
        bt_ok(pthread_mutex_lock(&h->lock));
        wait_for_round(h, start);
    }
    bt_ok(pthread_mutex_unlock(&h->lock));
    return NULL;
}

/* ---- The others ---- */

void helper_poke(struct helper *h)
{
    /* Pairs with the fence in wait_for_poke. */
    atomic_thread_fence(memory_order_seq_cst);
    /* Relaxed: the fence orders it behind our change. */
    if (!atomic_load_explicit(&h->asleep, memory_order_relaxed)) {
        return;
    }
    bt_ok(pthread_mutex_lock(&h->lock));
    h->poked = true;
    bt_ok(pthread_cond_signal(&h->wake));
    bt_ok(pthread_mutex_unlock(&h->lock));
}

/* With all signals blocked: they are for the threads of others. */
static int start(struct helper *h)
{
    sigset_t all, old;
    int rc;

    sigfillset(&all);
    bt_ok(pthread_sigmask(SIG_SETMASK, &all, &old));
    rc = pthread_create(&h->thread, NULL, helper_main, h);
    bt_ok(pthread_sigmask(SIG_SETMASK, &old, NULL));
    return rc;
}

struct helper *helper_new(struct service *service)
{
    struct helper *h = calloc(1, sizeof *h);

    if (!h) {
        return NULL;
    }
    h->service = service;
    h->db = db_thread_new(service->db);
    if (!h->db || publisher_init(&h->publisher, service->topics) != 0) {
        db_thread_free(&h->db);
        free(h);
        return NULL;
    }
    db_on_notify(h->db, pubsub_notify, &h->publisher);
    bt_ok(pthread_mutex_init(&h->lock, NULL));
    bt_ok(pthread_cond_init(&h->wake, NULL));
    if (start(h) != 0) {
        pthread_cond_destroy(&h->wake);
        pthread_mutex_destroy(&h->lock);
        publisher_fini(&h->publisher);
        db_thread_free(&h->db);
        free(h);
        return NULL;
    }
    return h;
}

void helper_free(struct helper **hp)
{
    struct helper *h = *hp;

    if (!h) {
        return;
    }
    bt_ok(pthread_mutex_lock(&h->lock));
    h->stop = true;
    bt_ok(pthread_cond_signal(&h->wake));
    bt_ok(pthread_mutex_unlock(&h->lock));
    bt_ok(pthread_join(h->thread, NULL));
    bt_ok(pthread_cond_destroy(&h->wake));
    bt_ok(pthread_mutex_destroy(&h->lock));
    publisher_fini(&h->publisher);
    db_thread_free(&h->db);
    free(h);
    *hp = NULL;
}
