/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/dispatch.h"

#include "base/check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <ck_pr.h>

#define PATIENCE_NS 1000000u /* how long an item or a pass may be "young" */

int bt_dispatch_init(struct bt_dispatch *d, unsigned size, unsigned seats,
                     struct bt_wake *acceptor)
{
    int r = 0;

    memset(d, 0, sizeof *d);
    bt_assert(size >= 2 && (size & (size - 1)) == 0 && seats > 0);
    d->size = size;
    d->acceptor = acceptor;
    d->slots = calloc(size, sizeof *d->slots);
    d->pushed_at = calloc(size, sizeof *d->pushed_at);
    if (posix_memalign((void **)&d->seats, 64, seats * sizeof *d->seats) != 0) {
        d->seats = NULL;
    }
    if (!d->slots || !d->pushed_at || !d->seats) {
        r = -ENOMEM;
    }
    if (d->seats) {
        memset(d->seats, 0, seats * sizeof *d->seats);
    }
    ck_ring_init(&d->ring, size);
    for (; r == 0 && d->n_seats < seats; d->n_seats++) {
        /* Its thread will come: it is not absent before its first pass. */
        atomic_store(&d->seats[d->n_seats].sleep, BT_WAKING);
        r = bt_wake_open(&d->seats[d->n_seats].wake);
        if (r < 0) {
            break;
        }
    }
    if (r < 0) {
        bt_dispatch_fini(d);
    }
    return r;
}

void bt_dispatch_fini(struct bt_dispatch *d)
{
    bt_assert(ck_ring_size(&d->ring) == 0);
    for (unsigned i = 0; i < d->n_seats; i++) {
        bt_wake_close(&d->seats[i].wake);
    }
    free(d->seats);
    free((void *)d->pushed_at);
    free(d->slots);
    memset(d, 0, sizeof *d);
}

unsigned bt_dispatch_depth(const struct bt_dispatch *d)
{
    return ck_ring_size(&d->ring);
}

/* ---- Acceptor ---- */

bool bt_dispatch_room(struct bt_dispatch *d)
{
    return ck_ring_size(&d->ring) < d->size - 1;
}

int bt_dispatch_push(struct bt_dispatch *d, struct baton_client **c,
                     uint64_t now)
{
    unsigned slot = d->ring.p_tail & d->ring.mask; /* ours alone to move */

    atomic_store_explicit(&d->pushed_at[slot], now, memory_order_relaxed);
    if (!ck_ring_enqueue_spmc(&d->ring, d->slots, *c)) {
        return -EAGAIN;
    }
    *c = NULL;
    /* Is it the first? Asked after the push: whoever took the one before it may
     * have found the ring empty since then, and gone to sleep. If there is an
     * older one, its taker looks at the ring again before it sleeps. */
    ck_pr_fence_memory(); /* pairs with the one in falls_asleep() */
    if (bt_dispatch_depth(d) == 1) {
        bt_dispatch_rouse(d);
    }
    return 0;
}

/* The sleeping worker with the fewest handles, or -1. */
static int idlest_sleeper(struct bt_dispatch *d)
{
    unsigned least = UINT_MAX;
    int best = -1;

    for (unsigned i = 0; i < d->n_seats; i++) {
        struct bt_seat *s = &d->seats[i];
        unsigned n = atomic_load_explicit(&s->handles, memory_order_relaxed);

        if (atomic_load(&s->sleep) == BT_ASLEEP && n < least) {
            least = n;
            best = (int)i;
        }
    }
    return best;
}

void bt_dispatch_rouse(struct bt_dispatch *d)
{
    unsigned awake = 0, need;

    ck_pr_fence_memory(); /* the push before the look at `sleep` */
    for (unsigned i = 0; i < d->n_seats; i++) {
        awake += atomic_load(&d->seats[i].sleep) != BT_ASLEEP;
    }
    need = (bt_dispatch_depth(d) + BT_TAKE_MAX - 1) / BT_TAKE_MAX;
    need = need > awake ? need - awake : 0;
    /* One sleeper is always roused: those awake may be in a long pass. */
    for (need = need ? need : 1; need > 0; need--) {
        int i = idlest_sleeper(d);

        if (i < 0) {
            break;
        }
        bt_dispatch_wake(d, (unsigned)i);
    }
}

bool bt_dispatch_wait_for_room(struct bt_dispatch *d)
{
    atomic_fetch_add_explicit(&d->times_full, 1, memory_order_relaxed);
    atomic_store(&d->full, 1);
    ck_pr_fence_memory(); /* pairs with the fence in after_take() */
    if (bt_dispatch_room(d)) {
        atomic_store(&d->full, 0);
        return false;
    }
    return true;
}

/* ---- Worker ---- */

void bt_dispatch_pass_begins(struct bt_dispatch *d, unsigned seat, uint64_t now)
{
    struct bt_seat *s = &d->seats[seat];

    atomic_store_explicit(&s->pass_began, now, memory_order_relaxed);
    /* Release: who sees it awake, in present(), sees when its pass began. */
    atomic_store_explicit(&s->sleep, BT_AWAKE, memory_order_release);
}

/* Is the worker there to take something soon? */
static bool present(struct bt_seat *s, uint64_t now)
{
    uint64_t began;

    /* Acquire: pairs with bt_dispatch_pass_begins(). */
    if (atomic_load_explicit(&s->sleep, memory_order_acquire) != BT_AWAKE) {
        return true;
    }
    began = atomic_load_explicit(&s->pass_began, memory_order_relaxed);
    return now < began + PATIENCE_NS;
}

