/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/wait.h -- clients that wait for a key to hold something.
 *
 * Purpose    A waiter stands in a first-in-first-out queue of every key it waits
 *            for. Whoever makes one of them a value of the waiter's type serves
 *            it inside his own critical section, in the order of arrival:
 *            tx_commit does so, whatever command it was.
 *
 *                wait_add(tx, w, keys, n);      in the tx that found them empty
 *                ...
 *                w->serve(w, tx, key, e);       at the commit of another tx
 *                w->served(w);                  after its locks are released
 *
 * Threads    A waiter is decided by one change of `state`, away from
 *            WAIT_WAITING (wait_claim), by whichever thread; only the one that
 *            won acts. wait_add: the owner. serve and served: any thread with a
 *            tx. wait_forget: the owner, once the state is another one.
 * Locks      A queue belongs to the shard of its key. serve is called with that
 *            shard's lock held, and with the lock of the shard of `to`: such
 *            destinations join the locks of any tx that might serve the waiter.
 * Ownership  The waiter and what it points to are the owner's. It must stay
 *            until wait_forget() returned; what happens between serve and served
 *            must hold it, too (a reference taken in serve).
 * Cost       A shard in which nobody waits costs a change one load. A change of
 *            a key costs what its own queue takes, whoever waits elsewhere.
 */
#ifndef BATON_DB_WAIT_H
#define BATON_DB_WAIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "db/tx.h"

enum wait_state {
    WAIT_WAITING,
    WAIT_CLAIMED, /* it is being served, or was */
    WAIT_TIMED_OUT,
    WAIT_UNBLOCKED, /* somebody asked for it by name */
    WAIT_GONE       /* its client is closing */
};

struct wait;
struct wait_queue;

/* The key holds e, of the waiter's type and not empty: take something. */
typedef void wait_serve_fn(struct wait *w, struct tx *tx, struct bt_slice key,
                           const struct db_entry *e);
typedef void wait_served_fn(struct wait *w);

/* A waiter's place in one queue; under the lock of the key's shard. */
struct wait_link {
    struct wait *wait;
    struct wait_queue *queue; /* NULL: in none any more */
    struct wait_link *prev, *next;
    struct wait_link *prev_mover, *next_mover; /* of those with a `to` */
    unsigned shard;
};

struct wait {
    _Atomic int state; /* enum wait_state */
    enum db_type type;
    wait_serve_fn *serve;
    wait_served_fn *served;
    struct bt_slice to; /* another key that serve will change; p NULL: none */

    /* ---- The queues' ---- */
    struct db *db;
    uint64_t to_hash;
    struct wait_link *links;
    size_t n_links;
    struct wait *next_served;
};

/* Into the queues of keys, whose shards tx has locked for writing; db, links and
 * n_links are set. 0 or -ENOMEM, and then it is in none. */
int wait_add(struct tx *tx, struct wait *w, const struct bt_slice *keys,
             size_t n);

/* The one who decides: true if it was waiting, and has the new state now. */
static inline bool wait_claim(struct wait *w, enum wait_state to)
{
    int waiting = WAIT_WAITING;

    /* Acquire and release: what the loser did before is seen by the winner, and
     * what the winner did before by those who see the state. */
    return atomic_compare_exchange_strong_explicit(&w->state, &waiting, (int)to,
                                                   memory_order_acq_rel,
                                                   memory_order_acquire);
}

/* Out of all queues. Takes the shards' locks one by one: whoever claimed it has
 * finished its serve() when this returns. No tx may be locked. */
void wait_forget(struct wait *w);

/* Keys that somebody waits for. Any thread. */
size_t wait_keys(struct db *db);

/* SWAPDB and kin, which lock all: any key may have become another value. */
void wait_all_ready(struct tx *tx);

#endif
