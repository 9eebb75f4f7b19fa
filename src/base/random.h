/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/random.h -- unpredictable bytes from the system, for keys and seeds.
 *
 * Threads    Any.
 */
#ifndef BT_BASE_RANDOM_H
#define BT_BASE_RANDOM_H

#include <stddef.h>

/* Fills p with n random bytes. 0, or a negative errno when the system has none
 * to give. */
int bt_random(void *p, size_t n);

#endif
