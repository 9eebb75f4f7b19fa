/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/decimal.h"

#include <string.h>

/* The magnitude of nine digits and less cannot overflow on the way. */
static bool read_digits(const char *p, size_t n, uint64_t *v)
{
    uint64_t u = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(unsigned char)p[i] - '0';

        if (d > 9 || u > (UINT64_MAX - d) / 10) {
            return false;
        }
        u = u * 10 + d;
    }
    *v = u;
    return true;
}

bool bt_decimal_read(struct bt_slice s, int64_t *v)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t u;

    if (s.n - minus - 1 >= BT_DECIMAL_MAX - 1) {
        return false; /* empty, a lone sign, or too long */
    }
    if (s.p[minus] == '0') {
        *v = 0;
        return s.n == 1;
    }
    if (!read_digits(s.p + minus, s.n - minus, &u) ||
        u > (uint64_t)INT64_MAX + minus) {
        return false;
    }
    *v = minus ? -(int64_t)(u - 1) - 1 : (int64_t)u;
    return true;
}

size_t bt_decimal_write(char p[BT_DECIMAL_MAX], int64_t v)
{
    char text[BT_DECIMAL_MAX], *at = text + sizeof text;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    size_t n;

    do {
        *--at = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    if (v < 0) {
        *--at = '-';
    }
    n = (size_t)(text + sizeof text - at);
    memcpy(p, at, n);
    return n;
}
