/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ranked mutexes: what is legal works, what could deadlock is caught in the
 * first run.
 */
#include <criterion/criterion.h>

#include "base/sync.h"

#include <signal.h>
#include <stdint.h>

#define N 100

static struct bt_mutex config, shard[N], handle;

static void start(void)
{
    bt_mutex_init(&config, BT_RANK_CONFIG, 0);
    for (uint32_t i = 0; i < N; i++) {
        bt_mutex_init(&shard[i], BT_RANK_KEYSPACE, i);
    }
    bt_mutex_init(&handle, BT_RANK_HANDLE, 0);
}

static void end(void)
{
    bt_mutex_fini(&config);
    for (int i = 0; i < N; i++) {
        bt_mutex_fini(&shard[i]);
    }
    bt_mutex_fini(&handle);
}

TestSuite(sync, .init = start, .fini = end);

Test(sync, ascending_is_legal)
{
    bt_mutex_lock(&shard[3]);
    bt_mutex_lock(&shard[7]);
    bt_mutex_lock(&config);
    bt_mutex_lock(&handle);
    bt_mutex_assert_held(&config);
    bt_mutex_assert_held(&shard[7]);
    bt_mutex_unlock(&config); /* released in any order */
    bt_mutex_unlock(&handle);
    bt_mutex_lock(&handle); /* still above all that are held */
    bt_mutex_unlock(&shard[7]);
    bt_mutex_unlock(&shard[3]);
    bt_mutex_unlock(&handle);
    bt_mutex_assert_none();
}

/* More than the list of held locks has places for (FLUSHALL). */
Test(sync, all_shards)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) {
            bt_mutex_lock(&shard[i]);
        }
        bt_mutex_assert_held(&shard[N - 1]);
        bt_mutex_lock(&handle);
        bt_mutex_unlock(&handle);
        for (int i = 0; i < N; i++) {
            bt_mutex_unlock(&shard[i]);
        }
        bt_mutex_assert_none();
    }
    bt_mutex_lock(&config); /* the lowest again */
    bt_mutex_assert_held(&config);
    bt_mutex_unlock(&config);
}

Test(sync, lower_rank_after_higher, .signal = SIGABRT)
{
    bt_mutex_lock(&handle);
    bt_mutex_lock(&config);
}

Test(sync, lower_order_in_the_same_rank, .signal = SIGABRT)
{
    bt_mutex_lock(&shard[5]);
    bt_mutex_lock(&shard[4]);
}

Test(sync, same_lock_twice, .signal = SIGABRT)
{
    bt_mutex_lock(&shard[5]);
    bt_mutex_lock(&shard[5]);
}

Test(sync, lower_rank_than_what_is_left, .signal = SIGABRT)
{
    bt_mutex_lock(&config);
    bt_mutex_lock(&shard[9]);
    bt_mutex_lock(&handle);
    bt_mutex_unlock(&handle);
    bt_mutex_lock(&shard[2]);
}

Test(sync, lower_rank_with_many_held, .signal = SIGABRT)
{
    for (int i = 1; i < N; i++) {
        bt_mutex_lock(&shard[i]);
    }
    bt_mutex_lock(&shard[0]);
}

Test(sync, unlock_without_lock, .signal = SIGABRT)
{
    bt_mutex_unlock(&shard[0]);
}

Test(sync, assert_held_of_a_free_lock, .signal = SIGABRT)
{
    bt_mutex_lock(&shard[0]);
    bt_mutex_assert_held(&shard[1]);
}

Test(sync, assert_none_with_a_lock, .signal = SIGABRT)
{
    bt_mutex_lock(&shard[0]);
    bt_mutex_assert_none();
}

/* Each thread has its own list of what it holds. */
static void *other_thread(void *arg)
{
    int *sum = arg;

    bt_mutex_assert_none();
    for (int i = 0; i < 20000; i++) {
        bt_mutex_lock(&config);
        ++*sum;
        bt_mutex_unlock(&config);
    }
    return NULL;
}

Test(sync, threads_exclude_each_other)
{
    pthread_t thread[4];
    int sum = 0;

    bt_mutex_lock(&handle); /* is nobody else's business */
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(pthread_create(&thread[i], NULL, other_thread, &sum), 0);
    }
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(pthread_join(thread[i], NULL), 0);
    }
    bt_mutex_unlock(&handle);
    cr_expect_eq(sum, 80000);
}
