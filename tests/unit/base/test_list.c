/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists, and small things about time and chance.
 */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/random.h"

#include <string.h>
#include <time.h>

struct item {
    int value;
    struct bt_list link;
};

static int value_of(struct bt_list *l)
{
    return bt_container(l, struct item, link)->value;
}

Test(list, keeps_the_order)
{
    struct bt_list head;
    struct item item[4];

    bt_list_init(&head);
    cr_expect(bt_list_empty(&head));
    for (int i = 0; i < 4; i++) {
        item[i].value = i;
        bt_list_append(&head, &item[i].link);
    }
    for (int i = 0; i < 4; i++) {
        cr_assert_not(bt_list_empty(&head));
        cr_expect_eq(value_of(head.next), i);
        bt_list_remove(head.next);
    }
    cr_expect(bt_list_empty(&head));
}

Test(list, removing_from_the_middle_and_twice)
{
    struct bt_list head;
    struct item item[3];

    bt_list_init(&head);
    for (int i = 0; i < 3; i++) {
        item[i].value = i;
        bt_list_append(&head, &item[i].link);
    }
    bt_list_remove(&item[1].link);
    bt_list_remove(&item[1].link);
    cr_expect(bt_list_empty(&item[1].link));
    cr_expect_eq(value_of(head.next), 0);
    cr_expect_eq(value_of(head.prev), 2);
    bt_list_append(&head, &item[1].link);
    cr_expect_eq(value_of(head.prev), 1);
    cr_expect_eq(value_of(head.prev->prev), 2);
}

Test(clock, runs_forward)
{
    uint64_t ns = bt_now_ns(), ms = bt_now_ms();
    int64_t real = bt_real_us();
    struct timespec nap = {0, 3000000};

    nanosleep(&nap, NULL);
    cr_expect_geq(bt_now_ns() - ns, 3000000);
    cr_expect_geq(bt_now_ms() - ms, 2);
    cr_expect_geq(bt_real_us() - real, 2000);
    ms = bt_now_ms(); /* both count from the same moment */
    cr_expect_geq(bt_now_ns() / 1000000, ms);
    ns = bt_now_ns();
    cr_expect_geq(bt_now_ms(), ns / 1000000);
}

Test(clock, real_time_is_today)
{
    int64_t now = (int64_t)time(NULL);

    cr_expect_leq(bt_real_ms() / 1000 - now, 1);
    cr_expect_leq(now - bt_real_ms() / 1000, 1);
    cr_expect_leq(bt_real_us() / 1000000 - now, 1);
}

/* Each of 1000 bytes is zero in 20 draws with a chance of 2^-160. */
Test(random, fills_all_and_not_more)
{
    unsigned char any[1000] = {0}, bytes[1002];

    for (int draw = 0; draw < 20; draw++) {
        memset(bytes, 0, sizeof bytes);
        cr_assert_eq(bt_random(bytes + 1, 1000), 0);
        cr_assert(bytes[0] == 0 && bytes[1001] == 0);
        for (int i = 0; i < 1000; i++) {
            any[i] |= bytes[i + 1];
        }
    }
    cr_expect_null(memchr(any, 0, sizeof any));
    cr_expect_eq(bt_random(bytes, 0), 0);
}

Test(random, differs)
{
    unsigned char a[16], b[16];

    cr_assert_eq(bt_random(a, sizeof a), 0);
    cr_assert_eq(bt_random(b, sizeof b), 0);
    cr_expect(memcmp(a, b, sizeof a) != 0);
}
