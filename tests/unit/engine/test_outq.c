/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Unsent replies: order, and that each reference is released exactly once.
 */
#include <criterion/criterion.h>

#include "worker/outq.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct bt_outq *q;
static char big[100000];
static unsigned released[100];

static void release(void *arg)
{
    released[(size_t)arg]++;
}

static void start(void)
{
    for (size_t i = 0; i < sizeof big; i++) {
        big[i] = (char)(i * 31 + i / 256);
    }
    q = bt_outq_new();
    cr_assert(q);
}

static void end(void)
{
    bt_outq_free(&q);
}

TestSuite(outq, .init = start, .fini = end, .timeout = 120);

/* What is in front, as one string; up to max pieces. */
static size_t front(char *out, unsigned max)
{
    struct iovec iov[64];
    unsigned n = bt_outq_gather(q, iov, max);
    size_t len = 0;

    for (unsigned i = 0; i < n; i++) {
        memcpy(out + len, iov[i].iov_base, iov[i].iov_len);
        len += iov[i].iov_len;
    }
    return len;
}

Test(outq, empty)
{
    char out[8];

    cr_expect_eq(front(out, 64), 0);
    cr_expect_eq(q->bytes, 0);
    bt_outq_sent(q, 0);
}

Test(outq, small_copies_share_a_chunk)
{
    char out[64];

    cr_assert_eq(bt_outq_copy(q, "one ", 4), 0);
    cr_assert_eq(bt_outq_copy(q, "two ", 4), 0);
    cr_assert_eq(bt_outq_copy(q, "three", 5), 0);
    cr_expect_eq(q->chunks, 1);
    cr_expect_eq(q->bytes, 13);
    cr_expect_eq(front(out, 64), 13);
    cr_expect_eq(memcmp(out, "one two three", 13), 0);
    bt_outq_sent(q, 6);
    cr_expect_eq(front(out, 64), 7);
    cr_expect_eq(memcmp(out, "o three", 7), 0);
    bt_outq_sent(q, 7);
    cr_expect_eq(q->bytes, 0);
    cr_expect_eq(q->chunks, 0);
}

Test(outq, copies_and_references_keep_their_order)
{
    static char out[sizeof big * 2];
    size_t n;

    bt_outq_copy(q, "a", 1);
    bt_outq_ref(q, big, sizeof big, release, (void *)1);
    bt_outq_copy(q, "b", 1); /* not into the chunk before the reference */
    bt_outq_ref(q, "cd", 2, release, (void *)2);
    bt_outq_copy(q, "e", 1);
    n = front(out, 64);
    cr_assert_eq(n, sizeof big + 5);
    cr_expect_eq(q->bytes, n);
    cr_expect_eq(out[0], 'a');
    cr_expect_eq(memcmp(out + 1, big, sizeof big), 0);
    cr_expect_eq(memcmp(out + 1 + sizeof big, "bcde", 4), 0);
    cr_expect_eq(front(out, 2), 1 + sizeof big, "no more pieces than asked");
}

/* Whatever the socket takes: the same bytes, and each release once, as soon as
 * its bytes are out and not before. */
Test(outq, sent_in_pieces)
{
    static char all[sizeof big + 64], out[sizeof all];

    for (size_t step = 1; step < 4096; step = step * 3 + 1) {
        size_t sent = 0, total;

        memset(released, 0, sizeof released);
        bt_outq_copy(q, "head", 4);
        bt_outq_ref(q, big, 5000, release, (void *)0);
        bt_outq_ref(q, big + 5000, 5000, release, (void *)1);
        bt_outq_copy(q, "tail", 4);
        total = front(all, 64);
        cr_assert_eq(total, 10008);
        while (q->bytes > 0) {
            size_t n = step < q->bytes ? step : q->bytes;

            cr_assert_eq(front(out, 64), total - sent);
            cr_assert_eq(memcmp(out, all + sent, total - sent), 0);
            bt_outq_sent(q, n);
            sent += n;
            cr_assert_eq(released[0], sent >= 5004);
            cr_assert_eq(released[1], sent >= 10004);
        }
        cr_assert_eq(sent, total);
        cr_assert_eq(q->chunks, 0);
    }
}

Test(outq, freed_unsent)
{
    for (size_t i = 0; i < 100; i++) {
        bt_outq_ref(q, big, 10, release, (void *)i);
    }
    bt_outq_sent(q, 45); /* four and a half */
    bt_outq_free(&q);
    cr_expect_null(q);
    for (size_t i = 0; i < 100; i++) {
        cr_expect_eq(released[i], 1);
    }
    bt_outq_free(&q); /* nothing there */
}

/* An empty reference has nothing to wait for but its turn. */
Test(outq, empty_reference)
{
    bt_outq_ref(q, big, 0, release, (void *)0);
    bt_outq_sent(q, 0);
    cr_expect_eq(released[0], 1);
    bt_outq_copy(q, "x", 1);
    bt_outq_ref(q, big, 0, release, (void *)1);
    bt_outq_copy(q, "y", 1);
    bt_outq_sent(q, 1);
    cr_expect_eq(released[1], 1);
    bt_outq_sent(q, 1);
    cr_expect_eq(q->bytes, 0);
}

Test(outq, sent_more_than_there_is, .signal = SIGABRT)
{
    bt_outq_copy(q, "x", 1);
    bt_outq_sent(q, 2);
}
