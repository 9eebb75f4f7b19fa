/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bt_buf_fini(struct bt_buf *b)
{
    free(b->p);
    *b = (struct bt_buf){0};
}

int bt_buf_reserve(struct bt_buf *b, size_t n)
{
    size_t cap = b->cap;
    char *p;

    if (n <= cap - b->n) {
        return 0;
    }
    if (n > SIZE_MAX / 2 - b->n) {
        return -ENOMEM;
    }
    cap = cap < 64 ? 64 : cap * 2;
    if (cap < b->n + n) {
        cap = b->n + n;
    }
    p = realloc(b->p, cap);
    if (!p) {
        return -ENOMEM;
    }
    b->p = p;
    b->cap = cap;
    return 0;
}

int bt_buf_add(struct bt_buf *b, const void *p, size_t n)
{
    int r = bt_buf_reserve(b, n);

    if (r == 0 && n > 0) {
        memcpy(b->p + b->n, p, n);
        b->n += n;
    }
    return r;
}

int bt_buf_addf(struct bt_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n, r;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        return -EINVAL;
    }
    r = bt_buf_reserve(b, (size_t)n + 1);
    if (r == 0) {
        va_start(ap, fmt);
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
        va_end(ap);
        b->n += (size_t)n;
    }
    return r;
}

void bt_buf_drop(struct bt_buf *b, size_t n)
{
    bt_assert(n <= b->n);
    if (n > 0) {
        memmove(b->p, b->p + n, b->n - n);
        b->n -= n;
    }
}
