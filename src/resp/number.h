/* SPDX-License-Identifier: BSD-2-Clause
 *
 * resp/number.h -- numbers into text, as replies show them.
 *
 * Threads    Any; no state.
 * Result     How many bytes were written at p, which has room for
 *            RESP_NUMBER_SIZE. No NUL is added.
 */
#ifndef BATON_RESP_NUMBER_H
#define BATON_RESP_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define RESP_NUMBER_SIZE 32

size_t resp_format_uint(char *p, uint64_t v);
size_t resp_format_int(char *p, int64_t v);

/* The shortest digits that are read back as the same number; "inf", "-inf",
 * "nan". */
size_t resp_format_double(char *p, double v);

#endif
