/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who may come in, what each worker needs, and the order in which all of it is
 * made and taken down.
 */
#include "command/service.h"

#include "base/clock.h"
#include "base/random.h"
#include "command/block.h"
#include "command/helper.h"
#include "command/process.h"
#include "command/pubsub.h"
#include "command/room.h"
#include "command/serve.h"
#include "command/table.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>

static const char refusal[] = "-ERR max number of clients reached\r\n";

static const char protected_text[] =
    "-DENIED Redis is running in protected mode because protected mode is "
    "enabled and no password is set for the default user. In this mode "
    "connections are only accepted from the loopback interface. If you want to "
    "connect from external computers to Redis you may adopt one of the "
    "following solutions: 1) Just disable protected mode sending the command "
    "'CONFIG SET protected-mode no' from the loopback interface by connecting "
    "to Redis from the same host the server is running, however MAKE SURE "
    "Redis "
    "is not publicly accessible from internet if you do so. Use CONFIG REWRITE "
    "to make this change permanent. 2) Alternatively you can just disable the "
    "protected mode by editing the Redis configuration file, and setting the "
    "protected mode option to 'no', and then restarting the server. 3) If you "
    "started the server manually just for testing, restart it with the "
    "'--protected-mode no' option. 4) Setup a an authentication password for "
    "the default user. NOTE: You only need to do one of the above things in "
    "order for the server to start accepting connections from the outside.\r\n";

static struct service *service_of(const struct baton_service *api)
{
    return bt_container(api, struct service, api);
}

/* ---- What commands ask for ---- */

void service_close(struct call *call, enum baton_reason reason)
{
    resp_reply_flush(call->out);
    baton_close(call->client, reason);
}

static void note_attack(struct service *s, const char *addr)
{
    uint64_t now = bt_now_ms(), last = atomic_load(&s->attack_logged_ms);

    if ((last != 0 && now - last < 60000) ||
        !atomic_compare_exchange_strong(&s->attack_logged_ms, &last, now)) {
        return;
    }
    bt_logf(&s->settings->log, BT_LOG_WARNING,
            "Possible SECURITY ATTACK detected. It looks like somebody is "
            "sending POST or Host: commands to Redis. This is likely due to an "
            "attacker attempting to use Cross Protocol Scripting to compromise "
            "your Redis instance. Connection from %s aborted.",
            addr);
}

void service_attacked(struct call *call)
{
    struct baton_client_info info;

    if (baton_info(call->worker->service->server, baton_id(call->client),
                   &info) == 0) {
        note_attack(call->worker->service, info.addr);
    }
    service_close(call, BATON_PROTOCOL);
}

/* ---- Clients come and go ---- */

static int on_open(struct baton_client *c)
{
    struct worker *w = baton_client_worker_data(c);
    struct settings *s = w->service->settings;
    bool password = atomic_load(&w->service->acl.auth_required);

    session_init(baton_data(c), !password);
    if (!password && !baton_is_local(c) &&
        atomic_load_explicit(&s->protected_mode, memory_order_relaxed)) {
        baton_reply(c, protected_text, sizeof protected_text - 1);
        return -EACCES;
    }
    pubsub_set_limits(c);
    return 0;
}

static void on_close(struct baton_client *c, enum baton_reason reason)
{
    (void)reason;
    block_gone(c);
    session_fini(c);
}

/* ---- Workers ---- */

static void on_worker_start(struct baton_worker *bw,
                            const struct baton_service *api)
{
    baton_worker_set_data(bw, api,
                          &service_of(api)->workers[baton_worker_index(bw)]);
}

static void on_pass_begin(struct baton_worker *bw,
                          const struct baton_service *api)
{
    struct worker *w = baton_worker_data(bw, api);

    db_enter(w->db);
    timing_begin(w);
}

static void on_pass_end(struct baton_worker *bw,
                        const struct baton_service *api)
{
    struct worker *w = baton_worker_data(bw, api);
    bool pending, was;

    if (bt_unlikely(w->publisher.any)) {
        publisher_wake(&w->publisher);
    }
    db_leave(w->db);
    pending = db_pending(w->db);
    was = atomic_load_explicit(&w->pending, memory_order_relaxed);
    /* Release: what db_leave handed to the helper, and what this pass changed,
     * is seen by a helper that acquires the flag in busy(), and so is not
     * asleep for it. */
    if (was != pending) {
        atomic_store_explicit(&w->pending, pending, memory_order_release);
    }
    /* While the flag stands the helper does not fall asleep. */
    if ((w->wrote || pending) && !(was && pending)) {
        helper_poke(w->service->helper);
    }
    w->wrote = false;
}

