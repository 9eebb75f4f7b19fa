/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The request parser on requests that arrive in pieces.
 */
#include <criterion/criterion.h>

#include "resp/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct resp_limits limits = {RESP_MAX_BULK, RESP_MAX_INLINE,
                                          RESP_MAX_ARGS, false};
static struct resp_request req;
static struct resp_partial *partial;
static size_t want;

static void reset(void)
{
    resp_partial_free(&partial);
    resp_request_fini(&req);
}

TestSuite(pieces, .fini = reset);

/* Each call sees the bytes at a new address, in memory of exactly their size. */
static enum resp_status parse(const char *p, size_t n)
{
    static char *last;
    char *copy = malloc(n ? n : 1);

    cr_assert(copy);
    memcpy(copy, p, n);
    free(last);
    last = copy;
    return resp_parse(&partial, copy, n, &limits, &req, &want);
}

static void byte_by_byte(const char *text, size_t argc, const char *last)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(parse(text, i), RESP_MORE, "%s at %zu", text, i);
        cr_assert(want >= 1 && want <= n - i, "wants %zu at %zu", want, i);
    }
    cr_assert_eq(parse(text, n), RESP_OK, "%s", text);
    cr_assert_null(partial);
    cr_expect_eq(req.consumed, n);
    cr_expect_eq(req.argc, argc);
    cr_expect(bt_slice_eq(req.argv[req.argc - 1], bt_str(last)));
    cr_expect(bt_slice_is(req.argv[0], "set"), "%s", text);
}

Test(pieces, byte_by_byte)
{
    byte_by_byte("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$11\r\nhello world\r\n", 3,
                 "hello world");
    byte_by_byte("*2\r\n$3\r\nSET\r\n$0\r\n\r\n", 2, "");
    byte_by_byte("SET key \"some value\"\r\n", 3, "some value");
    byte_by_byte("*1\r\n$3\r\nset\r\n", 1, "set");
}

Test(pieces, every_cut_in_two)
{
    static const char text[] =
        "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\n0123456789\r\n$2\r\nNX\r\n";
    size_t n = sizeof text - 1;

    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(parse(text, i), RESP_MORE);
        cr_assert_eq(parse(text, n), RESP_OK);
        cr_assert_eq(req.argc, 4);
        cr_assert(bt_slice_eq(req.argv[0], bt_str("SET")), "cut at %zu", i);
        cr_assert(bt_slice_eq(req.argv[2], bt_str("0123456789")));
        cr_assert(bt_slice_eq(req.argv[3], bt_str("NX")));
    }
}

/* A line begun in one piece and read the short way in the next leaves no trace
 * of where its end was looked for. */
Test(pieces, error_after_a_line_that_was_cut)
{
    static const char text[] = "*2\r\n$3\r\nGET\r\n\r\n";

    cr_assert_eq(parse(text, 5), RESP_MORE);
    cr_assert_eq(parse(text, sizeof text - 1), RESP_ERROR);
    cr_expect_str_eq(req.error, "Protocol error: expected '$', got '\r'");
    cr_expect_null(partial);
}

Test(pieces, wants_what_a_bulk_lacks)
{
    cr_assert_eq(parse("*1\r\n$100000\r\nabc", 16), RESP_MORE);
    cr_expect_eq(want, 100000 - 3 + 2);
}

Test(pieces, other_clients_in_between)
{
    static const char one[] = "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n";
    struct resp_partial *other = NULL;

    cr_assert_eq(parse(one, 20), RESP_MORE);
    cr_assert_eq(resp_parse(&other, "x y z\r\n", 7, &limits, &req, &want),
                 RESP_OK);
    resp_request_fini(&req); /* nothing of the first may depend on it */
    cr_assert_eq(parse(one, sizeof one - 1), RESP_OK);
    cr_assert_eq(req.argc, 3);
    for (int i = 0; i < 3; i++) {
        cr_expect(req.argv[i].n == 1 && req.argv[i].p[0] == 'a' + i);
    }
}

/* Memory grows with what arrives, not with what is declared. */
Test(pieces, declared_count_costs_nothing)
{
    cr_assert_eq(parse("*1048576\r\n$1\r\na\r\n", 17), RESP_MORE);
    cr_expect_leq(req.cap, 64);
}

static double seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

/* 200,000 arguments in pieces of 100 bytes: work that began anew with each
 * piece would be some 10^10 steps. The time is the process' own. */
Test(pieces, no_work_is_done_twice, .timeout = 120)
{
    const size_t args = 200000;
    char *text = malloc(16 + args * 7), *p;
    double start;
    size_t n, at;

    cr_assert(text);
    p = text + sprintf(text, "*%zu\r\n", args);
    for (size_t i = 0; i < args; i++) {
        memcpy(p, "$1\r\nx\r\n", 7);
        p += 7;
    }
    n = (size_t)(p - text);
    start = seconds();
    for (at = 100; at < n; at += 100) {
        cr_assert_eq(resp_parse(&partial, text, at, &limits, &req, &want),
                     RESP_MORE);
    }
    cr_assert_eq(resp_parse(&partial, text, n, &limits, &req, &want), RESP_OK);
    cr_expect_eq(req.argc, args);
    cr_expect_lt(seconds() - start, 5.0);
    /* The large vector is given back with the next request. */
    cr_assert_eq(resp_parse(&partial, "a\n", 2, &limits, &req, &want), RESP_OK);
    cr_expect_lt(req.cap, 10000);
    free(text);
}

/* Searching for the end of a line goes on where it stopped. */
Test(pieces, long_line_byte_by_byte, .timeout = 120)
{
    char *text = malloc(RESP_MAX_INLINE + 1);
    double start = seconds();

    cr_assert(text);
    memset(text, 'x', RESP_MAX_INLINE + 1);
    for (size_t n = 1; n <= RESP_MAX_INLINE; n++) {
        cr_assert_eq(resp_parse(&partial, text, n, &limits, &req, &want),
                     RESP_MORE);
    }
    cr_assert_eq(
        resp_parse(&partial, text, RESP_MAX_INLINE + 1, &limits, &req, &want),
        RESP_ERROR);
    cr_expect_lt(seconds() - start, 5.0);
    free(text);
}
