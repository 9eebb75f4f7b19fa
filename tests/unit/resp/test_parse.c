/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The request parser on whole requests. The expected texts were read off a
 * running Redis 7.0.
 */
#include <criterion/criterion.h>

#include "resp/parse.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct resp_limits limits = {RESP_MAX_BULK, RESP_MAX_INLINE,
                                    RESP_MAX_ARGS, false};
static struct resp_request req;
static struct resp_partial *partial;
static size_t want;

static void reset(void)
{
    resp_partial_free(&partial);
    resp_request_fini(&req);
    limits.unauthenticated = false;
}

TestSuite(parse, .fini = reset);

static enum resp_status parse_n(const char *p, size_t n)
{
    want = 0;
    return resp_parse(&partial, p, n, &limits, &req, &want);
}

static enum resp_status parse(const char *text)
{
    return parse_n(text, strlen(text));
}

static void expect_args(const char *const *args, size_t n)
{
    cr_assert_eq(req.argc, n, "%zu arguments, not %zu", req.argc, n);
    for (size_t i = 0; i < n; i++) {
        cr_expect(bt_slice_eq(req.argv[i], bt_str(args[i])),
                  "argument %zu is '%.*s', not '%s'", i, (int)req.argv[i].n,
                  req.argv[i].p, args[i]);
    }
}

#define ARGS(...)                                                              \
    do {                                                                       \
        const char *const want_args_[] = {__VA_ARGS__};                        \
        expect_args(want_args_, sizeof want_args_ / sizeof(char *));           \
    } while (0)

Test(parse, one_request)
{
    static const char text[] =
        "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$12\r\nhello\r\nworld\r\n";

    cr_assert_eq(parse(text), RESP_OK);
    ARGS("SET", "", "hello\r\nworld");
    cr_expect_eq(req.consumed, sizeof text - 1);
    cr_expect(req.argv[2].p > text && req.argv[2].p < text + sizeof text,
              "arguments lie in the caller's bytes");
}

Test(parse, one_after_the_other)
{
    const char *p =
        "*1\r\n$4\r\nPING\r\nGET k\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";

    cr_assert_eq(parse(p), RESP_OK);
    ARGS("PING");
    p += req.consumed;
    cr_assert_eq(parse(p), RESP_OK);
    ARGS("GET", "k");
    p += req.consumed;
    cr_assert_eq(parse(p), RESP_EMPTY);
    cr_assert_eq(req.consumed, 2);
    p += req.consumed;
    cr_assert_eq(parse(p), RESP_OK);
    ARGS("GET", "k");
    cr_assert_eq(parse(p + req.consumed), RESP_MORE);
}

Test(parse, more_arguments_than_the_vector_has)
{
    char text[16 + 3000 * 8];
    size_t n = (size_t)snprintf(text, sizeof text, "*3000\r\n");

    for (int i = 0; i < 3000; i++) {
        n +=
            (size_t)snprintf(text + n, sizeof text - n, "$1\r\n%d\r\n", i % 10);
    }
    cr_assert_eq(parse_n(text, n), RESP_OK);
    cr_assert_eq(req.argc, 3000);
    for (int i = 0; i < 3000; i++) {
        cr_assert(req.argv[i].n == 1 && req.argv[i].p[0] == '0' + i % 10);
    }
}

Test(parse, nothing_asked)
{
    static const char *const texts[] = {"\r\n",
                                        "\n",
                                        "  \t \r\n",
                                        "*0\r\n",
                                        "*-1\r\n",
                                        "*-2\r\n",
                                        "*-9223372036854775808\r\n"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_expect_eq(parse(texts[i]), RESP_EMPTY, "%s", texts[i]);
        cr_expect_eq(req.consumed, strlen(texts[i]), "%s", texts[i]);
        cr_expect_eq(req.argc, 0);
    }
}

