/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a service asks of the worker that it runs on.
 */
#include "worker/worker.h"

#include "base/check.h"
#include "base/clock.h"

unsigned baton_worker_index(const struct baton_worker *w)
{
    return w->index;
}

struct baton_server *baton_worker_server(const struct baton_worker *w)
{
    return w->server;
}

static unsigned service_index(const struct baton_worker *w,
                              const struct baton_service *service)
{
    for (unsigned i = 0; i < w->n_services; i++) {
        if (w->services[i] == service) {
            return i;
        }
    }
    bt_check_failed("service of this server", __FILE__, __LINE__);
}

void baton_worker_set_data(struct baton_worker *w,
                           const struct baton_service *service, void *data)
{
    w->service_data[service_index(w, service)] = data;
}

void *baton_worker_data(const struct baton_worker *w,
                        const struct baton_service *service)
{
    return w->service_data[service_index(w, service)];
}

void *baton_client_worker_data(const struct baton_client *c)
{
    const struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    return w->service_data[c->origin->service_index];
}

/* ---- Time ---- */

void baton_worker_soon(struct baton_worker *w, unsigned ms)
{
    if (!w->soon_ms || ms < w->soon_ms) {
        w->soon_ms = ms ? ms : 1;
    }
}

int baton_timer(struct baton_client *c, long ms,
                void (*fn)(struct baton_client *c))
{
    struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);
    uint64_t now, most;

    if (ms < 0) {
        bt_timer_cancel(&w->timers, c);
        return 0;
    }
    now = bt_now_ns();
    most = (INT64_MAX - now) / 1000000u; /* in some 290 years: never */
    return bt_timer_set(
        &w->timers, c,
        (uint64_t)ms > most ? INT64_MAX : now + (uint64_t)ms * 1000000u, fn);
}
