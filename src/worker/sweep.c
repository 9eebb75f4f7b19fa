/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/sweep.h"

#include "worker/limit.h"

#define SLICE_MS 100
#define SLICES   10 /* so many see everybody: once a second */

static unsigned idle_limit(const struct baton_worker *w)
{
    return atomic_load_explicit(&w->settings->idle_seconds,
                                memory_order_relaxed);
}

static bool wanted(const struct baton_worker *w)
{
    return (idle_limit(w) > 0 || w->n_soft > 0) && !w->draining;
}

static void look_at(struct baton_worker *w, struct baton_client *c,
                    unsigned limit)
{
    uint32_t active = atomic_load_explicit(&c->active_ds, memory_order_relaxed);

    if (limit > 0 && !(c->flags & (BT_PARKED | BT_KEEP)) &&
        bt_state(c) != BATON_CLOSING && w->now_ds > active &&
        w->now_ds - active > limit * 10ull) {
        baton_close(c, BATON_TIMEOUT);
        return;
    }
    bt_check_soft_limit(w, c);
}

void bt_sweep(struct baton_worker *w)
{
    unsigned limit, n;

    if (!wanted(w) || w->now < w->next_sweep) {
        return;
    }
    w->next_sweep = w->now + SLICE_MS * 1000000ull;
    limit = idle_limit(w);
    n = atomic_load_explicit(&w->dispatch->seats[w->index].handles,
                             memory_order_relaxed) /
            SLICES +
        1;
    for (; n > 0 && !bt_list_empty(&w->clients); n--) {
        struct bt_list *l = w->clients.next;

        bt_list_remove(l); /* to the end: the list itself is the cursor */
        bt_list_append(&w->clients, l);
        look_at(w, bt_container(l, struct baton_client, link), limit);
    }
}

int bt_sweep_wait(const struct baton_worker *w)
{
    if (!wanted(w)) {
        return -1;
    }
    return w->next_sweep > w->now
               ? (int)((w->next_sweep - w->now) / 1000000u) + 1
               : 0;
}
