/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What other threads ask of a client.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct testnet net;

static void start(void)
{
    testnet_start(&net, NULL, &testservice);
}

static void end(void)
{
    atomic_store(&testservice_latch, false);
    testnet_end(&net);
}

TestSuite(posts, .init = start, .fini = end, .timeout = 120);

/* ---- Order ---- */

enum {
    POSTERS = 2,
    EACH = 1000
};

struct order {
    unsigned poster, number;
};

static uint64_t target;
static atomic_uint delivered, released, out_of_order;

/* The client's part counts what came from each poster. Now and then it goes to
 * the other worker. */
static void deliver(struct baton_client *c, void *arg)
{
    struct order *o = arg;
    uint32_t *next = baton_data(c);

    if (next[o->poster] != o->number) {
        atomic_fetch_add(&out_of_order, 1);
    }
    next[o->poster] = o->number + 1;
    if (o->number % 20 == 0) {
        baton_move(c, 1 - baton_worker_index(baton_worker_of(c)));
    }
    atomic_fetch_add(&delivered, 1);
}

static void release(void *arg)
{
    atomic_fetch_add(&released, 1);
    free(arg);
}

/* Each waits for a move that its own messages have asked for, so that there are
 * many on any machine. */
static void *post_many(void *arg)
{
    unsigned moves = 0;

    for (unsigned i = 0; i < EACH; i++) {
        struct order *o = malloc(sizeof *o);

        if (i % 50 == 0) {
            moves = atomic_load(&testservice_counts.moved_in);
        }
        *o = (struct order){(unsigned)(uintptr_t)arg, i};
        if (baton_post(net.server, target, deliver, o, release) < 0) {
            free(o);
        }
        if (i % 50 == 49 &&
            !TESTNET_UNTIL(atomic_load(&testservice_counts.moved_in) > moves)) {
            testnet_die("it does not move", ETIMEDOUT);
        }
    }
    return NULL;
}

Test(posts, keep_their_order_across_moves)
{
    pthread_t t[POSTERS];
    int fd = testnet_tcp(&net);

    target = testservice_ask_id(fd);
    for (uintptr_t i = 0; i < POSTERS; i++) {
        pthread_create(&t[i], NULL, post_many, (void *)i);
    }
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(t[i], NULL);
    }
    cr_expect(TESTNET_UNTIL(atomic_load(&released) == POSTERS * EACH));
    cr_expect_eq(atomic_load(&delivered), POSTERS * EACH);
    cr_expect_eq(atomic_load(&out_of_order), 0);
    cr_expect_geq(atomic_load(&testservice_counts.moved_in), 20);
    cr_expect(testnet_ask(fd, "echo here\n", "here\n"));
    cr_expect(TESTNET_UNTIL(atomic_load(&testservice_counts.moved_in) ==
                            atomic_load(&testservice_counts.moved_out)));
    close(fd);
}

/* ---- To those who are not there ---- */

Test(posts, to_nobody)
{
    int local = 0;

    cr_expect_eq(baton_post(net.server, 12345, deliver, &local, release),
                 -ENOENT);
    cr_expect_eq(baton_post(net.server, 0, deliver, &local, release), -ENOENT);
    cr_expect_eq(baton_kill(net.server, 12345, BATON_KILLED), -ENOENT);
    cr_expect_eq(atomic_load(&released), 0, "arg stays the caller's");
}

static void count_delivered(struct baton_client *c, void *arg)
{
    (void)c;
    (void)arg;
    atomic_fetch_add(&delivered, 1);
}

static void count_released(void *arg)
{
    (void)arg;
    atomic_fetch_add(&released, 1);
}

Test(posts, to_one_that_is_closing)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);

    cr_expect(testnet_ask(fd, "quit\n", "bye\n"));
    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_CLOSING)));
    cr_expect_eq(
        baton_post(net.server, id, count_delivered, NULL, count_released), 0);
    cr_expect(TESTNET_UNTIL(atomic_load(&released) == 1));
    cr_expect_eq(atomic_load(&delivered), 0);
    close(fd);
}

Test(posts, to_one_that_nobody_took_yet)
{
    int held[2], fd;

    atomic_store(&testservice_latch, true);
    for (unsigned i = 0; i < 2; i++) {
        held[i] = testnet_tcp(&net);
        testnet_send(held[i], "hold\n");
        cr_assert(
            TESTNET_UNTIL(atomic_load(&testservice_counts.holding) == i + 1));
    }
    fd = testnet_tcp(&net); /* its id is the third */
    cr_assert(TESTNET_UNTIL(testnet_is(&net, 3, BATON_QUEUED)));
    for (int i = 0; i < 10; i++) {
        cr_expect_eq(
            baton_post(net.server, 3, count_delivered, NULL, count_released),
            0);
    }
    atomic_store(&testservice_latch, false);
    cr_expect(TESTNET_UNTIL(atomic_load(&released) == 10));
    cr_expect_eq(atomic_load(&delivered), 10);
    cr_expect(testnet_ask(fd, "echo served\n", "served\n"));
    close(fd);
    close(held[0]);
    close(held[1]);
}

