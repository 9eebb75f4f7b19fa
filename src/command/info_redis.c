/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sections of INFO that Redis has, with its names. What we have nothing of
 * (replicas, snapshots, scripts, eviction) is told as a Redis without it tells
 * it; what we do not measure is left out.
 */
#include "config.h"

#include "command/info.h"

#include "base/clock.h"
#include "command/topic.h"
#include "db/wait.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- Server ---- */

static void listeners(struct info *i)
{
    struct baton_server *server = i->service->server;
    const char *address;

    for (unsigned k = 0; (address = baton_master_address(server, k)) != NULL;
         k++) {
        const char *colon = strrchr(address, ':');

        if (address[0] == '/' || !colon) {
            info_add(i, "listener%u:name=unix,bind=%s\r\n", k, address);
        } else {
            info_add(i, "listener%u:name=tcp,bind=%.*s,port=%s\r\n", k,
                     (int)(colon - address), address, colon + 1);
        }
    }
}

void info_server(struct info *i)
{
    const struct service *s = i->service;
    uint64_t up = (bt_now_ms() - s->started_ms) / 1000;
    int64_t now = bt_real_us();
    struct utsname os = {0};

    uname(&os);
    info_add(i, "redis_version:%s\r\n", CMD_REDIS_VERSION);
    info_add(i, "redis_git_sha1:00000000\r\nredis_git_dirty:0\r\n");
    info_add(i, "redis_build_id:0\r\nredis_mode:standalone\r\n");
    info_add(i, "os:%s %s %s\r\n", os.sysname, os.release, os.machine);
    info_add(i, "arch_bits:%zu\r\n", 8 * sizeof(void *));
    info_add(i, "monotonic_clock:POSIX clock_gettime\r\n");
    info_add(i, "multiplexing_api:%s\r\n", BATON_POLLER);
    info_add(i, "atomicvar_api:c11-builtin\r\n");
#if defined(__GNUC__) && !defined(__clang__)
    info_add(i, "gcc_version:%d.%d.%d\r\n", __GNUC__, __GNUC_MINOR__,
             __GNUC_PATCHLEVEL__);
#else
    info_add(i, "gcc_version:0.0.0\r\n");
#endif
    info_add(i, "process_id:%ld\r\n", (long)getpid());
    info_add(i, "process_supervised:no\r\n");
    info_add(i, "run_id:%s\r\n", s->run_id);
    info_add(i, "tcp_port:%u\r\n", s->settings->port);
    info_add(i, "server_time_usec:%" PRId64 "\r\n", now);
    info_add(i, "uptime_in_seconds:%" PRIu64 "\r\n", up);
    info_add(i, "uptime_in_days:%" PRIu64 "\r\n", up / 86400);
    info_add(i, "hz:10\r\nconfigured_hz:10\r\n");
    info_add(i, "lru_clock:%" PRId64 "\r\n", now / 1000000 & 0xffffff);
    info_add(i, "executable:%s\r\n", s->settings->executable);
    info_add(i, "config_file:%s\r\n", s->settings->config_file);
    info_add(i, "io_threads_active:0\r\n");
    listeners(i);
}

/* ---- Clients ---- */

void info_clients(struct info *i)
{
    struct baton_stats b;

    baton_stats(i->service->server, &b);
    info_add(i, "connected_clients:%" PRIu64 "\r\n", b.handles_live);
    info_add(i, "cluster_connections:0\r\n");
    info_add(i, "maxclients:%u\r\n", b.max_clients);
    info_add(i, "client_recent_max_input_buffer:0\r\n");
    info_add(i, "client_recent_max_output_buffer:0\r\n");
    info_add(i, "blocked_clients:%" PRIu64 "\r\n", b.state[BATON_BLOCKED]);
    info_add(i, "tracking_clients:0\r\nclients_in_timeout_table:0\r\n");
    info_add(i, "total_blocking_keys:%zu\r\n", wait_keys(i->service->db));
    info_add(i, "total_blocking_keys_on_nokey:0\r\n");
}

