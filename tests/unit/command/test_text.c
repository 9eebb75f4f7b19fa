/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers and patterns as arguments. The expected answers to patterns were read
 * off a running Redis 7.0 (KEYS).
 */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "command/command.h"

#include <string.h>

static bool parses(const char *text, int64_t want)
{
    int64_t v = 77;

    return cmd_parse_int(bt_str(text), &v) && v == want;
}

static bool refused(const char *text)
{
    int64_t v;

    return !cmd_parse_int(bt_str(text), &v);
}

Test(number, whole_range)
{
    cr_assert(parses("0", 0));
    cr_assert(parses("7", 7));
    cr_assert(parses("-1", -1));
    cr_assert(parses("1000000007", 1000000007));
    cr_assert(parses("9223372036854775807", INT64_MAX));
    cr_assert(parses("-9223372036854775808", INT64_MIN));
    cr_assert(parses("9223372036854775800", INT64_MAX - 7));
}

Test(number, strict)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "01",
                                      "-0",
                                      "00",
                                      "-01",
                                      "1.0",
                                      "1e3",
                                      "0x10",
                                      "--1",
                                      "1-",
                                      "a",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551616",
                                      "99999999999999999999999"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert(refused(bad[i]), "%s", bad[i]);
    }
}

Test(number, zero_bytes_are_no_digits)
{
    int64_t v;

    cr_assert_not(cmd_parse_int(bt_slice("1\0", 2), &v));
    cr_assert_not(cmd_parse_int(bt_slice("\0"
                                         "1",
                                         2),
                                &v));
}

static bool match(const char *pattern, const char *text)
{
    return cmd_glob(bt_str(pattern), bt_str(text), false);
}

Test(glob, stars_and_marks)
{
    cr_assert(match("*", ""));
    cr_assert(match("*", "abc"));
    cr_assert(match("", ""));
    cr_assert_not(match("", "a"));
    cr_assert(match("a*c", "abbbc"));
    cr_assert(match("a*c", "ac"));
    cr_assert_not(match("a*c", "abcd"));
    cr_assert(match("*b*", "abc"));
    cr_assert(match("**a", "bca"));
    cr_assert(match("a?c", "abc"));
    cr_assert_not(match("a?c", "ac"));
    cr_assert(match("h*llo*d", "hello world"));
    cr_assert(match("*ab", "aab"));
    cr_assert(match("*aab*c", "aaaabxc"));
}

Test(glob, classes)
{
    cr_assert(match("h[ae]llo", "hallo"));
    cr_assert_not(match("h[ae]llo", "hillo"));
    cr_assert(match("h[^e]llo", "hallo"));
    cr_assert_not(match("h[^e]llo", "hello"));
    cr_assert(match("h[a-c]llo", "hbllo"));
    cr_assert(match("h[c-a]llo", "hbllo"));
    cr_assert_not(match("h[a-c]llo", "hdllo"));
    cr_assert(match("[\\]]", "]"));
    cr_assert(match("[\\-x]", "-"));
    cr_assert(match("[abc", "c"));
    cr_assert_not(match("[]", "a"));
    cr_assert(match("[^]", "a"));
    cr_assert_not(match("[a]", ""));
    cr_assert_not(match("[", "["));
}

Test(glob, literals)
{
    cr_assert(match("a\\*c", "a*c"));
    cr_assert_not(match("a\\*c", "abc"));
    cr_assert(match("a\\", "a\\"));
    cr_assert(match("\\a", "a"));
    cr_assert(cmd_glob(bt_slice("a\0*", 3), bt_slice("a\0b", 3), false));
    cr_assert_not(cmd_glob(bt_slice("a\0*", 3), bt_str("a"), false));
}

Test(glob, case)
{
    cr_assert_not(match("ABC", "abc"));
    cr_assert(cmd_glob(bt_str("ABC"), bt_str("aBc"), true));
    cr_assert(cmd_glob(bt_str("[A-C]x"), bt_str("bX"), true));
    cr_assert_not(cmd_glob(bt_str("[^A-C]x"), bt_str("bX"), true));
}

/* What takes the naive way exponential time. */
Test(glob, no_pattern_takes_long)
{
    static char pattern[201], text[4001];
    uint64_t start = bt_now_ns();

    for (size_t i = 0; i < 200; i += 2) {
        memcpy(pattern + i, "*a", 2);
    }
    pattern[199] = 'b';
    memset(text, 'a', sizeof text - 1);
    cr_assert_not(match(pattern, text));
    cr_assert_lt(bt_now_ns() - start, UINT64_C(2000000000));
}
