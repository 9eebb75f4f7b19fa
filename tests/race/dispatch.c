/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The dispatch ring with one producer and four consumers that go to sleep when
 * there is nothing. What must hold:
 *   - each handle is taken exactly once;
 *   - shares come out even, as far as the system runs all consumers;
 *   - nobody sleeps while something waits: all consumers asleep and the ring not
 *     empty, for longer than a moment, is a lost wake-up.
 */
#include "race.h"

#include <poll.h>

#include "net/dispatch.h"

#define SEATS  4
#define RING   256
#define CYCLE  (1 << 20)    /* handles; each is pushed again and again */
#define STUCK  30000000000u /* ns: no machine stalls so long, */
#define NAP_MS 90000        /* but a consumer's longest sleep is longer */
#define ROUNDS 20           /* at most, until shares are even */

enum {
    FREE,
    PUSHED
};

static struct bt_dispatch d;
static struct bt_wake acceptor;
static _Atomic unsigned char handle[CYCLE]; /* FREE or PUSHED */
static atomic_bool drained;
static atomic_uint_fast64_t taken[SEATS];

static void work_for(unsigned ns)
{
    uint64_t go = race_ns() + ns;

    while (race_ns() < go) {
    }
}

/* Some have more work with one than others: shares are even all the same. */
static void take_one(struct baton_client *c, unsigned seat)
{
    _Atomic unsigned char *h = (_Atomic unsigned char *)c;

    if (h < handle || h >= handle + CYCLE) {
        race_fail("something that was never pushed");
    } else if (atomic_exchange(h, FREE) != PUSHED) {
        race_fail("handle %u was taken twice", (unsigned)(h - handle));
    }
    atomic_fetch_add_explicit(&taken[seat], 1, memory_order_relaxed);
    work_for(seat * 2000u);
}

static void nap(unsigned seat, bool declined)
{
    struct pollfd f = {.fd = d.seats[seat].wake.rd, .events = POLLIN};
    int ms = declined ? 1 : NAP_MS;

    bt_dispatch_falls_asleep(&d, seat);
    if ((!declined && bt_dispatch_depth(&d) > 0) || atomic_load(&drained)) {
        ms = 0;
    }
    if (poll(&f, 1, ms) == 1) {
        bt_wake_clear(&d.seats[seat].wake);
    }
    bt_dispatch_awake(&d, seat);
}

/* As a worker does it: a pass, then a sleep. */
static void *consume(void *arg)
{
    unsigned seat = (unsigned)(uintptr_t)arg;

    while (!atomic_load(&drained)) {
        struct baton_client *out[BT_TAKE_MAX];
        uint64_t now = race_ns();
        unsigned n;

        bt_dispatch_pass_begins(&d, seat, now);
        n = bt_dispatch_take(&d, seat, now, false, out);
        for (unsigned i = 0; i < n; i++) {
            take_one(out[i], seat);
        }
        nap(seat, n == 0 && bt_dispatch_depth(&d) > 0);
    }
    return NULL;
}

static bool all_asleep(void)
{
    for (unsigned i = 0; i < SEATS; i++) {
        if (atomic_load(&d.seats[i].sleep) != BT_ASLEEP) {
            return false;
        }
    }
    return true;
}

/* Waits until the ring is empty, and watches that somebody empties it. */
static void wait_for_empty(void)
{
    uint64_t since = race_ns();

    while (bt_dispatch_depth(&d) > 0 && !atomic_load(&race_failed)) {
        if (!all_asleep()) {
            since = race_ns();
        } else if (race_ns() - since > STUCK) {
            race_fail("all sleep and %u wait: a wake-up was lost",
                      bt_dispatch_depth(&d));
        }
        sched_yield();
    }
}

