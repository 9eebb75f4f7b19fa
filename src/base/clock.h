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
/* The time of bt_now_ns() as it was when the system looked last, which is nearly
 * free where it keeps such a clock. It stands still for bt_coarse_step_ns() at
 * most. */
uint64_t bt_coarse_ns(void);
uint64_t bt_coarse_step_ns(void);
int64_t bt_real_us(void); /* microseconds since 1970 */
int64_t bt_real_ms(void); /* milliseconds since 1970 */

#endif
