/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/decimal.h -- integers and their shortest decimal form.
 *
 * Threads    Any; no state.
 */
#ifndef BT_BASE_DECIMAL_H
#define BT_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define BT_DECIMAL_MAX 20 /* digits and sign of any int64_t */

/* True when s is what bt_decimal_write() makes of some number: no leading zero
 * or plus, no "-0", nothing around it. */
bool bt_decimal_read(struct bt_slice s, int64_t *v);

/* How many bytes were written at p; no NUL is added. */
size_t bt_decimal_write(char p[BT_DECIMAL_MAX], int64_t v);

#endif
