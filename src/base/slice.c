/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/slice.h"

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool bt_slice_is(struct bt_slice a, const char *s)
{
    size_t i;

    for (i = 0; i < a.n; i++) {
        if (s[i] == '\0' || lower(a.p[i]) != lower(s[i])) {
            return false;
        }
    }
    return s[i] == '\0';
}