static void push_one(uint64_t n)
{
    struct baton_client *c = (struct baton_client *)&handle[n % CYCLE];

    if (atomic_exchange(&handle[n % CYCLE], PUSHED) != FREE) {
        race_fail("a handle is out for too long");
    }
    while (!bt_dispatch_room(&d)) {
        if (bt_dispatch_wait_for_room(&d)) {
            struct pollfd f = {.fd = acceptor.rd, .events = POLLIN};

            bt_dispatch_rouse(&d);
            if (poll(&f, 1, NAP_MS) == 0) {
                race_fail("nobody tells that there is room");
                return;
            }
            bt_wake_clear(&acceptor);
        }
    }
    if (bt_dispatch_push(&d, &c, race_ns()) < 0) {
        race_fail("the ring is full after all");
    }
}

/* Bursts, trickles and pauses: what the time between two pushes is like decides
 * whether the taker is just falling asleep. */
static uint64_t produce(unsigned seconds, uint64_t n)
{
    uint64_t random = 88172645463325252u + n;
    uint64_t end = race_ns() + seconds * 1000000000ull;

    while (race_ns() < end && !atomic_load(&race_failed)) {
        bool flood = race_random(&random) % 64 == 0; /* over the ring's size */
        unsigned burst =
            flood ? 3 * RING : 1 + (unsigned)(race_random(&random) % 40);
        unsigned most = 1 + (unsigned)(race_random(&random) % 20000);

        for (unsigned i = 0; i < burst; i++) {
            push_one(n++);
            if (n % 64 == 0) {
                bt_dispatch_rouse(&d);
            }
            if (burst < 30) {
                work_for((unsigned)(race_random(&random) % most));
            }
        }
        if (bt_dispatch_depth(&d) > BT_TAKE_MAX) {
            bt_dispatch_rouse(&d);
        }
        wait_for_empty();
    }
    return n;
}

struct shares {
    uint64_t least, most, sum;
};

static struct shares shares(void)
{
    struct shares s = {UINT64_MAX, 0, 0};

    for (unsigned i = 0; i < SEATS; i++) {
        uint64_t n = atomic_load(&taken[i]);

        s.least = n < s.least ? n : s.least;
        s.most = n > s.most ? n : s.most;
        s.sum += n;
    }
    return s;
}

/* A consumer that the system does not run counts as absent, so a busy machine
 * makes them uneven, but it may take what it missed as soon as it runs; greedy
 * consumers would be far beyond this, and stay there. */
static bool even(void)
{
    struct shares s = shares();

    return s.most <= 2 * s.least + 2 * BT_TAKE_MAX;
}

static void check(uint64_t pushed)
{
    struct shares s = shares();
    uint64_t least = s.least, most = s.most;

    if (s.sum != pushed) {
        race_fail("%llu pushed and %llu taken", (unsigned long long)pushed,
                  (unsigned long long)s.sum);
    }
    if (!even()) {
        race_fail("shares from %llu to %llu", (unsigned long long)least,
                  (unsigned long long)most);
    }
    printf("%llu handles, shares from %llu to %llu, full %llu times\n",
           (unsigned long long)pushed, (unsigned long long)least,
           (unsigned long long)most,
           (unsigned long long)atomic_load(&d.times_full));
}

int main(int argc, char **argv)
{
    unsigned seconds = race_argument(argc, argv, 2);
    uint64_t pushed = 0;
    pthread_t t[SEATS];

    if (bt_wake_open(&acceptor) < 0 ||
        bt_dispatch_init(&d, RING, SEATS, &acceptor) < 0) {
        return 99;
    }
    for (unsigned i = 0; i < SEATS; i++) {
        t[i] = race_start(consume, i);
    }
    for (unsigned i = 0; i < ROUNDS && (i == 0 || !even()); i++) {
        pushed = produce(seconds, pushed);
        wait_for_empty();
    }
    atomic_store(&drained, true);
    for (unsigned i = 0; i < SEATS; i++) {
        bt_wake_send(&d.seats[i].wake);
    }
    for (unsigned i = 0; i < SEATS; i++) {
        race_join(t[i]);
    }
    if (race_end() == 0) {
        check(pushed);
        bt_dispatch_fini(&d);
    }
    bt_wake_close(&acceptor);
    return race_end();
}
