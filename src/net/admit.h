/* SPDX-License-Identifier: BSD-2-Clause
 *
 * net/admit.h -- what becomes of a connection that was accepted.
 *
 * Purpose    Makes its handle and pushes it onto the dispatch ring: as a client
 *            in the table, or as one too many who is told so by a worker.
 * Threads    The acceptor.
 * Ownership  Takes the fd; without memory it is closed.
 */
#ifndef BT_NET_ADMIT_H
#define BT_NET_ADMIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct bt_acceptor;
struct bt_listener;
struct sockaddr_storage;

#define BT_BUDGET   64 /* accepts from one master before the next's turn */
#define BT_PAUSE_MS 10 /* when memory, or room for the refused, is short */

/* The acceptor is the only writer. */
static inline void bt_count(_Atomic uint64_t *counter)
{
    atomic_store_explicit(
        counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
        memory_order_relaxed);
}

/* Are there as many clients as may be? */
bool bt_admit_full(const struct bt_acceptor *a);

/* The ring has room. */
void bt_admit(struct bt_acceptor *a, struct bt_listener *l, int fd,
              const struct sockaddr_storage *peer);

#endif
