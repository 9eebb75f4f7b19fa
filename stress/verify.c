/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/verify.c -- which version each key may hold.
 *
 * Why the rule is sound: a reader takes the floor before it writes its request to
 * its socket, and whatever raised the floor had by then been read from another
 * socket, so the server was done with that write before it saw the request. The
 * ceiling is read after the reply, and a version is entered in `sent` before
 * the write is written to its socket.
 */
#include "stress/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stress/clock.h"

#define VOID_MARK UINT32_MAX

const char *stress_fault_name(enum stress_fault f)
{
    static const char *const names[STRESS_N_FAULTS] = {
        "right",     "crossed", "torn",  "stale",   "lost",
        "reordered", "twice",   "never", "missing", "unexpected"};

    return names[f];
}

int stress_ledger_init(struct stress_ledger *l, bool timed)
{
    l->sent = calloc(l->keys, sizeof(*l->sent));
    l->in_force = calloc(l->keys, sizeof(*l->in_force));
    l->sent_at = timed ? calloc(l->keys, sizeof(*l->sent_at)) : NULL;
    if (l->sent == NULL || l->in_force == NULL ||
        (timed && l->sent_at == NULL)) {
        stress_ledger_fini(l);
        return -ENOMEM;
    }
    return 0;
}

void stress_ledger_fini(struct stress_ledger *l)
{
    free(l->sent);
    free(l->in_force);
    free(l->sent_at);
    l->sent = l->in_force = l->sent_at = NULL;
}

uint32_t stress_ledger_send(struct stress_ledger *l, uint32_t key)
{
    /* Relaxed: only this thread stores it. */
    uint32_t v = atomic_load_explicit(&l->sent[key], memory_order_relaxed) + 1;

    if (l->sent_at != NULL) {
        atomic_store(&l->sent_at[key],
                     (uint32_t)(stress_now() / STRESS_NS_PER_MS));
    }
    /* Release: pairs with the acquire in stress_ledger_check(), by way of the
     * server: whoever reads the value from a socket sees this store. */
    atomic_store_explicit(&l->sent[key], v, memory_order_release);
    return v;
}

void stress_ledger_void(struct stress_ledger *l, uint32_t key)
{
    atomic_store(&l->in_force[key], VOID_MARK);
}

void stress_ledger_prove(struct stress_ledger *l, uint32_t key,
                         uint32_t version)
{
    /* Relaxed: the exchange below checks it. */
    uint32_t v = atomic_load_explicit(&l->in_force[key], memory_order_relaxed);

    while (v < version) {
        /* Release: pairs with the acquire in stress_ledger_floor(). */
        if (atomic_compare_exchange_weak_explicit(&l->in_force[key], &v,
                                                  version, memory_order_release,
                                                  memory_order_relaxed)) {
            return;
        }
    }
}

uint32_t stress_ledger_floor(const struct stress_ledger *l, uint32_t key,
                             uint32_t reader)
{
    /* Acquire: pairs with the release in stress_ledger_prove(). */
    uint32_t v = atomic_load_explicit(&l->in_force[key], memory_order_acquire);

    if (v == VOID_MARK) {
        return 0;
    }
    /* Relaxed: the writer reads what it stored itself. */
    return key % l->writers != reader
               ? v
               : atomic_load_explicit(&l->sent[key], memory_order_relaxed);
}

enum stress_fault stress_ledger_check(const struct stress_ledger *l,
                                      uint32_t key, uint32_t floor,
                                      uint32_t version)
{
    if (version < floor) {
        return STRESS_STALE;
    }
    /* Acquire: pairs with the release in stress_ledger_send(). */
    if (version > atomic_load_explicit(&l->sent[key], memory_order_acquire)) {
        return STRESS_UNEXPECTED;
    }
    return STRESS_RIGHT;
}

bool stress_ledger_expired(const struct stress_ledger *l, uint32_t key,
                           double seconds)
{
    uint32_t sent = atomic_load(&l->sent[key]);
    uint32_t now = (uint32_t)(stress_now() / STRESS_NS_PER_MS);

    if (l->sent_at == NULL || atomic_load(&l->in_force[key]) != sent) {
        return true;
    }
    /* A millisecond of slack, since both times are cut. */
    return (double)(now - atomic_load(&l->sent_at[key])) + 1 >= seconds * 1000;
}
