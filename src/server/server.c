/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/server.h"

#include "base/check.h"
#include "base/reclaim.h"
#include "handle/table.h"
#include "os/socket.h"
#include "os/thread.h"

#include <errno.h>
#include <stdlib.h>

#define SPARE_FDS                                                              \
    32 /* beside the clients': masters, pollers, files, refusals */

void baton_options_init(struct baton_options *o)
{
    *o = (struct baton_options){
        .dispatch_queue = 1024,
        .max_clients = 10000,
        .backlog = 511,
        .keepalive_seconds = 300,
        .shutdown_ms = 10000,
        .output_pause_bytes = 1048576,
        .input_limit_bytes = 1073741824,
        .nodelay = true,
    };
}

static bool valid(const struct baton_options *o)
{
    unsigned q = o->dispatch_queue;

    return o->workers <= 1024 && q >= 2 && q <= 1048576 && (q & (q - 1)) == 0 &&
           o->max_clients > 0 && o->backlog > 0 && o->input_limit_bytes > 0;
}

static void to_log(void *arg, int level, const char *line)
{
    struct baton_server *s = arg;

    s->options.log(s->options.log_arg, (enum baton_level)level, line);
}

static void take_options(struct baton_server *s, const struct baton_options *o)
{
    struct bt_settings *t = &s->settings;

    s->options = *o;
    if (o->log) {
        s->log = (struct bt_log){to_log, s};
    }
    atomic_store(&t->idle_seconds, o->idle_seconds);
    atomic_store(&t->keepalive_seconds, o->keepalive_seconds);
    atomic_store(&t->shutdown_ms, o->shutdown_ms);
    atomic_store(&t->pause, o->output_pause_bytes);
    t->input_limit = o->input_limit_bytes;
    t->nodelay = o->nodelay;
    s->n_workers = o->workers ? o->workers : bt_processors();
}

/* fds beside the clients': many workers need more than the usual few. */
static unsigned spare_fds(const struct baton_server *s)
{
    unsigned few = 4;

    return SPARE_FDS + (s->n_workers > few ? 3 * (s->n_workers - few) : 0);
}

/* As many clients as the fd limit can be made to hold. */
static void fit_fd_limit(struct baton_server *s)
{
    unsigned want = s->options.max_clients, spare = spare_fds(s), can = want;
    uint64_t need = (uint64_t)want + spare, have = bt_raise_fd_limit(need);
    uint64_t left;

    if (have < need) {
        can = have > spare ? (unsigned)have - spare : 1;
        bt_logf(&s->log, BT_LOG_WARNING,
                "You requested maxclients of %u requiring at least %llu max "
                "file descriptors.",
                want, (unsigned long long)need);
        bt_logf(&s->log, BT_LOG_WARNING,
                "Current maximum open files is %llu. maxclients has been "
                "reduced to %u to compensate for low ulimit. If you need "
                "higher maxclients increase 'ulimit -n'.",
                (unsigned long long)have, can);
    }
    atomic_store(&s->life.max_clients, can);
    /* Refused clients linger on fds that neither clients nor we need. */
    left = have - can;
    left = left > spare - SPARE_FDS / 2 ? left - (spare - SPARE_FDS / 2) : 1;
    s->acceptor.spare_fds = left < 1024 ? (unsigned)left : 1024;
}

int baton_new(const struct baton_options *o, struct baton_server **out)
{
    struct baton_server *s;
    int r;

    *out = NULL;
    if (!valid(o)) {
        return -EINVAL;
    }
    s = calloc(1, sizeof *s);
    if (!s) {
        return -ENOMEM;
    }
    take_options(s, o);
    s->acceptor.wake = (struct bt_wake){-1, -1};
    s->table = bt_table_new();
    s->domain = bt_domain_new();
    s->workers = calloc(s->n_workers, sizeof *s->workers);
    r = s->table && s->domain && s->workers ? 0 : -ENOMEM;
    r = r < 0 ? r : bt_wake_open(&s->acceptor.wake);
    r = r < 0 ? r
              : bt_dispatch_init(&s->dispatch, o->dispatch_queue, s->n_workers,
                                 &s->acceptor.wake);
    if (r < 0) {
        baton_destroy(&s);
        return r;
    }
    fit_fd_limit(s);
    *out = s;
    return 0;
}

static int add_service(struct baton_server *s,
                       const struct baton_service *service)
{
    for (unsigned i = 0; i < s->n_services; i++) {
        if (s->services[i] == service) {
            return (int)i;
        }
    }
    if (s->n_services == BT_MAX_SERVICES) {
        return -ENOSPC;
    }
    s->services[s->n_services] = service;
    return (int)s->n_services++;
}

