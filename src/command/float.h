/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/float.h -- numbers of INCRBYFLOAT and HINCRBYFLOAT, as texts.
 *
 * Threads    Any; no state.
 */
#ifndef BATON_COMMAND_FLOAT_H
#define BATON_COMMAND_FLOAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "resp/reply.h"

#define FLOAT_TEXT (5 * 1024) /* longest long double: some 4,950 */

/* Everything strtold reads, to the last byte; no white space in front, no NaN,
 * nothing too large or too small to be told from infinity or zero. */
bool float_parse(struct bt_slice s, long double *v);

/* Decimal, 17 digits behind the point, without trailing zeros. v is finite. */
size_t float_format(char text[FLOAT_TEXT], long double v);

/* v + delta as text. False after the error reply: it is no number. */
bool float_add(struct resp_reply *out, long double v, long double delta,
               char text[FLOAT_TEXT], struct bt_slice *sum);

#endif
