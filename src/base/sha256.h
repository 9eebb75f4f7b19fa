/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/sha256.h -- the SHA-256 digest, for passwords that are kept.
 *
 * Threads    Any; no state.
 * Source     FIPS 180-4.
 */
#ifndef BT_BASE_SHA256_H
#define BT_BASE_SHA256_H

#include <stddef.h>

#define BT_SHA256_BYTES 32

void bt_sha256(const void *p, size_t n, unsigned char out[BT_SHA256_BYTES]);

#endif
