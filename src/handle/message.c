/* SPDX-License-Identifier: BSD-2-Clause */
#include "handle/message.h"

#include "handle/handle.h"

#include <stdatomic.h>
#include <stdlib.h>

struct baton_message *baton_message_new(baton_post_fn *fn, void *arg,
                                        void (*release)(void *))
{
    struct baton_message *m = malloc(sizeof *m);

    if (m) {
        *m = (struct baton_message){.fn = fn, .arg = arg, .release = release};
    }
    return m;
}

void baton_message_free(struct baton_message **m)
{
    free(*m);
    *m = NULL;
}

/*
 * The list before the flag, both sequentially consistent: the taker clears the
 * flag before it empties the list, so either it sees this message, or we see
 * the flag clear and the node travels again.
 */
bool bt_msg_post(struct baton_client *c, struct baton_message *m)
{
    struct baton_message *head =
        atomic_load_explicit(&c->msgs, memory_order_relaxed);

    do {
        m->next = head;
    } while (!atomic_compare_exchange_weak(&c->msgs, &head, m));
    return atomic_exchange(&c->notified, 1) == 0;
}

struct baton_message *bt_msg_take(struct baton_client *c)
{
    struct baton_message *m, *first = NULL;

    /* Sequentially consistent, like the exchange: a worker that adopts a handle
     * stores `owner` and then looks here, a poster adds and then loads `owner`.
     */
    if (!atomic_load(&c->msgs)) {
        return NULL;
    }
    m = atomic_exchange(&c->msgs, NULL);
    while (m) {
        struct baton_message *next = m->next;

        m->next = first;
        first = m;
        m = next;
    }
    return first;
}

void bt_msg_release(struct baton_message *m)
{
    if (m->release) {
        m->release(m->arg);
    }
    free(m);
}