static void check_backlog(struct baton_server *s)
{
    int limit = bt_socket_backlog_limit();

    if (limit > 0 && limit < s->options.backlog) {
        bt_logf(&s->log, BT_LOG_WARNING,
                "The backlog setting of %d cannot be enforced because "
                "/proc/sys/net/core/somaxconn is set to the lower value of "
                "%d.",
                s->options.backlog, limit);
    }
}

int baton_listen_mode(struct baton_server *s, const char *address,
                      const struct baton_service *service, unsigned mode)
{
    struct bt_listener *l = calloc(1, sizeof *l);
    struct bt_listener **v =
        realloc(s->masters, (s->n_masters + 1) * sizeof *v);
    int r = -ENOMEM, index;

    if (v) {
        s->masters = v;
    }
    if (!l || !v) {
        goto fail;
    }
    if (atomic_load(&s->life.state) != BATON_STARTING || !service->bytes ||
        !service->name) {
        r = -EINVAL;
        goto fail;
    }
    r = bt_listener_open(l, address, s->options.backlog, mode);
    if (r < 0) {
        goto fail;
    }
    index = add_service(s, service);
    if (index < 0) {
        bt_listener_close(l);
        r = index;
        goto fail;
    }
    if (s->n_masters == 0) {
        check_backlog(s);
    }
    l->origin.server = s;
    l->origin.service = service;
    l->origin.service_index = (unsigned)index;
    l->origin.master = s->n_masters;
    s->masters[s->n_masters++] = l;
    return 0;
fail:
    free(l);
    return r;
}

int baton_listen(struct baton_server *s, const char *address,
                 const struct baton_service *service)
{
    return baton_listen_mode(s, address, service, 0);
}

unsigned baton_masters(const struct baton_server *s)
{
    return s->n_masters;
}

const char *baton_master_address(const struct baton_server *s, unsigned i)
{
    return i < s->n_masters ? s->masters[i]->address : NULL;
}

unsigned baton_workers(const struct baton_server *s)
{
    return s->n_workers;
}

int baton_run(struct baton_server *s)
{
    if (s->n_masters == 0 || atomic_load(&s->life.state) != BATON_STARTING) {
        return -EINVAL;
    }
    return bt_server_run(s);
}

/* Only atomics and a write: a signal handler may call it. */
void baton_stop(struct baton_server *s)
{
    if (atomic_fetch_add(&s->life.stop, 1) > 1) {
        atomic_store(&s->life.stop, 2);
    }
    bt_wake_send(&s->acceptor.wake);
    for (unsigned i = 0; i < s->dispatch.n_seats; i++) {
        bt_wake_send(&s->dispatch.seats[i].wake);
    }
}

void baton_destroy(struct baton_server **sp)
{
    struct baton_server *s = *sp;

    if (!s) {
        return;
    }
    for (unsigned i = 0; i < s->n_masters; i++) {
        bt_listener_close(s->masters[i]);
        free(s->masters[i]);
    }
    free(s->masters);
    if (s->dispatch.n_seats) {
        bt_dispatch_fini(&s->dispatch);
    }
    bt_wake_close(&s->acceptor.wake);
    if (s->table) {
        bt_table_free(&s->table);
    }
    bt_domain_free(&s->domain);
    free(s->workers);
    free(s);
    *sp = NULL;
}

/* ---- Changes while it runs ---- */

int baton_set_max_clients(struct baton_server *s, unsigned n)
{
    uint64_t need = (uint64_t)n + spare_fds(s);

    if (n == 0 || bt_raise_fd_limit(need) < need) {
        return -EINVAL;
    }
    atomic_store(&s->life.max_clients, n);
    return 0;
}

unsigned baton_max_clients(const struct baton_server *s)
{
    return atomic_load(&s->life.max_clients);
}

void baton_set_idle_seconds(struct baton_server *s, unsigned n)
{
    atomic_store(&s->settings.idle_seconds, n);
}

void baton_set_keepalive_seconds(struct baton_server *s, unsigned n)
{
    atomic_store(&s->settings.keepalive_seconds, n);
}

void baton_set_output_pause(struct baton_server *s, size_t bytes)
{
    atomic_store(&s->settings.pause, bytes);
}

void baton_set_shutdown_ms(struct baton_server *s, unsigned ms)
{
    atomic_store(&s->settings.shutdown_ms, ms);
}