/* ---- Persistence: there is none ---- */

void info_persistence(struct info *i)
{
    info_add(i, "loading:0\r\nasync_loading:0\r\ncurrent_cow_peak:0\r\n"
                "current_cow_size:0\r\ncurrent_cow_size_age:0\r\n"
                "current_fork_perc:0.00\r\ncurrent_save_keys_processed:0\r\n"
                "current_save_keys_total:0\r\nrdb_changes_since_last_save:0\r\n"
                "rdb_bgsave_in_progress:0\r\nrdb_last_save_time:0\r\n"
                "rdb_last_bgsave_status:ok\r\nrdb_last_bgsave_time_sec:-1\r\n"
                "rdb_current_bgsave_time_sec:-1\r\nrdb_saves:0\r\n"
                "rdb_last_cow_size:0\r\nrdb_last_load_keys_expired:0\r\n"
                "rdb_last_load_keys_loaded:0\r\n");
    info_add(i, "aof_enabled:0\r\naof_rewrite_in_progress:0\r\n"
                "aof_rewrite_scheduled:0\r\naof_last_rewrite_time_sec:-1\r\n"
                "aof_current_rewrite_time_sec:-1\r\n"
                "aof_last_bgrewrite_status:ok\r\naof_rewrites:0\r\n"
                "aof_rewrites_consecutive_failures:0\r\n"
                "aof_last_write_status:ok\r\naof_last_cow_size:0\r\n"
                "module_fork_in_progress:0\r\nmodule_fork_last_cow_size:0\r\n");
}

/* ---- Stats ---- */

void info_stats_section(struct info *i)
{
    static const char *const none[] = {"evicted_clients",
                                       "total_eviction_exceeded_time",
                                       "current_eviction_exceeded_time", NULL};
    static const char *const no_more[] = {"latest_fork_usec",
                                          "total_forks",
                                          "migrate_cached_sockets",
                                          "slave_expires_tracked_keys",
                                          "active_defrag_hits",
                                          "active_defrag_misses",
                                          "active_defrag_key_hits",
                                          "active_defrag_key_misses",
                                          "total_active_defrag_time",
                                          "current_active_defrag_time",
                                          "tracking_total_keys",
                                          "tracking_total_items",
                                          "tracking_total_prefixes",
                                          "unexpected_error_replies",
                                          NULL};
    const struct stats *s = info_stats(i);
    struct stats_rates r;
    struct db_stats d;
    struct topics *t = i->service->topics;

    if (!s) {
        return;
    }
    db_stats(i->service->db, &d);
    stats_rates(i->service, &r);
    info_add(i, "total_connections_received:%" PRIu64 "\r\n", s->connections);
    info_add(i, "total_commands_processed:%" PRIu64 "\r\n", s->commands);
    info_add(i, "instantaneous_ops_per_sec:%" PRIu64 "\r\n", r.commands);
    info_add(i, "total_net_input_bytes:%" PRIu64 "\r\n", s->bytes_in);
    info_add(i, "total_net_output_bytes:%" PRIu64 "\r\n", s->bytes_out);
    info_add(i, "total_net_repl_input_bytes:0\r\n");
    info_add(i, "total_net_repl_output_bytes:0\r\n");
    info_add(i, "instantaneous_input_kbps:%.2f\r\n", (double)r.bytes_in / 1024);
    info_add(i, "instantaneous_output_kbps:%.2f\r\n",
             (double)r.bytes_out / 1024);
    info_add(i, "instantaneous_input_repl_kbps:0.00\r\n");
    info_add(i, "instantaneous_output_repl_kbps:0.00\r\n");
    info_add(i, "rejected_connections:%" PRIu64 "\r\n", s->refused);
    info_add(i, "sync_full:0\r\nsync_partial_ok:0\r\nsync_partial_err:0\r\n");
    info_add(i, "expired_keys:%" PRIu64 "\r\n", d.expired);
    info_add(i, "evicted_keys:%" PRIu64 "\r\n", d.evicted);
    info_add(i, "expired_stale_perc:0.00\r\n");
    info_add(i, "expired_time_cap_reached_count:0\r\n");
    info_add(i, "expire_cycle_cpu_milliseconds:%" PRIu64 "\r\n",
             atomic_load(&i->service->expire_us) / 1000);
    info_add_zeroes(i, none);
    info_add(i, "keyspace_hits:%" PRIu64 "\r\n", d.hits);
    info_add(i, "keyspace_misses:%" PRIu64 "\r\n", d.misses);
    info_add(i,
             "pubsub_channels:%zu\r\npubsub_patterns:%zu\r\n"
             "pubsubshard_channels:%zu\r\n",
             topics_count(t, TOPIC_CHANNEL), topics_count(t, TOPIC_PATTERN),
             topics_count(t, TOPIC_SHARD));
    info_add_zeroes(i, no_more);
    info_add(i, "total_error_replies:%" PRIu64 "\r\n", s->errors);
    info_add(i, "dump_payload_sanitizations:0\r\n");
    info_add(i, "io_threaded_reads_processed:0\r\n");
    info_add(i, "io_threaded_writes_processed:0\r\n");
    info_add(i, "reply_buffer_shrinks:0\r\nreply_buffer_expands:0\r\n");
    info_add(i, "acl_access_denied_auth:%" PRIu64 "\r\n", s->denied);
    info_add(i, "acl_access_denied_cmd:%" PRIu64 "\r\n", s->denied_command);
    info_add(i, "acl_access_denied_key:%" PRIu64 "\r\n", s->denied_key);
    info_add(i, "acl_access_denied_channel:%" PRIu64 "\r\n", s->denied_channel);
}

