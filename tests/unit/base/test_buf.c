/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "base/buf.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

static struct bt_buf b;

static void reset(void)
{
    bt_buf_fini(&b);
}

TestSuite(buf, .fini = reset);

static void expect_text(const char *text)
{
    cr_expect(b.n == strlen(text) && memcmp(b.p, text, b.n) == 0,
              "'%.*s', not '%s'", (int)b.n, b.p, text);
}

Test(buf, add_and_drop)
{
    cr_assert_eq(bt_buf_add(&b, "hello ", 6), 0);
    cr_assert_eq(bt_buf_add(&b, "world", 5), 0);
    expect_text("hello world");
    bt_buf_drop(&b, 6);
    expect_text("world");
    bt_buf_drop(&b, 5);
    cr_expect_eq(b.n, 0);
    bt_buf_drop(&b, 0);
}

Test(buf, adding_nothing_allocates_nothing)
{
    cr_assert_eq(bt_buf_add(&b, NULL, 0), 0);
    cr_expect_null(b.p);
}

Test(buf, format)
{
    char long_text[500];

    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    cr_assert_eq(bt_buf_addf(&b, "%d-%s;", 42, "a"), 0);
    expect_text("42-a;");
    cr_assert_eq(bt_buf_addf(&b, "%s", long_text), 0);
    cr_expect_eq(b.n, 5 + sizeof long_text - 1);
    cr_assert_eq(bt_buf_addf(&b, "%s", ""), 0);
    cr_expect_eq(b.n, 5 + sizeof long_text - 1);
}

Test(buf, grows_at_least_twofold)
{
    size_t grown = 0, cap = 0;

    for (int i = 0; i < 100000; i++) {
        cr_assert_eq(bt_buf_add(&b, "x", 1), 0);
        if (b.cap != cap) {
            cr_assert_geq(b.cap, 2 * cap);
            cap = b.cap;
            grown++;
        }
    }
    cr_expect_leq(grown, 12);
    cr_expect_eq(b.n, 100000);
}

Test(buf, reserved_room_stays)
{
    char *p;

    cr_assert_eq(bt_buf_reserve(&b, 1000), 0);
    p = b.p;
    for (int i = 0; i < 1000; i++) {
        cr_assert_eq(bt_buf_add(&b, "y", 1), 0);
    }
    cr_expect_eq(b.p, p);
}

Test(buf, impossible_sizes_change_nothing)
{
    cr_assert_eq(bt_buf_add(&b, "keep", 4), 0);
    cr_expect_eq(bt_buf_reserve(&b, SIZE_MAX), -ENOMEM);
    cr_expect_eq(bt_buf_reserve(&b, SIZE_MAX - 4), -ENOMEM);
    cr_expect_eq(bt_buf_reserve(&b, SIZE_MAX / 2), -ENOMEM);
    expect_text("keep");
}

Test(buf, dropping_too_much_is_a_bug, .signal = SIGABRT)
{
    cr_assert_eq(bt_buf_add(&b, "ab", 2), 0);
    bt_buf_drop(&b, 3);
}
