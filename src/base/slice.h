/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/slice.h -- bytes that somebody else owns.
 */
#ifndef BT_BASE_SLICE_H
#define BT_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct bt_slice {
    const char *p;
    size_t n;
};

static inline struct bt_slice bt_slice(const char *p, size_t n)
{
    return (struct bt_slice){p, n};
}

/* Of a C string. */
static inline struct bt_slice bt_str(const char *s)
{
    return (struct bt_slice){s, strlen(s)};
}

static inline bool bt_slice_eq(struct bt_slice a, struct bt_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* For those that may be {NULL, 0}. */
static inline void bt_slice_copy(char *to, struct bt_slice s)
{
    if (s.n > 0) {
        memcpy(to, s.p, s.n);
    }
}

/* ASCII letters compare equal whatever their case; s is a C string. */
bool bt_slice_is(struct bt_slice a, const char *s);

#endif