/* ---- Made in advance ---- */

Test(posts, messages_made_in_advance)
{
    struct baton_message *m =
        baton_message_new(count_delivered, NULL, count_released);
    int fd = testnet_tcp(&net);

    cr_assert(m);
    cr_expect_eq(baton_message_post(net.server, 12345, &m), -ENOENT);
    cr_assert(m, "it is still ours");
    cr_expect_eq(baton_message_post(net.server, testservice_ask_id(fd), &m), 0);
    cr_expect_null(m);
    cr_expect(TESTNET_UNTIL(atomic_load(&released) == 1));
    cr_expect_eq(atomic_load(&delivered), 1);
    m = baton_message_new(count_delivered, NULL, count_released);
    baton_message_free(&m);
    cr_expect_null(m);
    baton_message_free(&m);
    cr_expect_eq(atomic_load(&released), 1, "freed is not released");
    close(fd);
}

/* ---- Kill ---- */

Test(posts, kill)
{
    int fd = testnet_unix(&net);
    uint64_t id = testservice_ask_id(fd);

    cr_expect_eq(baton_kill(net.server, id, BATON_KILLED), 0);
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).closed[BATON_KILLED] == 1));
    cr_expect_eq(atomic_load(&testservice_counts.reasons[BATON_KILLED]), 1);
    cr_expect_eq(baton_kill(net.server, id, BATON_KILLED), -ENOENT);
    close(fd);
}

Test(posts, kill_of_a_parked_client)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);
    struct baton_stats st;

    testnet_send(fd, "park\n");
    cr_assert(TESTNET_UNTIL(testnet_is(&net, id, BATON_BLOCKED)));
    cr_expect_eq(baton_kill(net.server, id, BATON_KILLED), 0);
    cr_expect_eq(testnet_ending(fd), 0);
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).handles_live == 0));
    st = testnet_stats(&net);
    cr_expect_eq(st.srm_dropped, 1, "its request will not be answered");
    cr_expect(testnet_at_rest(&st));
    close(fd);
}

/* The first reason stays; replies that were made are sent. */
static void reply_and_close_twice(struct baton_client *c, void *arg)
{
    (void)arg;
    baton_reply(c, "last\n", 5);
    baton_close(c, BATON_SERVICE);
    baton_close(c, BATON_KILLED);
}

Test(posts, first_reason_stays)
{
    int fd = testnet_tcp(&net);

    baton_post(net.server, testservice_ask_id(fd), reply_and_close_twice, NULL,
               NULL);
    cr_expect(testnet_expect(fd, "last\n"));
    cr_expect_eq(testnet_ending(fd), 0);
    close(fd);
    cr_expect(TESTNET_UNTIL(testnet_stats(&net).handles_live == 0));
    cr_expect_eq(testnet_stats(&net).closed[BATON_SERVICE], 1);
    cr_expect_eq(testnet_stats(&net).closed[BATON_KILLED], 0);
}

/* ---- Changes that nobody sees half done ---- */

enum {
    CHANGES = 50,
    LOOKS = 200
};

static atomic_uint half_done, looks;

static void change(void *data, void *arg)
{
    uint32_t *v = data;

    (void)arg;
    v[0]++;
    testnet_sleep_ms(1);
    v[1]++;
}

static void change_in_sync(struct baton_client *c, void *arg)
{
    baton_sync(c, change, arg);
}

static bool look(const struct baton_client_info *info, void *data, void *arg)
{
    const uint32_t *v = data;

    (void)info;
    (void)arg;
    if (v[0] != v[1]) {
        atomic_fetch_add(&half_done, 1);
    }
    atomic_fetch_add(&looks, 1);
    return true;
}

Test(posts, sync)
{
    int fd = testnet_tcp(&net);
    uint64_t id = testservice_ask_id(fd);
    unsigned posted = 0;

    while (posted < CHANGES || atomic_load(&looks) < LOOKS) {
        struct baton_cursor cursor = {0};

        if (atomic_load(&released) == posted) { /* one is always under way */
            baton_post(net.server, id, change_in_sync, NULL, count_released);
            posted++;
        }
        baton_with(net.server, id, look, NULL);
        while (!cursor.done) {
            baton_each(net.server, &cursor, 10, look, NULL);
        }
    }
    cr_expect(TESTNET_UNTIL(atomic_load(&released) == posted));
    cr_expect_eq(atomic_load(&half_done), 0);
    close(fd);
}