/* As in Redis, the two bytes that end something are skipped, not looked at. */
Test(parse, line_ends_are_not_looked_at)
{
    cr_assert_eq(parse("*1\rx$4\ryPINGab"), RESP_OK);
    ARGS("PING");
    cr_expect_eq(req.consumed, 14);
}

Test(parse, lengths_of_one_to_six_digits)
{
    char *text = malloc(200000);

    cr_assert(text);
    for (size_t len = 1; len <= 100000; len *= 10) {
        int n = snprintf(text, 64, "*1\r\n$%zu\r\n", len);

        memset(text + n, 'x', len + 2);
        cr_assert_eq(parse_n(text, (size_t)n + len + 2), RESP_OK);
        cr_expect_eq(req.argv[0].n, len);
        cr_expect_eq(req.consumed, (size_t)n + len + 2);
    }
    free(text);
}

struct bad {
    const char *text, *error;
};

static void expect_errors(const struct bad *bad, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(parse(bad[i].text), RESP_ERROR, "%s", bad[i].text);
        cr_expect_str_eq(req.error, bad[i].error, "%s", bad[i].text);
        cr_expect_null(partial);
    }
}

Test(parse, errors)
{
    static const struct bad bad[] = {
        {"*abc\r\n", "Protocol error: invalid multibulk length"},
        {"*\r\n", "Protocol error: invalid multibulk length"},
        {"*01\r\n", "Protocol error: invalid multibulk length"},
        {"*+1\r\n", "Protocol error: invalid multibulk length"},
        {"*-0\r\n", "Protocol error: invalid multibulk length"},
        {"* 1\r\n", "Protocol error: invalid multibulk length"},
        {"*1048577\r\n", "Protocol error: invalid multibulk length"},
        {"*2147483648\r\n", "Protocol error: invalid multibulk length"},
        {"*9223372036854775808\r\n",
         "Protocol error: invalid multibulk length"},
        {"*18446744073709551617\r\n",
         "Protocol error: invalid multibulk length"},
        {"*1\r\nPING\r\n", "Protocol error: expected '$', got 'P'"},
        {"*1\r\n*\r\n", "Protocol error: expected '$', got '*'"},
        {"*1\r\n$\r\n", "Protocol error: invalid bulk length"},
        {"*1\r\n$-1\r\n", "Protocol error: invalid bulk length"},
        {"*1\r\n$04\r\nPING\r\n", "Protocol error: invalid bulk length"},
        {"*1\r\n$4x\r\nPING\r\n", "Protocol error: invalid bulk length"},
        {"*1\r\n$536870913\r\n", "Protocol error: invalid bulk length"},
        {"*1\r\n$4294967300\r\nPING\r\n",
         "Protocol error: invalid bulk length"},
        {"*1\r\n$18446744073709551620\r\nPING\r\n",
         "Protocol error: invalid bulk length"},
        {"\"abc\r\n", "Protocol error: unbalanced quotes in request"},
        {"'abc\r\n", "Protocol error: unbalanced quotes in request"},
        {"\"a\"b\r\n", "Protocol error: unbalanced quotes in request"},
        {"ECHO \"a\\\r\n", "Protocol error: unbalanced quotes in request"},
    };

    expect_errors(bad, sizeof bad / sizeof *bad);
}

Test(parse, strict_before_authentication)
{
    static const struct bad bad[] = {
        {"*11\r\n", "Protocol error: unauthenticated multibulk length"},
        {"*1048577\r\n", "Protocol error: unauthenticated multibulk length"},
        {"*2147483648\r\n", "Protocol error: invalid multibulk length"},
        {"*1\r\n$16385\r\n", "Protocol error: unauthenticated bulk length"},
        {"*1\r\n$536870913\r\n", "Protocol error: invalid bulk length"},
    };

    limits.unauthenticated = true;
    expect_errors(bad, sizeof bad / sizeof *bad);
    cr_expect_eq(parse("*10\r\n$16384\r\n"), RESP_MORE);
    resp_partial_free(&partial);
    limits.unauthenticated = false;
    cr_expect_eq(parse("*11\r\n$16385\r\n"), RESP_MORE);
}

