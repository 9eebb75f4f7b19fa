/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "resp/number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *int_text(int64_t v)
{
    static char text[RESP_NUMBER_SIZE + 1];

    text[resp_format_int(text, v)] = '\0';
    return text;
}

static const char *double_text(double v)
{
    static char text[RESP_NUMBER_SIZE + 1];
    size_t n = resp_format_double(text, v);

    cr_assert_leq(n, RESP_NUMBER_SIZE);
    text[n] = '\0';
    return text;
}

Test(number, integers)
{
    char want[32];

    for (int64_t v = 1; v < INT64_MAX / 7; v = v * 7 + v % 3) {
        for (int64_t near = v - 1; near <= v + 1; near++) {
            snprintf(want, sizeof want, "%" PRId64, near);
            cr_assert_str_eq(int_text(near), want);
            snprintf(want, sizeof want, "%" PRId64, -near);
            cr_assert_str_eq(int_text(-near), want);
        }
    }
    for (int64_t v = 1; v <= INT64_C(100000000000000000); v *= 10) {
        snprintf(want, sizeof want, "%" PRId64, v);
        cr_assert_str_eq(int_text(v), want);
        snprintf(want, sizeof want, "%" PRId64, v - 1);
        cr_assert_str_eq(int_text(v - 1), want);
    }
    cr_expect_str_eq(int_text(INT64_MIN), "-9223372036854775808");
    cr_expect_str_eq(int_text(INT64_MAX), "9223372036854775807");
}

Test(number, largest_unsigned)
{
    char text[RESP_NUMBER_SIZE + 1];

    text[resp_format_uint(text, UINT64_MAX)] = '\0';
    cr_expect_str_eq(text, "18446744073709551615");
}

Test(number, doubles)
{
    static const struct {
        double v;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1.0, "1"},
        {-3.5, "-3.5"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {3.141592653589793, "3.141592653589793"},
        {100.0, "100"},
        {12345678.0, "12345678"},
        {10000000.0, "10000000"},
        {100000000.0, "100000000"},
        {123456789.0, "123456789"},
        {1e15, "1000000000000000"},
        {-1e18, "-1000000000000000000"},
        {4611686018427387904.0, "4611686018427387904"},
        {4611686018427388928.0, "4611686018427389000"},
        {1e19, "1e+19"},
        {1e21, "1e+21"},
        {123456789012345680.0, "123456789012345680"},
        {0.001, "0.001"},
        {0.000001, "0.000001"},
        {0.0000001, "1e-7"},
        {0.0001234, "1.234e-4"},
        {0.001234, "0.001234"},
        {1.5e300, "1.5e+300"},
        {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {-NAN, "nan"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_str_eq(double_text(cases[i].v), cases[i].text, "%s, not %s",
                         double_text(cases[i].v), cases[i].text);
    }
}

/* Whatever bits: read back as the same number, and not in more digits than
 * the 17 that always do. */
Test(number, doubles_are_read_back)
{
    uint64_t x = 88172645463325252u;

    for (int i = 0; i < 200000; i++) {
        double v;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        memcpy(&v, &x, sizeof v);
        if (!isfinite(v)) {
            continue;
        }
        cr_assert(strtod(double_text(v), NULL) == v, "%s", double_text(v));
        cr_assert_leq(strlen(double_text(v)), 25);
        v = (double)(int64_t)(x >> 34) / 1000;
        cr_assert(strtod(double_text(v), NULL) == v, "%s", double_text(v));
    }
}
