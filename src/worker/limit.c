/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client is over its soft limit from the first reply that says so; when that
 * has lasted too long a sweep closes it.
 */
#include "worker/limit.h"

#include "worker/reply.h"

#include <errno.h>
#include <stdlib.h>

void bt_leave_soft(struct baton_worker *w, struct baton_client *c)
{
    if (c->flags & BT_SOFT_OVER) {
        c->flags &= ~(uint32_t)BT_SOFT_OVER;
        w->n_soft--;
    }
}

int bt_over_limit(struct baton_worker *w, struct baton_client *c)
{
    struct bt_limits *l = c->limits;
    size_t n = bt_pending(w, c);

    if (l->hard && n > l->hard) {
        baton_close(c, BATON_LIMIT);
        c->flags |= BT_GONE;
        return -ENOBUFS;
    }
    if (!l->soft || n <= l->soft) {
        bt_leave_soft(w, c);
    } else if (!(c->flags & BT_SOFT_OVER)) {
        c->flags |= BT_SOFT_OVER;
        w->n_soft++;
        l->soft_since = w->now;
    }
    return 0;
}

void bt_check_soft_limit(struct baton_worker *w, struct baton_client *c)
{
    struct bt_limits *l = c->limits;

    if (!(c->flags & BT_SOFT_OVER)) {
        return;
    }
    if (!l->soft || bt_pending(w, c) <= l->soft) {
        bt_leave_soft(w, c);
    } else if (w->now - l->soft_since > l->soft_seconds * 1000000000ull) {
        baton_close(c, BATON_LIMIT);
    }
}

void baton_output_limit(struct baton_client *c, size_t hard, size_t soft,
                        unsigned soft_seconds)
{
    if (!c->limits && (hard || soft)) {
        c->limits = calloc(1, sizeof *c->limits);
    }
    if (c->limits) {
        c->limits->hard = hard;
        c->limits->soft = soft;
        c->limits->soft_seconds = soft_seconds;
    }
}
