/* SPDX-License-Identifier: BSD-2-Clause */
#include "handle/message.h"

#include "handle/handle.h"

#include <stdatomic.h>
#include <stdlib.h>

struct bt_msg *bt_msg_new(baton_post_fn *fn, void *arg, void (*release)(void *))
{
    struct bt_msg *m = malloc(sizeof *m);

    if (m) {
        *m = (struct bt_msg){.fn = fn, .arg = arg, .release = release};
    }
    return m;
}

/*
 * The list before the flag, both sequentially consistent: the taker clears the
 * flag before it empties the list, so either it sees this message, or we see the
 * flag clear and the node travels again.
 */
bool bt_msg_post(struct baton_client *c, struct bt_msg *m)
{
    struct bt_msg *head = atomic_load_explicit(&c->msgs, memory_order_relaxed);

    do {
        m->next = head;
    } while (!atomic_compare_exchange_weak(&c->msgs, &head, m));
    return atomic_exchange(&c->notified, 1) == 0;
}

struct bt_msg *bt_msg_take(struct baton_client *c)
{
    struct bt_msg *m, *first = NULL;

    /* Sequentially consistent, like the exchange: a worker that adopts a handle
     * stores `owner` and then looks here, a poster adds and then loads `owner`.
     */
    if (!atomic_load(&c->msgs)) {
        return NULL;
    }
    m = atomic_exchange(&c->msgs, NULL);
    while (m) {
        struct bt_msg *next = m->next;

        m->next = first;
        first = m;
        m = next;
    }
    return first;
}

void bt_msg_release(struct bt_msg *m)
{
    if (m->release) {
        m->release(m->arg);
    }
    free(m);
}