/* ---- Replication, CPU, Modules, Cluster, Keyspace ---- */

void info_replication(struct info *i)
{
    info_add(i, "role:master\r\nconnected_slaves:0\r\n");
    info_add(i, "master_failover_state:no-failover\r\n");
    info_add(i, "master_replid:%s\r\n", i->service->replication_id);
    info_add(i, "master_replid2:%040d\r\n", 0);
    info_add(i, "master_repl_offset:0\r\nsecond_repl_offset:-1\r\n");
    info_add(i, "repl_backlog_active:0\r\nrepl_backlog_size:1048576\r\n");
    info_add(i, "repl_backlog_first_byte_offset:0\r\n");
    info_add(i, "repl_backlog_histlen:0\r\n");
}

static void cpu(struct info *i, const char *suffix, int who)
{
    struct rusage u = {0};

    getrusage(who, &u);
    info_add(i, "used_cpu_sys%s:%ld.%06ld\r\n", suffix, (long)u.ru_stime.tv_sec,
             (long)u.ru_stime.tv_usec);
    info_add(i, "used_cpu_user%s:%ld.%06ld\r\n", suffix,
             (long)u.ru_utime.tv_sec, (long)u.ru_utime.tv_usec);
}

void info_cpu(struct info *i)
{
    cpu(i, "", RUSAGE_SELF);
    cpu(i, "_children", RUSAGE_CHILDREN);
}

void info_modules(struct info *i)
{
    (void)i;
}

void info_cluster(struct info *i)
{
    info_add(i, "cluster_enabled:0\r\n");
}

void info_keyspace(struct info *i)
{
    struct db *db = i->service->db;

    for (unsigned k = 0; k < db_databases(db); k++) {
        uint64_t keys = db_size(db, k);

        if (keys > 0) {
            info_add(i,
                     "db%u:keys=%" PRIu64 ",expires=%" PRIu64 ",avg_ttl=0\r\n",
                     k, keys, db_expires(db, k));
        }
    }
}
