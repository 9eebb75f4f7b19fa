/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Replies of every kind in both protocols, through a sink that gives as little
 * room as it may.
 */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "resp/reply.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct bt_buf out;
static char room[8192];
static size_t given, extra;
static int released, turns;

/* Gives what was asked for and `extra` bytes, in memory that is spoilt in each
 * turn. */
static char *turn(void *ctx, size_t n, size_t need, size_t *have)
{
    cr_assert_eq(ctx, &out);
    cr_assert_leq(n, given);
    cr_assert_leq(need, 4096);
    cr_assert_eq(bt_buf_add(&out, room, n), 0);
    memset(room, '#', sizeof room);
    turns++;
    *have = given = need + extra;
    return room;
}

static void ref(void *ctx, const char *p, size_t n, void (*release)(void *),
                void *arg)
{
    cr_assert_eq(bt_buf_add(ctx, p, n), 0);
    given = 0; /* the room is gone */
    memset(room, '#', sizeof room);
    release(arg);
}

static const struct resp_sink sink = {turn, ref};
static struct resp_reply r;

static void count_release(void *arg)
{
    ++*(int *)arg;
}

static void begin(int proto)
{
    out.n = 0;
    given = 0;
    released = turns = 0;
    resp_reply_begin(&r, &sink, &out, proto);
}

static void reset(void)
{
    bt_buf_fini(&out);
    extra = 0;
}

TestSuite(reply, .fini = reset);

static void expect_out(const char *want)
{
    resp_reply_flush(&r);
    cr_expect(out.n == strlen(want) && memcmp(out.p, want, out.n) == 0,
              "'%.*s', not '%s'", (int)out.n, out.p, want);
    out.n = 0;
}

#define SAYS(call, two, three)                                                 \
    do {                                                                       \
        begin(2);                                                              \
        call;                                                                  \
        expect_out(two);                                                       \
        begin(3);                                                              \
        call;                                                                  \
        expect_out(three);                                                     \
        begin(3);                                                              \
        r.mute = true;                                                         \
        call;                                                                  \
        expect_out("");                                                        \
    } while (0)

Test(reply, every_kind)
{
    SAYS(resp_raw(&r, "+A\r\n", 4), "+A\r\n", "+A\r\n");
    SAYS(resp_status(&r, "OK"), "+OK\r\n", "+OK\r\n");
    SAYS(resp_error(&r, "ERR no"), "-ERR no\r\n", "-ERR no\r\n");
    SAYS(resp_errorf(&r, "ERR %d%s", 4, "x"), "-ERR 4x\r\n", "-ERR 4x\r\n");
    SAYS(resp_int(&r, -12), ":-12\r\n", ":-12\r\n");
    SAYS(resp_bulk(&r, "a\r\nb", 4), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n");
    SAYS(resp_bulk(&r, "", 0), "$0\r\n\r\n", "$0\r\n\r\n");
    SAYS(resp_bulk(&r, NULL, 0), "$0\r\n\r\n", "$0\r\n\r\n");
    SAYS(resp_bulk_str(&r, "abc"), "$3\r\nabc\r\n", "$3\r\nabc\r\n");
    SAYS(resp_bulk_int(&r, -1), "$2\r\n-1\r\n", "$2\r\n-1\r\n");
    SAYS(resp_null(&r), "$-1\r\n", "_\r\n");
    SAYS(resp_null_array(&r), "*-1\r\n", "_\r\n");
    SAYS(resp_array(&r, 12), "*12\r\n", "*12\r\n");
    SAYS(resp_map(&r, 3), "*6\r\n", "%3\r\n");
    SAYS(resp_set(&r, 3), "*3\r\n", "~3\r\n");
    SAYS(resp_push(&r, 3), "*3\r\n", ">3\r\n");
    SAYS(resp_bool(&r, true), ":1\r\n", "#t\r\n");
    SAYS(resp_bool(&r, false), ":0\r\n", "#f\r\n");
    SAYS(resp_double(&r, 0.1), "$3\r\n0.1\r\n", ",0.1\r\n");
    SAYS(resp_double(&r, -INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n");
    SAYS(resp_double(&r, NAN), "$3\r\nnan\r\n", ",nan\r\n");
    SAYS(resp_verbatim(&r, "txt", "ab", 2), "$2\r\nab\r\n", "=6\r\ntxt:ab\r\n");
    SAYS(resp_bulk_ref(&r, "big", 3, count_release, &released), "$3\r\nbig\r\n",
         "$3\r\nbig\r\n");
}

Test(reply, line_ends_in_errors_become_blanks)
{
    SAYS(resp_error(&r, "ERR a\r\nb\n"), "-ERR a  b \r\n", "-ERR a  b \r\n");
    SAYS(resp_errorf(&r, "ERR got '%c'", '\r'), "-ERR got ' '\r\n",
         "-ERR got ' '\r\n");
}

Test(reply, errors_are_counted_muted_or_not)
{
    begin(2);
    resp_error(&r, "ERR a");
    r.mute = true;
    resp_errorf(&r, "ERR b");
    cr_expect_eq(r.errors, 2);
    expect_out("-ERR a\r\n");
}

Test(reply, references_are_released_once)
{
    begin(2);
    resp_status(&r, "before");
    resp_bulk_ref(&r, "xyz", 3, count_release, &released);
    resp_status(&r, "after");
    cr_expect_eq(released, 1);
    r.mute = true;
    resp_bulk_ref(&r, "xyz", 3, count_release, &released);
    cr_expect_eq(released, 2);
    expect_out("+before\r\n$3\r\nxyz\r\n+after\r\n");
}

/* A value larger than any room is copied piece by piece. */
Test(reply, large_values)
{
    size_t n = 100000;
    char *p = malloc(n);

    cr_assert(p);
    for (size_t i = 0; i < n; i++) {
        p[i] = (char)(i % 251);
    }
    for (extra = 0; extra < 4000; extra += 333) {
        begin(2);
        resp_bulk(&r, p, n);
        resp_reply_flush(&r);
        cr_assert_eq(out.n, n + 11);
        cr_expect(memcmp(out.p, "$100000\r\n", 9) == 0);
        cr_expect(memcmp(out.p + 9, p, n) == 0);
        cr_expect(memcmp(out.p + 9 + n, "\r\n", 2) == 0);
    }
    free(p);
}

Test(reply, long_status_and_error)
{
    char text[6000];

    memset(text, 'e', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    begin(2);
    resp_status(&r, text);
    resp_error(&r, text);
    resp_reply_flush(&r);
    cr_expect_eq(out.n, 2 * (sizeof text - 1 + 3));
    cr_expect_eq(out.p[0], '+');
    cr_expect_eq(out.p[sizeof text + 2], '-');
}

/* The last turn gives everything and asks for no room; none when nothing was
 * written. */
Test(reply, end)
{
    int before;

    extra = 1000;
    begin(2);
    before = turns;
    resp_reply_end(&r);
    cr_expect_eq(turns, before);
    begin(2);
    resp_int(&r, 7);
    extra = 0;
    resp_reply_end(&r);
    cr_expect_eq(given, 0, "room was asked for");
    cr_expect(out.n == 4 && memcmp(out.p, ":7\r\n", 4) == 0);
}

/* Replies are gathered: as long as there is room, nobody is called. */
Test(reply, no_turn_for_each_reply)
{
    extra = 4000;
    begin(2);
    for (int i = 0; i < 100; i++) {
        resp_int(&r, i);
        resp_bulk(&r, "value", 5);
    }
    cr_expect_eq(turns, 1);
}
