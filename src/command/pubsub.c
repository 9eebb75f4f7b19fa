/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SUBSCRIBE and kin, PUBLISH.
 */
#include "command/pubsub.h"

#include "command/commands.h"
#include "command/service.h"
#include "command/topic.h"
#include "command/worker.h"

#include <errno.h>
#include <stdlib.h>

/* ---- Being a subscriber ---- */

void pubsub_set_limits(struct baton_client *c)
{
    struct worker *w = baton_client_worker_data(c);
    struct session *s = baton_data(c);
    struct settings *set = w->service->settings;
    struct options_output_limit *l =
        &set->output_limit[pubsub_on(s) ? OPTIONS_PUBSUB : OPTIONS_NORMAL];

    /* Acquire: pairs with apply_output_limits(). Limits newer than their edition
     * are taken once more, older ones never stay. */
    s->limits_edition =
        atomic_load_explicit(&set->output_limit_edition, memory_order_acquire);

    /* Relaxed: each value stands for itself. */
    baton_output_limit(
        c, atomic_load_explicit(&l->hard, memory_order_relaxed),
        atomic_load_explicit(&l->soft, memory_order_relaxed),
        atomic_load_explicit(&l->soft_seconds, memory_order_relaxed));
}

void pubsub_renew_limits(struct baton_client *c)
{
    struct worker *w = baton_client_worker_data(c);
    const struct session *s = baton_data(c);

    /* Relaxed: pubsub_set_limits() reads it again. */
    if (s->limits_edition !=
        atomic_load_explicit(&w->service->settings->output_limit_edition,
                             memory_order_relaxed)) {
        pubsub_set_limits(c);
    }
}

static void put_subscriber(void *data, void *arg)
{
    ((struct session *)data)->sub = arg;
}

static int become(struct call *c)
{
    struct topics *t = c->worker->service->topics;
    struct subscriber *s;

    if (pubsub_on(c->session)) {
        return 0;
    }
    s = subscriber_new(c->client, topics_worker(t, c->client));
    if (!s) {
        return -ENOMEM;
    }
    baton_sync(c->client, put_subscriber, s);
    baton_keep(c->client, true);
    pubsub_set_limits(c->client);
    return 0;
}

void pubsub_reset(struct baton_client *c)
{
    struct session *s = baton_data(c);
    struct worker *w = baton_client_worker_data(c);
    struct subscriber *sub = s->sub;

    if (sub) {
        baton_sync(c, put_subscriber, NULL);
        subscriber_free(w->service->topics, &sub);
    }
}

static void leave_if_done(struct call *c)
{
    struct subscriber *s = c->session->sub;

    if (s && s->used == 0) {
        pubsub_reset(c->client);
        baton_keep(c->client, false);
        pubsub_set_limits(c->client);
    }
}

bool pubsub_allows(const struct call *call)
{
    static cmd_fn *const allowed[] = {
        cmd_subscribe,    cmd_unsubscribe, cmd_psubscribe,
        cmd_punsubscribe, cmd_ssubscribe,  cmd_sunsubscribe,
        cmd_ping,         cmd_quit,        cmd_reset};

    if (session_proto(call->session) > 2) {
        return true;
    }
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        if (call->command->fn == allowed[i]) {
            return true;
        }
    }
    return false;
}

/* ---- Confirmations ---- */

static int64_t count(const struct session *s, enum topic_kind kind)
{
    /* Relaxed: our own. */
    return s->sub ? (int64_t)atomic_load_explicit(&s->sub->n[kind],
                                                  memory_order_relaxed)
                  : 0;
}

/* Channels and patterns are counted together. */
static int64_t count_like(const struct session *s, enum topic_kind kind)
{
    return kind == TOPIC_SHARD
               ? count(s, TOPIC_SHARD)
               : count(s, TOPIC_CHANNEL) + count(s, TOPIC_PATTERN);
}

/* Also to a client that wants no replies: it is a message. */
static void confirm(struct call *c, const char *what, enum topic_kind kind,
                    const struct bt_slice *name)
{
    bool mute = c->out->mute;

    c->out->mute = false;
    resp_push(c->out, 3);
    resp_bulk_str(c->out, what);
    if (name) {
        resp_bulk(c->out, name->p, name->n);
    } else {
        resp_null(c->out);
    }
    resp_int(c->out, count_like(c->session, kind));
    c->out->mute = mute;
}

/* ---- SUBSCRIBE and kin ---- */

static void subscribe(struct call *c, enum topic_kind kind)
{
    struct topics *t = c->worker->service->topics;

    for (size_t i = 1; i < c->argc; i++) {
        int r = become(c);

        resp_reply_flush(c->out);
        if (r == 0) {
            r = topic_subscribe(t, c->session->sub, kind, c->argv[i]);
        }
        resp_reply_turn(c->out);
        if (r < 0) {
            leave_if_done(c);
            cmd_oom(c);
            return;
        }
        confirm(c, c->command->name, kind, &c->argv[i]);
    }
}

void cmd_subscribe(struct call *c)
{
    subscribe(c, TOPIC_CHANNEL);
}

void cmd_psubscribe(struct call *c)
{
    subscribe(c, TOPIC_PATTERN);
}

void cmd_ssubscribe(struct call *c)
{
    subscribe(c, TOPIC_SHARD);
}

/* The name may be the topic's own, which goes. */
static void unsubscribe_one(struct call *c, enum topic_kind kind,
                            struct bt_slice name)
{
    char *copy = malloc(name.n + 1);

    if (!copy) {
        cmd_oom(c);
        return;
    }
    memcpy(copy, name.p, name.n);
    name.p = copy;
    if (c->session->sub) {
        resp_reply_flush(c->out);
        topic_unsubscribe(c->worker->service->topics, c->session->sub, kind,
                          name);
        resp_reply_turn(c->out);
    }
    confirm(c, c->command->name, kind, &name);
    free(copy);
}

static void unsubscribe(struct call *c, enum topic_kind kind)
{
    struct bt_slice name;

    if (c->argc > 1) {
        for (size_t i = 1; i < c->argc; i++) {
            unsubscribe_one(c, kind, c->argv[i]);
        }
    } else if (count(c->session, kind) == 0) {
        confirm(c, c->command->name, kind, NULL);
    } else {
        while (subscriber_any(c->session->sub, kind, &name)) {
            unsubscribe_one(c, kind, name);
        }
    }
    resp_reply_flush(c->out);
    leave_if_done(c);
    resp_reply_turn(c->out);
}

void cmd_unsubscribe(struct call *c)
{
    unsubscribe(c, TOPIC_CHANNEL);
}

void cmd_punsubscribe(struct call *c)
{
    unsubscribe(c, TOPIC_PATTERN);
}

void cmd_sunsubscribe(struct call *c)
{
    unsubscribe(c, TOPIC_SHARD);
}

/* ---- PUBLISH ---- */

/* What EXEC did before comes first. */
static void publish(struct call *c, bool shard)
{
    if (c->in_exec) {
        tx_notify_flush(c->tx);
    }
    resp_int(c->out, (int64_t)topic_publish(&c->worker->publisher, shard,
                                            c->argv[1], c->argv[2]));
}

void cmd_publish(struct call *c)
{
    publish(c, false);
}

void cmd_spublish(struct call *c)
{
    publish(c, true);
}
