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

#define ROUND_MS 100
#define REST_MS  3    /* between two slices, while there is much to do */
#define SHARE    4    /* of the time, a quarter for each kind of work */
#define SLICE_US 2000 /* of one kind of work at most, however late it is */

struct helper {
    struct service *service;
    struct db_thread *db;
    struct publisher publisher; /* of expired keys */
    uint64_t sliced;            /* ns, when the last slice began */
    bool more;                  /* it ended by its time */
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

/* A share of the time since the last slice: a slice that came late or was kept
 * from its core is made up for, up to a point. */
static unsigned budget(struct helper *h)
{
    uint64_t now = bt_now_ns();
    uint64_t us = (now - h->sliced) / 1000 / SHARE;

    h->sliced = now;
    return us < SLICE_US ? (unsigned)us : SLICE_US;
}

/* A little of what may be much. Whoever wants the core that this takes waits
 * no longer than one slice. */
static void slice(struct helper *h)
{
    unsigned us = budget(h);

    h->more = false;
    if (expiring(h->service->db) && !pause_is_on(&h->service->pause)) {
        uint64_t start = bt_now_ns();

        h->more = db_expire_cycle(h->db, us);
        atomic_fetch_add(&h->service->expire_us, (bt_now_ns() - start) / 1000);
    }
    h->more |= room_make_slowly(h->service, h->db, us);
    if (h->publisher.any) {
        publisher_wake(&h->publisher);
    }
    db_enter(h->db);
    db_leave(h->db); /* releases what became free */
}

static void begin_round(struct helper *h)
{
    while (db_lazy_free(h->db)) {
        continue;
    }
    slice(h);
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

/* Under the lock: so long, unless the end comes first. */
static void rest(struct helper *h, uint64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!h->stop) {
        if (pthread_cond_timedwait(&h->wake, &h->lock, &until) == ETIMEDOUT) {
            break;
        }
    }
}

/* Under the lock, but for the slices. */
static void spend_round(struct helper *h, uint64_t start_ms)
{
    uint64_t spent = bt_now_ms() - start_ms;

    while (h->more && !h->stop && spent + REST_MS < ROUND_MS) {
        rest(h, REST_MS);
        bt_ok(pthread_mutex_unlock(&h->lock));
        slice(h);
        bt_ok(pthread_mutex_lock(&h->lock));
        spent = bt_now_ms() - start_ms;
    }
    if (spent < ROUND_MS) {
        rest(h, ROUND_MS - spent);
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
        begin_round(h);
        bt_ok(pthread_mutex_lock(&h->lock));
        spend_round(h, start);
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
