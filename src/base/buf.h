/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/buf.h -- a growing byte buffer.
 *
 * Threads    One at a time.
 * Ownership  The buffer owns p. A zeroed structure is an empty buffer.
 * Errors     0 or -ENOMEM, in which case nothing was changed.
 */
#ifndef BT_BASE_BUF_H
#define BT_BASE_BUF_H

#include <stddef.h>

#include "base/check.h"

struct bt_buf {
    char *p;
    size_t n, cap;
};

void bt_buf_fini(struct bt_buf *b);
/* Room for n more bytes; at least doubles when it grows. */
int bt_buf_reserve(struct bt_buf *b, size_t n);
int bt_buf_add(struct bt_buf *b, const void *p, size_t n);
int bt_buf_addf(struct bt_buf *b, const char *fmt, ...) BT_PRINTF(2, 3);
/* Drops the first n bytes. */
void bt_buf_drop(struct bt_buf *b, size_t n);

#endif
