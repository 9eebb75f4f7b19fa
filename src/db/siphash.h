/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/siphash.h -- SipHash-1-3, the keyed hash of the keyspace.
 *
 * Purpose    Clients choose the keys; without the secret they cannot choose
 *            keys that fall into one bucket. One round for each 8 bytes and
 *            three at the end are enough for a table whose hashes are never
 *            shown to anybody.
 * Threads    Any.
 */
#ifndef BATON_DB_SIPHASH_H
#define BATON_DB_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct db_hash_key {
    uint64_t k0, k1;
};

uint64_t db_siphash(const struct db_hash_key *key, const void *p, size_t n);

#endif
