/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/evict.h -- which key goes when memory is short.
 *
 * Purpose    Whoever makes room asks for keys to be removed one by one until it
 *            is enough. The best candidate of a sample goes, and the good ones
 *            that were seen before are remembered, so that with few looks the
 *            choice comes near that of a full order.
 * Threads    Each thread has a pool of its own; any may evict. Takes shards'
 *            locks one at a time: the caller holds none.
 */
#ifndef BATON_DB_EVICT_H
#define BATON_DB_EVICT_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

/* In the order of the words of maxmemory-policy. */
enum db_policy {
    DB_VOLATILE_LRU,
    DB_VOLATILE_LFU,
    DB_VOLATILE_RANDOM,
    DB_VOLATILE_TTL,
    DB_ALLKEYS_LRU,
    DB_ALLKEYS_LFU,
    DB_ALLKEYS_RANDOM,
    DB_NOEVICTION
};

/* Removes one key by the policy; samples: keys looked at for it. False: there
 * is none that the policy lets go. */
bool db_evict(struct db_thread *t, enum db_policy policy, unsigned samples);

#endif
