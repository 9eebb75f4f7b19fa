/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Input that is kept between passes.
 */
#include <criterion/criterion.h>

#include "worker/input.h"

#include <stdlib.h>
#include <string.h>

static struct baton_worker w;
static struct baton_client *c;

static void start(void)
{
    w.rbuf = malloc(BT_CARRY_MAX + BT_READ_SIZE);
    c = calloc(1, sizeof *c);
    cr_assert(w.rbuf && c);
    atomic_store(&c->owner, &w);
}

static void end(void)
{
    bt_input_drop(c);
    cr_expect_eq(atomic_load(&c->in_bytes), 0);
    free(c);
    free(w.rbuf);
}

TestSuite(input, .init = start, .fini = end, .timeout = 120);

static unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 7 + i / 251);
}

Test(input, nothing_kept)
{
    size_t room, have;
    char *p;

    cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
    cr_expect_eq(have, 0);
    cr_expect_eq(room, BT_READ_SIZE);
    cr_expect_eq(p, w.rbuf + BT_CARRY_MAX);
    cr_assert_eq(bt_input_keep(c, p, 0), 0);
    cr_expect_null(c->in, "an idle handle has no buffer");
}

Test(input, a_small_rest_comes_back_in_front)
{
    size_t room, have;
    char *p;

    bt_input_place(&w, c, &p, &room, &have);
    memcpy(p, "whole rest", 10);
    cr_assert_eq(bt_input_keep(c, p + 6, 4), 0);
    cr_expect_eq(atomic_load(&c->in_bytes), 4);
    memset(w.rbuf, 0, BT_CARRY_MAX + BT_READ_SIZE);
    cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
    cr_expect_eq(have, 4);
    cr_expect_eq(memcmp(p - 4, "rest", 4), 0);
    cr_expect_eq(room, BT_READ_SIZE);
    cr_expect_null(c->in, "no buffer while it is in the worker's");
}

/* Reads `total` bytes, at most `chunk` at a time, keeping all: nothing is lost
 * or moved, and the buffer grows by what came, not ahead of it. */
static void keep_all(size_t total, size_t chunk)
{
    size_t got = 0;

    while (got < total) {
        size_t room, have;
        char *p;

        cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
        cr_assert_eq(have, got);
        cr_assert_gt(room, 0);
        room = room < chunk ? room : chunk;
        room = room < total - got ? room : total - got;
        for (size_t i = 0; i < room; i++) {
            p[i] = (char)byte_at(got + i);
        }
        got += room;
        cr_assert_eq(bt_input_keep(c, p - have, got), 0);
        cr_assert_leq(c->in->cap, got < 40000 ? 160000 : 4 * got);
    }
    for (size_t i = 0; i < total; i++) {
        cr_assert_eq((unsigned char)c->in->p[c->in->off + i], byte_at(i));
    }
    cr_expect_eq(atomic_load(&c->in_bytes), total);
}

Test(input, grows_in_place)
{
    keep_all(3000000, BT_READ_SIZE);
}

Test(input, grows_from_little_pieces)
{
    keep_all(200000, 1000);
}

Test(input, just_what_is_carried)
{
    keep_all(BT_CARRY_MAX, BT_READ_SIZE);
    bt_input_drop(c);
    keep_all(BT_CARRY_MAX + 1, BT_READ_SIZE);
}

/* The front is consumed: what is left stays, and is read behind. */
Test(input, consumed_in_front)
{
    size_t room, have, left = 100000;
    char *p;

    keep_all(left, BT_READ_SIZE);
    while (left > 20000) {
        char *at = c->in->p + c->in->off;

        cr_assert_eq(bt_input_keep(c, at + 9000, left - 9000), 0);
        left -= 9000;
        cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
        cr_assert_eq(have, left);
        cr_assert_gt(room, 0);
        cr_assert_eq((unsigned char)p[-(ptrdiff_t)have],
                     byte_at(100000 - left));
    }
}

/* All of a large input is consumed: the buffer goes. */
Test(input, consumed_whole)
{
    char *at;

    keep_all(50000, BT_READ_SIZE);
    at = c->in->p + c->in->off;
    cr_assert_eq(bt_input_keep(c, at + 50000, 0), 0);
    cr_expect_null(c->in);
    cr_expect_eq(atomic_load(&c->in_room), 0);
}

/* ---- What is expected ---- */

/* Reads total bytes as keep_all, saying each time how many are missing: as much
 * more as was declared. The largest allocation is noted. */
static void keep_expected(size_t total, size_t declared)
{
    size_t got = 0, room, have;
    char *p;

    while (got < total) {
        cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
        cr_assert_gt(room, 0);
        room = room < total - got ? room : total - got;
        memset(p, 'x', room);
        got += room;
        cr_assert_eq(bt_input_keep(c, p - have, got), 0);
        bt_input_expect(c, declared - got);
    }
}

/* Never ahead of what came by more than twice, whatever a client says. */
Test(input, expected_much_and_little_came)
{
    keep_expected(200000, 400000000);
    cr_expect_leq(c->in->cap, 4 * 200000);
}

/* The last growth is to what is expected, and the service may have it. */
Test(input, taken)
{
    size_t room, have, n = 1000000;
    char *p, *block;

    keep_expected(n - 2000, n);
    cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
    memset(p, 'x', 2000);
    p -= have;
    cr_assert_geq(room, 2000);
    cr_expect_leq(c->in->cap, n + 4096);
    cr_expect_null(baton_take_input(c, "elsewhere", n), "not its bytes");
    cr_expect_null(baton_take_input(c, p, n / 2), "not most of them");
    block = baton_take_input(c, p + 40, n - 42);
    cr_assert(block);
    cr_expect_null(c->in);
    cr_expect_eq(atomic_load(&c->in_room), 0);
    cr_expect(p > block && p[40] == 'x' && p[n - 1] == 'x', "still readable");
    cr_expect_null(baton_take_input(c, p + 40, n - 42), "once");
    cr_assert_eq(bt_input_keep(c, p + n, 0), 0);
    cr_expect_null(c->in);
    free(block);
}

/* What follows one large argument may be short: no growing byte by byte. */
Test(input, little_is_expected)
{
    size_t room, have, n = 100000;
    char *p;

    keep_expected(n, n);
    bt_input_expect(c, 1);
    cr_assert_eq(bt_input_place(&w, c, &p, &room, &have), 0);
    cr_assert_eq(have, n);
    cr_expect_gt(room, 1000);
}