/* A line of the limit's length may still end well; one byte more is an error. */
Test(parse, lines_too_long)
{
    static const struct bad bad[] = {
        {"", "Protocol error: too big inline request"},
        {"*", "Protocol error: too big mbulk count string"},
        {"*1\r\n$", "Protocol error: too big bulk count string"},
    };
    char *text = malloc(RESP_MAX_INLINE + 16);

    cr_assert(text);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t start = strlen(bad[i].text);
        size_t line = start > 1 ? start - 1 : 0; /* the last line's beginning */

        memset(text, '1', RESP_MAX_INLINE + 16);
        memcpy(text, bad[i].text, start);
        cr_expect_eq(parse_n(text, line + RESP_MAX_INLINE), RESP_MORE);
        resp_partial_free(&partial);
        cr_assert_eq(parse_n(text, line + RESP_MAX_INLINE + 1), RESP_ERROR);
        cr_expect_str_eq(req.error, bad[i].error);
    }
    free(text);
}

Test(parse, longest_inline_command)
{
    char *text = malloc(RESP_MAX_INLINE + 1);

    cr_assert(text);
    memset(text, 'x', RESP_MAX_INLINE);
    text[RESP_MAX_INLINE] = '\n';
    cr_assert_eq(parse_n(text, RESP_MAX_INLINE + 1), RESP_OK);
    cr_expect_eq(req.argc, 1);
    cr_expect_eq(req.argv[0].n, RESP_MAX_INLINE);
    free(text);
}

Test(parse, inline_commands)
{
    cr_assert_eq(parse("PING\n"), RESP_OK);
    ARGS("PING");
    cr_assert_eq(parse("  SET  key\tvalue \r\n"), RESP_OK);
    ARGS("SET", "key", "value");
    cr_expect_eq(req.consumed, 19);
    cr_assert_eq(parse("ECHO \"a\\x41\\n\\r\\t\\b\\a\\q\\\"\\\\\"\r\n"),
                 RESP_OK);
    ARGS("ECHO", "aA\n\r\t\b\aq\"\\");
    cr_assert_eq(parse("ECHO 'a\\'b\\n\"'\r\n"), RESP_OK);
    ARGS("ECHO", "a'b\\n\"");
    cr_assert_eq(parse("ECHO \"\" ''\r\n"), RESP_OK);
    ARGS("ECHO", "", "");
    cr_assert_eq(parse("ECHO foo\"bar\"\r\n"), RESP_OK);
    ARGS("ECHO", "foobar");
    cr_assert_eq(parse("\vPING a\vb\r\n"), RESP_OK);
    ARGS("PING", "a\vb");
    cr_assert_eq(parse("ECHO \"\\x4g\\x\"\r\n"), RESP_OK);
    ARGS("ECHO", "x4gx");
}

Test(parse, zero_bytes_in_an_inline_command)
{
    cr_assert_eq(parse_n("ECHO a\0b\r\n", 10), RESP_OK);
    cr_assert_eq(req.argc, 2);
    cr_expect(bt_slice_eq(req.argv[1], bt_slice("a\0b", 3)));
}

Test(parse, own_limits)
{
    limits.max_bulk = 5;
    limits.max_args = 2;
    cr_expect_eq(parse("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"), RESP_OK);
    cr_expect_eq(parse("*2\r\n$6\r\nHELLOO\r\n$1\r\n3\r\n"), RESP_ERROR);
    cr_expect_eq(parse("*3\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"), RESP_ERROR);
    limits.max_bulk = SIZE_MAX;
    cr_expect_eq(parse("*1\r\n$9223372036854775806\r\nx"), RESP_ERROR);
}
