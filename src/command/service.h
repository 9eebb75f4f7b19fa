/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/service.h -- RESP on libbaton: the database as a baton_service.
 *
 * Purpose    Turns the bytes of a client into requests, runs them, writes the
 *            replies straight into the library's output buffer.
 * Threads    cmd_service_new and _free: main thread, before and after the
 *            server. The callbacks run where baton/service.h says. Members of
 *            struct service say who may touch them.
 * Ownership  The settings are the caller's and must outlive the service.
 */
#ifndef BATON_COMMAND_SERVICE_H
#define BATON_COMMAND_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <baton/baton.h>

#include "base/sync.h"
#include "command/acl.h"
#include "command/latency.h"
#include "command/options.h"
#include "command/pause.h"
#include "command/session.h"
#include "command/slowlog.h"
#include "command/stats.h"
#include "db/db.h"
#include "resp/parse.h"

#define CMD_REDIS_VERSION "7.2.4" /* the one whose behaviour this is */
#define CMD_RUN_ID_LENGTH 40

struct helper;
struct topics;
struct worker;

struct service {
    struct baton_service api; /* first */

    /* ---- Set before the workers start, constant afterwards ---- */
    struct settings *settings;
    const struct options_ops *ops;
    struct baton_server *server;
    struct db *db;
    struct topics *topics;
    struct worker *workers;
    unsigned n_workers;
    struct helper *helper;
    uint64_t started_ms; /* monotonic */
    uint64_t startup_memory;
    uint64_t tick_ns; /* bt_coarse_step_ns() */
    char run_id[CMD_RUN_ID_LENGTH + 1];
    char replication_id[CMD_RUN_ID_LENGTH + 1];

    /* ---- Any thread ---- */
    _Atomic uint64_t peak_memory;
    _Atomic uint64_t expire_us;        /* spent on the active expiry */
    _Atomic uint64_t attack_logged_ms; /* when it was logged last */
    struct bt_mutex base_lock;         /* rank LOG */
    struct stats base;                 /* under base_lock */
    struct stats_sampler sampler;
    struct acl acl;
    struct slowlog slowlog;
    struct pause pause;
    struct latency latency;
    _Atomic unsigned histogram_epoch; /* of histogram.h */
};

/* The service for baton_listen(), or NULL: out of memory. */
struct baton_service *cmd_service_new(struct settings *settings,
                                      const struct options_ops *ops);
void cmd_service_free(struct baton_service **s);

/* ---- For the commands; owner worker ---- */

/* A password is wanted, and this client gave none. */
static inline bool service_wants_auth(const struct service *s,
                                      const struct session *session)
{
    /* Relaxed: a client that comes while it changes may see either. */
    return atomic_load_explicit(&((struct service *)s)->acl.auth_required,
                                memory_order_relaxed) &&
           !(session_flags(session) & SESSION_AUTHENTICATED);
}

/* Closes the client once what was replied so far is sent. */
void service_close(struct call *call, enum baton_reason reason);

/* Somebody sent POST or Host: as a command: an attack through a browser that
 * was made to talk to us. Logs it (at most once a minute) and closes. */
void service_attacked(struct call *call);

#endif
