/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What other threads ask of a worker.
 */
#include <criterion/criterion.h>

#include "testnet.h"
#include "testservice.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

static struct testnet net;

static void start(void)
{
    testnet_start(&net, NULL, &testservice);
}

static void end(void)
{
    testnet_end(&net);
}

TestSuite(jobs, .init = start, .fini = end, .timeout = 120);

static atomic_uint jobs_run, wrong_worker, wrong_order;

static void ordered(struct baton_worker *w, void *arg)
{
    uintptr_t n = (uintptr_t)arg;
    unsigned index = (unsigned)(n >> 16), number = (unsigned)(n & 0xffff);
    static unsigned last[2];

    if (baton_worker_index(w) != index ||
        baton_worker_server(w) != net.server ||
        baton_worker_data(w, &testservice) != w) {
        atomic_fetch_add(&wrong_worker, 1);
    }
    if (last[index] + 1 != number) {
        atomic_fetch_add(&wrong_order, 1);
    }
    last[index] = number;
    atomic_fetch_add(&jobs_run, 1);
}

Test(jobs, in_order_on_their_worker)
{
    for (uintptr_t i = 1; i <= 500; i++) {
        for (uintptr_t w = 0; w < 2; w++) {
            cr_assert_eq(baton_post_worker(net.server, (unsigned)w, ordered,
                                           (void *)(w << 16 | i)),
                         0);
        }
    }
    cr_expect(TESTNET_UNTIL(atomic_load(&jobs_run) == 1000));
    cr_expect_eq(atomic_load(&wrong_worker), 0);
    cr_expect_eq(atomic_load(&wrong_order), 0);
    cr_expect_eq(baton_post_worker(net.server, 2, ordered, NULL), -EINVAL);
}

static void count_job(struct baton_worker *w, void *arg)
{
    (void)arg;
    if (baton_worker_data(w, &testservice) != w) {
        atomic_fetch_add(&wrong_worker, 1); /* after its worker_stop */
    }
    atomic_fetch_add(&jobs_run, 1);
}

enum {
    MOST_WAITING = 10000 /* or they fill the memory beside a slow worker */
};

static atomic_uint jobs_taken;
static atomic_bool enough;

static void *post_jobs(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough)) {
        if (atomic_load(&jobs_taken) - atomic_load(&jobs_run) > MOST_WAITING) {
            sched_yield();
        } else if (baton_post_worker(net.server, 1, count_job, NULL) == 0) {
            atomic_fetch_add(&jobs_taken, 1);
        }
    }
    return NULL;
}

/* Also while the server stops: what was taken runs, and all on workers. */
Test(jobs, that_were_taken_run)
{
    pthread_t t;

    pthread_create(&t, NULL, post_jobs, NULL);
    cr_expect(TESTNET_UNTIL(atomic_load(&jobs_run) > 100));
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect_eq(baton_post_worker(net.server, 1, count_job, NULL), -ESHUTDOWN);
    atomic_store(&enough, true);
    pthread_join(t, NULL);
    cr_expect_eq(atomic_load(&jobs_run), atomic_load(&jobs_taken));
    cr_expect_eq(atomic_load(&wrong_worker), 0);
}

Test(jobs, none_before_the_start)
{
    struct testnet early;

    testnet_make(&early, NULL, &testservice);
    cr_expect_eq(baton_post_worker(early.server, 0, count_job, NULL),
                 -ESHUTDOWN);
    testnet_end(&early);
}

/* ---- Jobs that come back ---- */

enum {
    ROUNDS = 1000
};

static struct baton_job *travelling;
static atomic_uint rounds;

/* Posts itself to the other worker, until it has gone round often enough. */
static void go_round(struct baton_worker *w, void *arg)
{
    (void)arg;
    if (atomic_fetch_add(&rounds, 1) + 1 < ROUNDS) {
        baton_job_post(net.server, 1 - baton_worker_index(w), travelling);
    }
}

Test(jobs, posted_again)
{
    travelling = baton_job_new(go_round, NULL);
    cr_assert(travelling);
    cr_expect_eq(baton_job_post(net.server, 2, travelling), -EINVAL);
    cr_expect_eq(baton_job_post(net.server, 0, travelling), 0);
    cr_expect(TESTNET_UNTIL(atomic_load(&rounds) == ROUNDS));
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect_eq(baton_job_post(net.server, 0, travelling), -ESHUTDOWN);
    baton_job_free(&travelling);
    cr_expect_null(travelling);
    baton_job_free(&travelling);
}

static atomic_uint refused;

/* Comes back as long as it is let. */
static void come_back(struct baton_worker *w, void *arg)
{
    (void)arg;
    atomic_fetch_add(&rounds, 1);
    if (baton_job_post(net.server, baton_worker_index(w), travelling) < 0) {
        atomic_fetch_add(&refused, 1);
    }
}

/* A worker that never finds its inbox empty stops all the same. */
Test(jobs, without_end_do_not_hold_the_stop)
{
    travelling = baton_job_new(come_back, NULL);
    cr_assert(travelling);
    cr_expect_eq(baton_job_post(net.server, 0, travelling), 0);
    cr_expect(TESTNET_UNTIL(atomic_load(&rounds) >= ROUNDS));
    cr_expect_eq(testnet_stop(&net), 0);
    cr_expect_eq(atomic_load(&refused), 1);
    baton_job_free(&travelling);
}
