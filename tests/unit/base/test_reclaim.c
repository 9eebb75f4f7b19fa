/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reclamation: nothing is released while a reader may see it, and everything is
 * released once.
 */
#include <criterion/criterion.h>

#include "base/reclaim.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static struct bt_domain *domain;
static struct bt_record *mine, *other;
static int released;

static void start(void)
{
    domain = bt_domain_new();
    cr_assert(domain);
    mine = bt_record_new(domain);
    other = bt_record_new(domain);
    cr_assert(mine && other);
    released = 0;
}

static void end(void)
{
    bt_record_free(&mine);
    bt_record_free(&other);
    bt_domain_free(&domain);
}

TestSuite(reclaim, .init = start, .fini = end);

static void count(void *obj)
{
    free(obj);
    released++;
}

static void retire_some(int n)
{
    for (int i = 0; i < n; i++) {
        bt_retire(mine, malloc(16), count);
    }
}

static void poll_often(void)
{
    for (int i = 0; i < 10; i++) {
        bt_record_poll(mine);
    }
}

Test(reclaim, runs_after_some_polls)
{
    cr_expect_not(bt_record_pending(mine));
    bt_record_poll(mine);
    retire_some(1);
    cr_expect(bt_record_pending(mine));
    poll_often();
    cr_expect_eq(released, 1);
    cr_expect_not(bt_record_pending(mine));
}

/* Spared, but neither for ever nor when much is retired. */
Test(reclaim, tending)
{
    struct timespec nap = {0, 1000000};

    bt_record_tend(mine);
    retire_some(1);
    for (int i = 0; i < 5000 && bt_record_pending(mine); i++) {
        bt_record_tend(mine);
        nanosleep(&nap, NULL);
    }
    cr_expect_eq(released, 1);
    for (int i = 0; i < 1000; i++) {
        bt_record_enter(mine);
        retire_some(62);
        bt_record_leave(mine);
        bt_record_tend(mine);
    }
    cr_expect_geq(released, 1 + 62 * 990, "%d", released);
}

Test(reclaim, several_batches)
{
    bt_record_enter(mine);
    retire_some(1000);
    bt_record_leave(mine);
    poll_often();
    cr_expect_eq(released, 1000);
    cr_expect_not(bt_record_pending(mine));
}

Test(reclaim, waits_for_a_reader)
{
    bt_record_enter(other);
    cr_expect(bt_record_inside(other));
    retire_some(200);
    poll_often();
    cr_expect_eq(released, 0);
    cr_expect(bt_record_pending(mine));
    bt_record_leave(other);
    cr_expect_not(bt_record_inside(other));
    poll_often();
    cr_expect_eq(released, 200);
}

/* A reader that came after the object was unlinked and retired, and the passes
 * of others, do not hold it up for ever. */
Test(reclaim, readers_that_come_and_go)
{
    retire_some(1);
    for (int i = 0; i < 20; i++) {
        bt_record_enter(other);
        bt_record_leave(other);
        bt_record_enter(mine);
        bt_record_leave(mine);
        bt_record_poll(mine);
    }
    cr_expect_eq(released, 1);
}

static void retire_another(void *obj)
{
    count(obj);
    if (released < 300) {
        bt_retire(mine, malloc(16), retire_another);
    }
}

Test(reclaim, a_release_may_retire)
{
    bt_retire(mine, malloc(16), retire_another);
    for (int i = 0; i < 3000 && released < 300; i++) {
        bt_record_poll(mine);
    }
    cr_expect_eq(released, 300);
}

Test(reclaim, freeing_the_record_releases_all)
{
    retire_some(100);
    bt_retire(mine, malloc(16), retire_another);
    bt_record_free(&mine);
    cr_expect_null(mine);
    cr_expect_eq(released, 300);
    bt_record_free(&mine);
}

Test(reclaim, records_come_and_go)
{
    for (int i = 0; i < 50; i++) {
        struct bt_record *r = bt_record_new(domain);

        bt_record_enter(r);
        bt_record_leave(r);
        bt_retire(r, malloc(16), count);
        bt_record_free(&r);
    }
    cr_expect_eq(released, 50);
    retire_some(1);
    poll_often();
    cr_expect_eq(released, 51);
}

Test(reclaim, sections_do_not_nest, .signal = SIGABRT)
{
    bt_record_enter(mine);
    bt_record_enter(mine);
}

Test(reclaim, poll_inside_a_section, .signal = SIGABRT)
{
    bt_record_enter(mine);
    bt_record_poll(mine);
}

Test(reclaim, leave_without_enter, .signal = SIGABRT)
{
    bt_record_leave(mine);
}

Test(reclaim, domain_with_records_left, .signal = SIGABRT)
{
    bt_domain_free(&domain);
}

/* One thread replaces an object, one reads it; a released object says so. */
struct object {
    atomic_int alive;
};
static struct object *_Atomic current;
static atomic_bool stop;
static atomic_int dead_seen, freed;

static void bury(void *obj)
{
    struct object *o = obj;

    atomic_store(&o->alive, 0);
    free(o);
    atomic_fetch_add(&freed, 1);
}

static struct object *born(void)
{
    struct object *o = malloc(sizeof *o);

    cr_assert(o);
    atomic_init(&o->alive, 1);
    return o;
}

static void *read_on(void *arg)
{
    while (!atomic_load(&stop)) {
        bt_record_enter(arg);
        for (int i = 0; i < 50; i++) {
            if (!atomic_load(&atomic_load(&current)->alive)) {
                atomic_fetch_add(&dead_seen, 1);
            }
        }
        bt_record_leave(arg);
    }
    return NULL;
}

Test(reclaim, reader_and_writer, .timeout = 120)
{
    const int rounds = 30000;
    pthread_t reader;

    atomic_store(&current, born());
    cr_assert_eq(pthread_create(&reader, NULL, read_on, other), 0);
    for (int i = 0; i < rounds; i++) {
        bt_retire(mine, atomic_exchange(&current, born()), bury);
        bt_record_poll(mine);
    }
    atomic_store(&stop, true);
    pthread_join(reader, NULL);
    free(atomic_load(&current));
    poll_often();
    cr_expect_eq(atomic_load(&dead_seen), 0);
    cr_expect_eq(atomic_load(&freed), rounds);
}
