/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/options.h -- what the commands know of the program's options.
 *
 * Purpose    The options live in batond/, which no command may include. Here is
 *            what it hands down: the values that commands look at (struct
 *            settings) and the calls behind CONFIG GET and SET (options_ops).
 * Threads    Any, everywhere, also several CONFIG SET at once. A member of
 *            struct settings that is not atomic is constant while workers run.
 * Ownership  Both structures belong to the program and outlive the service.
 * Locks      `lock` has rank CONFIG: EXEC takes it with shards of keys locked.
 */
#ifndef BATON_COMMAND_OPTIONS_H
#define BATON_COMMAND_OPTIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/slice.h"
#include "base/sync.h"

struct db;

/* Who may use DEBUG (enable-debug-command). */
enum options_debug {
    OPTIONS_DEBUG_NO,
    OPTIONS_DEBUG_YES,
    OPTIONS_DEBUG_LOCAL
};

/* The classes of client-output-buffer-limit. */
enum options_class {
    OPTIONS_NORMAL,
    OPTIONS_REPLICA,
    OPTIONS_PUBSUB,
    OPTIONS_N_CLASSES
};

/* For baton_output_limit(). */
struct options_output_limit {
    _Atomic size_t hard, soft;
    _Atomic unsigned soft_seconds;
};

/* Read the atomic members relaxed: each stands for itself, and any recent value
 * will do. */
struct settings {
    _Atomic bool protected_mode;
    _Atomic size_t proto_max_bulk_len; /* resp_limits.max_bulk */
    _Atomic int list_max_listpack_size;
    _Atomic unsigned notify; /* of notify-keyspace-events */
    _Atomic(struct db *) db; /* NULL: not there yet; see options_use_db() */
    struct options_output_limit output_limit[OPTIONS_N_CLASSES];
    _Atomic uint8_t output_limit_edition; /* of all these, changed after them */
    _Atomic size_t zset_max_listpack_entries, zset_max_listpack_value;
    _Atomic uint64_t maxmemory;   /* bytes; 0: no limit */
    _Atomic int maxmemory_policy; /* enum db_policy */
    _Atomic unsigned maxmemory_samples, lfu_log_factor, lfu_decay_time;
    /* Up to which collections are kept in a small form: elements, bytes. */
    _Atomic size_t hash_max_listpack_entries, hash_max_listpack_value;
    _Atomic size_t set_max_intset_entries;
    _Atomic size_t set_max_listpack_entries, set_max_listpack_value;

    _Atomic int64_t slowlog_us;   /* slowlog-log-slower-than, < 0: none */
    _Atomic uint64_t slowlog_max; /* slowlog-max-len */
    _Atomic uint64_t latency_ms;  /* latency-monitor-threshold, 0: none */
    _Atomic bool latency_tracking;
    _Atomic uint64_t acllog_max; /* acllog-max-len */

    /* ---- Constant while workers run ---- */
    enum options_debug enable_debug_command;
    unsigned databases;
    size_t query_limit;      /* client-query-buffer-limit */
    unsigned port;           /* for INFO: tcp_port, 0 = no TCP */
    const char *config_file; /* for INFO: absolute path, or "" */
    const char *executable;  /* for INFO: as it was called */
    struct bt_log log;       /* the program's log */

    const char *users; /* each `user`: see ACL_WORD_END in acl.h */

    /* Made by cmd_service_new(): what requirepass is for, and the users as they
     * are now, for the configuration file. 0 or -ENOMEM. */
    struct {
        void *ctx; /* NULL: no service yet */
        int (*set_password)(void *ctx, const char *password);
        int (*describe_users)(void *ctx, const char *password,
                              struct bt_buf *out);
    } acl;

    /* ---- Under lock ---- */
    struct bt_mutex lock;
    char *requirepass; /* "" = none */
};

/* notify-keyspace-events: letters into flags and into the text that CONFIG GET
 * shows; false: a letter means nothing. */
#define OPTIONS_NOTIFY_TEXT 20
bool options_parse_notify(struct bt_slice letters, unsigned *flags,
                          char text[OPTIONS_NOTIFY_TEXT]);
/* Makes them count; `lock` is held, or no worker runs. */
void options_set_notify(struct settings *s, unsigned flags);
/* The database that options are made to count in; NULL: it goes. No worker
 * runs. */
void options_use_db(struct settings *s, struct db *db);

/* CONFIG. ctx is the program's. */
struct options_ops {
    void *ctx;

    /* The name of the i-th option (aliases count as options), NULL behind the
     * last one. Names never change. */
    const char *(*name)(void *ctx, size_t i);

    /* Appends the value of the i-th option in the form of CONFIG GET. 0 or
     * -ENOMEM. */
    int (*get)(void *ctx, size_t i, struct bt_buf *out);

    /* CONFIG SET name value ...: all or nothing. pairs has 2 * n elements. 0,
     * or -EINVAL with err = the text behind "ERR ". */
    int (*set)(void *ctx, const struct bt_slice *pairs, size_t n, char *err,
               size_t err_size);

    /* Writes the options in force into settings.config_file, which is not "".
     * 0 or -errno. */
    int (*rewrite)(void *ctx);
};

#endif
