/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls for any thread. Workers look a handle up without a lock, inside a
 * section that ends with their pass; other threads have no reclaim record, so
 * they look and post under the handle's shard lock, which holds its removal up.
 */
#include "server/server.h"

#include "base/clock.h"
#include "handle/message.h"
#include "handle/table.h"
#include "worker/inbox.h"

#include <errno.h>

/* ---- Copies ---- */

static void describe(struct baton_server *s, const struct baton_client *c,
                     struct baton_client_info *out)
{
    uint64_t ns = bt_now_ns() - s->life.start_ns;
    const struct baton_worker *w =
        atomic_load_explicit(&c->owner, memory_order_relaxed);

    bt_handle_info(c, (uint32_t)(ns / 100000000u), out);
    if (w) {
        out->worker = (int)w->index;
    }
    if (out->queued_us & BT_SINCE) { /* still waiting, or just taken */
        out->queued_us = (bt_now_ns() / 1000 - out->queued_us) & ~BT_SINCE;
    }
}

struct visit {
    struct baton_server *server;
    baton_each_fn *fn;
    void *arg;
};

static bool visit(struct baton_client *c, void *arg)
{
    struct visit *v = arg;
    struct baton_client_info info;

    describe(v->server, c, &info);
    return v->fn(&info, baton_data(c), v->arg);
}

size_t baton_each(struct baton_server *s, struct baton_cursor *cursor, size_t n,
                  baton_each_fn *fn, void *arg)
{
    struct visit v = {s, fn, arg};
    size_t seen = 0;

    while (!cursor->done && seen < n) {
        seen += bt_table_step(s->table, cursor, n - seen, visit, &v);
    }
    return seen;
}

int baton_with(struct baton_server *s, uint64_t id, baton_each_fn *fn,
               void *arg)
{
    struct visit v = {s, fn, arg};
    struct baton_client *c = bt_table_lock(s->table, id);

    if (c) {
        visit(c, &v);
    }
    bt_table_unlock(s->table, id);
    return c ? 0 : -ENOENT;
}

static bool copy_info(const struct baton_client_info *info, void *data,
                      void *arg)
{
    (void)data;
    *(struct baton_client_info *)arg = *info;
    return true;
}

int baton_info(struct baton_server *s, uint64_t id,
               struct baton_client_info *out)
{
    return baton_with(s, id, copy_info, out);
}

void baton_sync(struct baton_client *c, void (*fn)(void *data, void *arg),
                void *arg)
{
    struct bt_table *t = c->origin->server->table;

    if (c->flags & BT_UNLISTED) {
        fn(baton_data(c), arg);
        return;
    }
    bt_table_lock(t, c->id);
    fn(baton_data(c), arg);
    bt_table_unlock(t, c->id);
}

/* ---- Posts ---- */

static int post(struct baton_server *s, struct baton_client *c,
                struct baton_message *m)
{
    if (!c) {
        return -ENOENT;
    }
    if (bt_msg_post(c, m)) {
        bt_inbox_notify(s->workers, c);
    }
    return 0;
}

int baton_message_post(struct baton_server *s, uint64_t id,
                       struct baton_message **m)
{
    struct baton_worker *self = bt_worker_self();
    int r;

    if (self && self->server == s && bt_worker_section(self)) {
        r = post(s, bt_table_find(s->table, id), *m);
    } else {
        r = post(s, bt_table_lock(s->table, id), *m);
        bt_table_unlock(s->table, id);
    }
    if (r == 0) {
        *m = NULL;
    }
    return r;
}

int baton_post(struct baton_server *s, uint64_t id, baton_post_fn *fn,
               void *arg, void (*release)(void *arg))
{
    struct baton_message *m = baton_message_new(fn, arg, release);
    int r;

    if (!m) {
        return -ENOMEM;
    }
    r = baton_message_post(s, id, &m);
    baton_message_free(&m);
    return r;
}

static void close_for(struct baton_client *c, void *arg)
{
    baton_close(c, (enum baton_reason)(uintptr_t)arg);
}

int baton_kill(struct baton_server *s, uint64_t id, enum baton_reason reason)
{
    return baton_post(s, id, close_for, (void *)(uintptr_t)reason, NULL);
}

int baton_job_post(struct baton_server *s, unsigned index,
                   struct baton_job *job)
{
    if (index >= s->n_workers) {
        return -EINVAL;
    }
    return bt_inbox_job(&s->workers[index], job);
}

int baton_post_worker(struct baton_server *s, unsigned index,
                      void (*fn)(struct baton_worker *w, void *arg), void *arg)
{
    struct baton_job *job = bt_inbox_once(fn, arg);
    int r = job ? baton_job_post(s, index, job) : -ENOMEM;

    if (r != 0) {
        baton_job_free(&job);
    }
    return r;
}
