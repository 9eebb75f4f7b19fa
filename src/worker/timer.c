/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/timer.h"

#include "handle/handle.h"

#include <errno.h>
#include <stdlib.h>

void bt_timers_fini(struct bt_timers *t)
{
    free(t->v);
    *t = (struct bt_timers){0};
}

static void place(struct bt_timers *t, uint32_t i, struct bt_timer e)
{
    t->v[i] = e;
    e.c->timer = i;
}

static void up(struct bt_timers *t, uint32_t i)
{
    struct bt_timer e = t->v[i];

    while (i > 0 && t->v[(i - 1) / 2].at > e.at) {
        place(t, i, t->v[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    place(t, i, e);
}

static void down(struct bt_timers *t, uint32_t i)
{
    struct bt_timer e = t->v[i];

    for (;;) {
        uint32_t kid = 2 * i + 1;

        if (kid + 1 < t->n && t->v[kid + 1].at < t->v[kid].at) {
            kid++;
        }
        if (kid >= t->n || t->v[kid].at >= e.at) {
            break;
        }
        place(t, i, t->v[kid]);
        i = kid;
    }
    place(t, i, e);
}

static int grow(struct bt_timers *t)
{
    uint32_t cap = t->cap ? 2 * t->cap : 16;
    struct bt_timer *v;

    if (t->n < t->cap) {
        return 0;
    }
    v = realloc(t->v, cap * sizeof *v);
    if (!v) {
        return -ENOMEM;
    }
    t->v = v;
    t->cap = cap;
    return 0;
}

int bt_timer_set(struct bt_timers *t, struct baton_client *c, uint64_t at,
                 bt_timer_fn *fn)
{
    bt_timer_cancel(t, c);
    if (grow(t) < 0) {
        return -ENOMEM;
    }
    t->v[t->n] = (struct bt_timer){at, c, fn};
    up(t, t->n++);
    return 0;
}

void bt_timer_cancel(struct bt_timers *t, struct baton_client *c)
{
    uint32_t i = c->timer;

    if (i == BT_NO_TIMER) {
        return;
    }
    c->timer = BT_NO_TIMER;
    t->n--;
    if (i < t->n) {
        struct baton_client *moved = t->v[t->n].c;

        t->v[i] = t->v[t->n];
        up(t, i);
        down(t, moved->timer);
    }
}

uint64_t bt_timers_next(const struct bt_timers *t)
{
    return t->n ? t->v[0].at : UINT64_MAX;
}

struct baton_client *bt_timers_pop(struct bt_timers *t, uint64_t now,
                                   bt_timer_fn **fn)
{
    struct baton_client *c;

    if (t->n == 0 || t->v[0].at > now) {
        return NULL;
    }
    c = t->v[0].c;
    *fn = t->v[0].fn;
    bt_timer_cancel(t, c);
    return c;
}
