/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/server.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/reclaim.h"
#include "os/thread.h"
#include "worker/close.h"
#include "worker/inbox.h"

#include <errno.h>
#include <stdlib.h>

/* ---- Workers' parts: made before any thread runs ---- */

static int build_worker(struct baton_server *s, struct baton_worker *w)
{
    struct bt_seat *seat = &s->dispatch.seats[w->index];

    w->server = s;
    w->dispatch = &s->dispatch;
    w->life = &s->life;
    w->table = s->table;
    w->settings = &s->settings;
    w->log = &s->log;
    w->team = s->workers;
    w->n_team = s->n_workers;
    w->thread_prefix =
        s->options.thread_prefix ? s->options.thread_prefix : "baton";
    w->services = s->services;
    w->n_services = s->n_services;
    bt_inbox_init(&w->inbox);
    bt_list_init(&w->clients);
    bt_list_init(&w->ends);
    w->ready_tail = &w->ready;
    w->record = bt_record_new(s->domain);
    w->poller = bt_poller_new();
    w->rbuf = malloc(BT_CARRY_MAX + BT_READ_SIZE);
    w->obuf = malloc(BT_OUT_SIZE);
    w->sink = malloc(4096);
    if (!w->record || !w->poller || !w->rbuf || !w->obuf || !w->sink) {
        return -ENOMEM;
    }
    bt_poller_tick(w->poller, BT_BACKSTOP_MS);
    return bt_poller_add(w->poller, seat->wake.rd, w);
}

static void free_worker(struct baton_worker *w)
{
    bt_timers_fini(&w->timers);
    bt_poller_free(&w->poller);
    free(w->rbuf);
    free(w->obuf);
    free(w->sink);
    w->rbuf = w->obuf = w->sink = NULL;
}

static int build_workers(struct baton_server *s)
{
    int r = 0;

    for (unsigned i = 0; r == 0 && i < s->n_workers; i++) {
        s->workers[i].index = i;
        r = build_worker(s, &s->workers[i]);
    }
    return r;
}

/* All threads are gone and all handles closed; what still lies in inboxes and
 * batches is released. A node may have to be sent on once. */
static void free_workers(struct baton_server *s)
{
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < s->n_workers; i++) {
            bt_inbox_fini(&s->workers[i]);
        }
    }
    for (unsigned i = 0; i < s->n_workers; i++) {
        bt_record_free(&s->workers[i].record);
        free_worker(&s->workers[i]);
    }
}

/* ---- Services ---- */

static int set_up_services(struct baton_server *s, unsigned *done)
{
    int r = 0;

    for (*done = 0; r == 0 && *done < s->n_services; (*done)++) {
        const struct baton_service *v = s->services[*done];

        r = v->setup ? v->setup(s, v, s->n_workers) : 0;
        if (r < 0) {
            break;
        }
    }
    return r;
}

static void tear_down_services(struct baton_server *s, unsigned done)
{
    while (done-- > 0) {
        const struct baton_service *v = s->services[done];

        if (v->teardown) {
            v->teardown(s, v);
        }
    }
}

/* ---- Threads ---- */

static void *acceptor_thread(void *arg)
{
    struct baton_server *s = arg;

    bt_thread_name(s->options.thread_prefix ? s->options.thread_prefix
                                            : "baton",
                   "acceptor");
    return bt_acceptor_run(&s->acceptor);
}

static void build_acceptor(struct baton_server *s)
{
    struct bt_acceptor *a = &s->acceptor;

    a->masters = s->masters;
    a->n_masters = s->n_masters;
    a->dispatch = &s->dispatch;
    a->table = s->table;
    a->log = &s->log;
    a->life = &s->life;
    s->life.start_ns = bt_now_ns();
    a->next_id = 1;
}

static int start_and_join(struct baton_server *s)
{
    pthread_t acceptor;
    unsigned n = 0;
    int r = 0;

    for (unsigned i = 0; i < s->n_workers; i++) {
        atomic_store(&s->workers[i].inbox.takes_jobs, 1);
    }
    while (r == 0 && n < s->n_workers) {
        r = bt_thread_start(&s->workers[n].thread, bt_worker_run,
                            &s->workers[n]);
        n += r == 0;
    }
    if (r == 0) {
        r = bt_thread_start(&acceptor, acceptor_thread, s);
    }
    if (r < 0) { /* the workers that run see an empty server that stops */
        atomic_store(&s->life.finished, 1);
        baton_stop(s);
    } else {
        if (s->options.ready) {
            s->options.ready(s, s->options.ready_arg);
        }
        bt_ok(pthread_join(acceptor, NULL));
    }
    for (unsigned i = 0; i < n; i++) {
        bt_ok(pthread_join(s->workers[i].thread, NULL));
        if (r == 0 && atomic_load(&s->workers[i].timed_out)) {
            r = -ETIMEDOUT;
        }
    }
    return r;
}

int bt_server_run(struct baton_server *s)
{
    unsigned services = 0;
    int r;

    build_acceptor(s);
    r = build_workers(s);
    s->acceptor.record = r < 0 ? NULL : bt_record_new(s->domain);
    if (r == 0 && !s->acceptor.record) {
        r = -ENOMEM;
    }
    if (r == 0) {
        r = set_up_services(s, &services);
    }
    if (r == 0) {
        r = start_and_join(s);
    }
    free_workers(s);
    bt_record_free(&s->acceptor.record);
    tear_down_services(s, services);
    bt_acceptor_set_state(&s->acceptor, BATON_STOPPED);
    return r;
}