/* Age of the oldest item in ns; a hint, for it may be popped meanwhile. */
static uint64_t oldest(struct bt_dispatch *d, uint64_t now)
{
    unsigned slot = ck_pr_load_uint(&d->ring.c_head) & d->ring.mask;
    uint64_t at =
        atomic_load_explicit(&d->pushed_at[slot], memory_order_relaxed);

    return now > at ? now - at : 0;
}

static unsigned handles_of(const struct bt_seat *s)
{
    return atomic_load_explicit(&s->handles, memory_order_relaxed);
}

/* What a look at all seats that are there, and are not above `level`, tells. */
struct survey {
    uint64_t sum;   /* their handles */
    unsigned n;     /* of them */
    unsigned awake; /* of those; at least 1 */
    unsigned least; /* handles that one has */
};

static struct survey look_round(struct bt_dispatch *d, unsigned seat,
                                uint64_t now, unsigned level)
{
    struct survey v = {.least = UINT_MAX};

    for (unsigned i = 0; i < d->n_seats; i++) {
        struct bt_seat *s = &d->seats[i];
        unsigned n = handles_of(s);

        if (n > level || (i != seat && !present(s, now))) {
            continue;
        }
        v.sum += n;
        v.n++;
        v.awake +=
            atomic_load_explicit(&s->sleep, memory_order_relaxed) != BT_ASLEEP;
        v.least = n < v.least ? n : v.least;
    }
    v.awake += v.awake == 0;
    return v;
}

/* How many of `depth` items this seat should take now. */
static unsigned quota(struct bt_dispatch *d, unsigned seat, uint64_t now,
                      unsigned depth)
{
    unsigned mine = handles_of(&d->seats[seat]), level = UINT_MAX, cap;
    struct survey v = look_round(d, seat, now, level);

    cap = (depth + v.awake - 1) / v.awake;
    cap = cap < BT_TAKE_MAX ? cap : BT_TAKE_MAX;
    /* Those above the level get nothing; without them it is lower. Each round
     * leaves somebody out, and three are near enough. */
    for (unsigned round = 0; round < 3 && v.n > 0; round++) {
        level = (unsigned)((v.sum + depth) / v.n);
        v = look_round(d, seat, now, level);
    }
    if (level > mine) {
        return level - mine < cap ? level - mine : cap;
    }
    if (mine <= v.least) { /* what is left over goes to whoever has least */
        return 1;
    }
    return oldest(d, now) < PATIENCE_NS ? 0 : cap;
}

/* A sleeping worker below the level may have missed its turn: pass it on. */
static void pass_on(struct bt_dispatch *d, unsigned seat)
{
    int i = idlest_sleeper(d);

    if (i >= 0 && (unsigned)i != seat) {
        bt_dispatch_wake(d, (unsigned)i);
    }
}

static void after_take(struct bt_dispatch *d)
{
    ck_pr_fence_memory(); /* our pops before the look at `full` */
    if (atomic_load_explicit(&d->full, memory_order_relaxed) &&
        bt_dispatch_depth(d) <= d->size / 2 && atomic_exchange(&d->full, 0)) {
        bt_wake_send(d->acceptor);
    }
}

unsigned bt_dispatch_take(struct bt_dispatch *d, unsigned seat, uint64_t now,
                          bool all, struct baton_client **out)
{
    unsigned depth = bt_dispatch_depth(d), want, n = 0;
    struct bt_seat *s = &d->seats[seat];
    void *p;

    if (depth == 0) {
        return 0;
    }
    want = all ? BT_TAKE_MAX : quota(d, seat, now, depth);
    if (want == 0) {
        pass_on(d, seat);
        return 0;
    }
    while (n < want && ck_ring_dequeue_spmc(&d->ring, d->slots, &p)) {
        out[n++] = p;
    }
    atomic_store_explicit(
        &s->handles,
        atomic_load_explicit(&s->handles, memory_order_relaxed) + n,
        memory_order_relaxed);
    if (n > 0) {
        after_take(d);
    }
    return n;
}

void bt_dispatch_falls_asleep(struct bt_dispatch *d, unsigned seat)
{
    /* Relaxed: the fence orders it before the look at the queues; it pairs with
     * those of whoever pushes first and then looks at `sleep`. */
    atomic_store_explicit(&d->seats[seat].sleep, BT_ASLEEP,
                          memory_order_relaxed);
    ck_pr_fence_memory();
}

void bt_dispatch_awake(struct bt_dispatch *d, unsigned seat)
{
    atomic_store_explicit(&d->seats[seat].sleep, BT_WAKING,
                          memory_order_relaxed);
}

void bt_dispatch_wake(struct bt_dispatch *d, unsigned seat)
{
    struct bt_seat *s = &d->seats[seat];
    unsigned asleep = BT_ASLEEP;

    ck_pr_fence_memory(); /* what it shall see, before the look at it */
    if (atomic_load_explicit(&s->sleep, memory_order_relaxed) == BT_ASLEEP &&
        atomic_compare_exchange_strong(&s->sleep, &asleep, BT_WAKING)) {
        bt_wake_send(&s->wake);
    }
}
