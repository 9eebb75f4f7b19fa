/* SPDX-License-Identifier: BSD-2-Clause */
#include "handle/handle.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

struct baton_client *bt_handle_new(struct bt_origin *origin, uint64_t id,
                                   int *fd)
{
    struct baton_client *c =
        calloc(1, sizeof *c + origin->service->client_size);

    if (c) {
        c->id = id;
        c->origin = origin;
        c->fd = *fd;
        c->timer = BT_NO_TIMER;
        bt_list_init(&c->link);
        *fd = -1;
    }
    return c;
}

void bt_handle_free(struct baton_client *c)
{
    bt_assert(!c->in && !c->out && c->fd < 0);
    bt_assert(!atomic_load(&c->msgs) && !atomic_load(&c->notified));
    free(c->limits);
    free(c);
}

#define SHOW(field) atomic_load_explicit(&(field), memory_order_relaxed)

void bt_handle_info(const struct baton_client *c, uint32_t now_ds,
                    struct baton_client_info *out)
{
    uint32_t since = SHOW(c->since_ds), active = SHOW(c->active_ds);

    memset(out, 0, sizeof *out);
    out->id = c->id;
    out->fd = c->fd;
    out->state = bt_state(c);
    out->worker = -1;
    out->master = c->origin->master;
    out->local = bt_addr_local(&c->peer);
    out->srm = SHOW(c->srm);
    out->queued_us = SHOW(c->queued_us);
    out->age_ms = now_ds > since ? (uint64_t)(now_ds - since) * 100 : 0;
    out->idle_ms = now_ds > active ? (uint64_t)(now_ds - active) * 100 : 0;
    out->input_bytes = SHOW(c->in_bytes);
    out->input_capacity = SHOW(c->in_room);
    out->output_bytes = SHOW(c->out_bytes);
    out->output_pending = out->output_bytes > 0;
    out->output_chunks = out->output_pending;
    bt_addr_text(&c->peer, c->origin->path, out->addr, sizeof out->addr);
    bt_addr_text(&c->local, c->origin->path, out->laddr, sizeof out->laddr);
}

uint64_t baton_id(const struct baton_client *c)
{
    return c->id;
}

void *baton_data(struct baton_client *c)
{
    return c->service_part;
}

struct baton_server *baton_server_of(const struct baton_client *c)
{
    return c->origin->server;
}

struct baton_worker *baton_worker_of(const struct baton_client *c)
{
    return atomic_load_explicit(&c->owner, memory_order_relaxed);
}

bool baton_is_local(const struct baton_client *c)
{
    return bt_addr_local(&c->peer);
}
