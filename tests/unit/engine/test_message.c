/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A handle's list of messages.
 */
#include <criterion/criterion.h>

#include "handle/handle.h"
#include "handle/message.h"

#include <stdlib.h>

static unsigned released;

static void release(void *arg)
{
    (void)arg;
    released++;
}

static void nothing(struct baton_client *c, void *arg)
{
    (void)c;
    (void)arg;
}

static struct baton_message *msg(uintptr_t n)
{
    struct baton_message *m = baton_message_new(nothing, (void *)n, release);

    cr_assert(m);
    return m;
}

Test(message, oldest_first)
{
    struct baton_client c = {.id = 1};
    struct baton_message *m, *next;
    uintptr_t want = 1;

    cr_expect_null(bt_msg_take(&c));
    for (uintptr_t i = 1; i <= 100; i++) {
        bt_msg_post(&c, msg(i));
    }
    for (m = bt_msg_take(&c); m; m = next) {
        next = m->next;
        cr_expect_eq((uintptr_t)m->arg, want++);
        bt_msg_release(m);
    }
    cr_expect_eq(want, 101);
    cr_expect_eq(released, 100);
    cr_expect_null(bt_msg_take(&c));
}

/* The node travels once, however many messages it stands for, and again when
 * the owner has cleared the flag. */
Test(message, notify_once)
{
    struct baton_client c = {.id = 1};
    struct baton_message *m, *next;

    cr_expect(bt_msg_post(&c, msg(1)));
    cr_expect_not(bt_msg_post(&c, msg(2)));
    cr_expect_not(bt_msg_post(&c, msg(3)));
    atomic_store(&c.notified, 0); /* as the owner does, before it takes */
    cr_expect(bt_msg_post(&c, msg(4)));
    cr_expect_not(bt_msg_post(&c, msg(5)));
    for (m = bt_msg_take(&c); m; m = next) {
        next = m->next;
        bt_msg_release(m);
    }
    cr_expect_eq(released, 5);
    /* The list is empty but the node is still on its way. */
    cr_expect_not(bt_msg_post(&c, msg(6)));
    bt_msg_release(bt_msg_take(&c));
    cr_expect_eq(released, 6);
}

Test(message, release_may_be_missing)
{
    struct baton_message *m = baton_message_new(nothing, NULL, NULL);

    bt_msg_release(m);
    cr_expect_eq(released, 0);
}
