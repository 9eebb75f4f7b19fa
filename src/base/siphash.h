/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/siphash.h -- SipHash-1-3, the keyed hash of the keyspace.
 *
 * Purpose    Clients choose the keys; without the secret they cannot choose
 *            keys that fall into one bucket. One round for each 8 bytes and
 *            three at the end are enough for a table whose hashes are never
 *            shown to anybody.
 * Threads    Any.
 */
#ifndef BT_BASE_SIPHASH_H
#define BT_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct bt_hash_key {
    uint64_t k0, k1;
};

uint64_t bt_siphash(const struct bt_hash_key *key, const void *p, size_t n);

#endif
