/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/yield.h -- when a worker lets others run before it goes to sleep.
 *
 * Purpose    To sleep and be woken costs as much as to serve a request. Where a
 *            client or another worker waits for the same processor, it makes the
 *            next requests as soon as it runs: a worker that yields to it finds
 *            them afterwards, many at a time, and has not slept.
 *            The price: a worker that has yielded is not woken, so what comes
 *            meanwhile waits until the other's time slice ends, and that is
 *            milliseconds if the other one computes. Yielding is therefore kept
 *            up only while it pays. A yield that was long is paid for with what
 *            useful ones have earned, or else ends it for a rest, which doubles
 *            from rest to rest; so do yields to nobody.
 * Threads    The worker's, all of it. Nothing here is shared.
 */
#ifndef BT_WORKER_YIELD_H
#define BT_WORKER_YIELD_H

#include <stdbool.h>
#include <stdint.h>

#define BT_YIELD_PASS_NS   300000u  /* longer passes do not notice a sleep */
#define BT_YIELD_LONG_NS   2000000u /* others' requests have waited */
#define BT_YIELD_NOBODY_NS 5000u    /* as long as the call itself takes */
#define BT_YIELD_MANY      8        /* events that make up for a switch */
#define BT_YIELD_VAIN      8        /* in a row, before a rest */
#define BT_YIELD_PRICE     4        /* useful ones that pay for a long one */
#define BT_YIELD_PURSE     32       /* most that is saved */
#define BT_YIELD_SHORT_US  1000     /* first rest after yields to nobody */
#define BT_YIELD_REST_US   16000    /* their last; first one after a long one */
#define BT_YIELD_MOST_US   1000000  /* last one */

struct bt_yield {
    uint64_t again;   /* ns: rests until then */
    uint64_t took;    /* ns, before this wait; 0: there was none */
    uint64_t end;     /* ns, when it was over */
    uint32_t rest_us; /* of the last rest for a long one */
    uint32_t vain_us; /* of the last rest for yields to nobody */
    uint16_t earned;
    uint16_t vain;
};

/* May it yield behind a pass that began then, ns? */
static inline bool bt_yield_may(const struct bt_yield *y, uint64_t pass_began)
{
    return pass_began >= y->again;
}

/* Is it to, at the end of the pass? */
static inline bool bt_yield_pays(uint64_t pass_began, uint64_t now)
{
    return now - pass_began < BT_YIELD_PASS_NS;
}

/* It has, from begin to end, ns. */
void bt_yield_done(struct bt_yield *y, uint64_t begin, uint64_t end);
/* The wait after it (or after none) found n events. */
void bt_yield_found(struct bt_yield *y, unsigned n);

#endif
