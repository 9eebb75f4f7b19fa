/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/clock.h -- time. Monotonic for durations, real for what users see.
 *
 * Threads    Any.
 */
#ifndef BT_BASE_CLOCK_H
#define BT_BASE_CLOCK_H

#include <stdint.h>

uint64_t bt_now_ns(void); /* monotonic */
uint64_t bt_now_ms(void); /* monotonic */
/* Monotonic too, but it may stand still for some milliseconds: nearly free where
 * the system keeps such a clock. Not to be compared with bt_now_ns(). */
uint64_t bt_coarse_ns(void);
int64_t bt_real_us(void); /* microseconds since 1970 */
int64_t bt_real_ms(void); /* milliseconds since 1970 */

#endif