/* ---- Setup ---- */

static void stop_all(struct service *s)
{
    helper_free(&s->helper);
    for (unsigned i = 0; i < s->n_workers; i++) {
        struct worker *w = &s->workers[i];

        batch_fini(&w->batch);
        free(w->keys);
        cmd_counters_fini(&w->counters);
        histograms_fini(&w->histograms);
        publisher_fini(&w->publisher);
        db_thread_free(&w->db);
    }
    free(s->workers);
    s->workers = NULL;
    s->n_workers = 0;
    options_use_db(s->settings, NULL);
    topics_free(&s->topics);
    stats_fini(&s->base);
    db_free(&s->db);
}

static int make_workers(struct service *s, unsigned n)
{
    s->workers = calloc(n, sizeof *s->workers);
    if (!s->workers) {
        return -ENOMEM;
    }
    s->n_workers = n;
    for (unsigned i = 0; i < n; i++) {
        struct worker *w = &s->workers[i];

        w->service = s;
        w->db = db_thread_new(s->db);
        if (!w->db || cmd_counters_init(&w->counters) != 0 ||
            histograms_init(&w->histograms) != 0 ||
            publisher_init(&w->publisher, s->topics) != 0) {
            return -ENOMEM;
        }
        db_on_notify(w->db, pubsub_notify, &w->publisher);
    }
    return 0;
}

static int on_setup(struct baton_server *server,
                    const struct baton_service *api, unsigned workers)
{
    struct service *s = service_of(api);
    struct db_options o = {.databases = s->settings->databases,
                           .threads = workers + 1};
    struct process_memory m;

    s->server = server;
    s->started_ms = bt_now_ms();
    s->db = db_new(&o);
    s->topics = topics_new(server, workers);
    if (!s->db || !s->topics || make_workers(s, workers) != 0) {
        stop_all(s);
        return -ENOMEM;
    }
    room_options(s);
    options_use_db(s->settings, s->db);
    s->helper = helper_new(s);
    if (!s->helper) {
        stop_all(s);
        return -ENOMEM;
    }
    process_memory(&m);
    s->startup_memory = m.used;
    return 0;
}

static void on_teardown(struct baton_server *server,
                        const struct baton_service *api)
{
    (void)server;
    stop_all(service_of(api));
}

static const struct baton_service callbacks = {
    .name = "resp",
    .refusal = refusal,
    .client_size = sizeof(struct session),
    .setup = on_setup,
    .teardown = on_teardown,
    .worker_start = on_worker_start,
    .pass_begin = on_pass_begin,
    .pass_end = on_pass_end,
    .open = on_open,
    .bytes = serve_bytes,
    .close = on_close,
};

static int random_id(char id[CMD_RUN_ID_LENGTH + 1])
{
    unsigned char bytes[CMD_RUN_ID_LENGTH / 2];
    int rc = bt_random(bytes, sizeof bytes);

    for (size_t i = 0; i < sizeof bytes; i++) {
        id[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    id[CMD_RUN_ID_LENGTH] = 0;
    return rc;
}

struct baton_service *cmd_service_new(struct settings *settings,
                                      const struct options_ops *ops)
{
    struct service *s = calloc(1, sizeof *s);

    if (!s) {
        return NULL;
    }
    if (random_id(s->run_id) != 0 || random_id(s->replication_id) != 0) {
        free(s);
        return NULL;
    }
    cmd_table_init();
    s->api = callbacks;
    s->settings = settings;
    s->ops = ops;
    bt_mutex_init(&s->base_lock, BT_RANK_LOG, 0);
    if (acl_init(&s->acl, settings) != 0) {
        acl_fini(&s->acl);
        free(s);
        return NULL;
    }
    slowlog_init(&s->slowlog);
    pause_init(&s->pause);
    latency_init(&s->latency);
    s->tick_ns = bt_coarse_step_ns();
    return &s->api;
}

void cmd_service_free(struct baton_service **api)
{
    if (*api) {
        struct service *s = service_of(*api);

        acl_fini(&s->acl);
        slowlog_fini(&s->slowlog);
        pause_fini(&s->pause);
        latency_fini(&s->latency);
        bt_mutex_fini(&s->base_lock);
        free(s);
        *api = NULL;
    }
}
