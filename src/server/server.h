/* SPDX-License-Identifier: BSD-2-Clause
 *
 * server/server.h -- the whole: what baton_new() makes.
 *
 * Threads    The main thread builds and takes apart; the parts say for
 *            themselves who may touch them while it runs.
 * Order      Start: services' setup, workers, acceptor. Stop: the acceptor
 *            takes in what is connected and ends; the workers drain and end
 *            together; then everything is joined, services' teardown, memory.
 */
#ifndef BT_SERVER_SERVER_H
#define BT_SERVER_SERVER_H

#include <baton/baton.h>

#include "base/log.h"
#include "net/acceptor.h"
#include "worker/worker.h"

struct bt_domain;

struct baton_server {
    struct baton_options options;
    struct bt_log log;
    struct bt_settings settings;
    struct bt_life life;
    struct bt_acceptor acceptor;
    struct bt_dispatch dispatch;
    struct bt_table *table;
    struct bt_domain *domain;
    struct bt_listener **masters; /* each allocated: handles point to it */
    unsigned n_masters;
    const struct baton_service *services[BT_MAX_SERVICES];
    unsigned n_services;
    struct baton_worker *workers; /* as long as the server: stats read them */
    unsigned n_workers;
};

/* Builds what needs threads' records, starts, waits, joins. server/start.c */
int bt_server_run(struct baton_server *s);

#endif
