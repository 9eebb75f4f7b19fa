/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members of struct settings are stored relaxed: each stands for itself, and a
 * worker that still sees the old value for a moment does nothing wrong.
 */
#include "batond/apply.h"

#include <baton/baton.h>

#include "batond/conf.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SPARE_FILES 32 /* descriptors that are not for clients */

#define SET(member, v)                                                         \
    atomic_store_explicit(&(member), (v), memory_order_relaxed)

/* Options are 64 bits wide everywhere, sizes in memory are not. */
static size_t as_size(uint64_t v)
{
    return v > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)v;
}

static unsigned seconds_as_ms(int64_t seconds)
{
    return seconds > UINT_MAX / 1000 ? UINT_MAX : (unsigned)seconds * 1000;
}

/* What the limit for descriptors would allow, some being kept for ourselves. */
static unsigned possible_clients(const struct baton_server *s)
{
    unsigned now = baton_max_clients(s);
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > UINT_MAX ||
        files.rlim_cur < (rlim_t)now + SPARE_FILES) {
        return now;
    }
    return (unsigned)files.rlim_cur - SPARE_FILES;
}

int apply_maxclients(struct config *c, struct option_error *e)
{
    unsigned n = (unsigned)config_number(c, OPT_maxclients);

    if (c->server && baton_set_max_clients(c->server, n) != 0) {
        return option_fail(e,
                           "The operating system is not able to handle the "
                           "specified number of clients, try with %u",
                           possible_clients(c->server));
    }
    return 0;
}

int apply_timeout(struct config *c, struct option_error *e)
{
    if (c->server) {
        baton_set_idle_seconds(c->server,
                               (unsigned)config_number(c, OPT_timeout));
    }
    return 0;
}

int apply_keepalive(struct config *c, struct option_error *e)
{
    if (c->server) {
        baton_set_keepalive_seconds(
            c->server, (unsigned)config_number(c, OPT_tcp_keepalive));
    }
    return 0;
}

int apply_output_pause(struct config *c, struct option_error *e)
{
    if (c->server) {
        baton_set_output_pause(c->server, as_size((uint64_t)config_number(
                                              c, OPT_output_pause_bytes)));
    }
    return 0;
}

int apply_zset_forms(struct config *c, struct option_error *e)
{
    SET(c->settings.zset_max_listpack_entries,
        as_size((uint64_t)config_number(c, OPT_zset_max_listpack_entries)));
    SET(c->settings.zset_max_listpack_value,
        as_size((uint64_t)config_number(c, OPT_zset_max_listpack_value)));
    return 0;
}

int apply_shutdown_timeout(struct config *c, struct option_error *e)
{
    if (c->server) {
        baton_set_shutdown_ms(
            c->server, seconds_as_ms(config_number(c, OPT_shutdown_timeout)));
    }
    return 0;
}

int apply_notify(struct config *c, struct option_error *e)
{
    options_set_notify(&c->settings,
                       (unsigned)config_number(c, OPT_notify_keyspace_events));
    return 0;
}

int apply_protected_mode(struct config *c, struct option_error *e)
{
    SET(c->settings.protected_mode, config_number(c, OPT_protected_mode) != 0);
    return 0;
}

int apply_list_size(struct config *c, struct option_error *e)
{
    SET(c->settings.list_max_listpack_size,
        (int)config_number(c, OPT_list_max_listpack_size));
    return 0;
}

int apply_proto_max_bulk_len(struct config *c, struct option_error *e)
{
    SET(c->settings.proto_max_bulk_len,
        as_size((uint64_t)config_number(c, OPT_proto_max_bulk_len)));
    return 0;
}

/* Of maxmemory and what goes with it. */
int apply_maxmemory(struct config *c, struct option_error *e)
{
    SET(c->settings.maxmemory, (uint64_t)config_number(c, OPT_maxmemory));
    SET(c->settings.maxmemory_policy,
        (int)config_number(c, OPT_maxmemory_policy));
    SET(c->settings.maxmemory_samples,
        (unsigned)config_number(c, OPT_maxmemory_samples));
    SET(c->settings.lfu_log_factor,
        (unsigned)config_number(c, OPT_lfu_log_factor));
    SET(c->settings.lfu_decay_time,
        (unsigned)config_number(c, OPT_lfu_decay_time));
    return 0;
}

static size_t size_option(const struct config *c, int option)
{
    return as_size((uint64_t)config_number(c, option));
}

int apply_hash_forms(struct config *c, struct option_error *e)
{
    struct settings *s = &c->settings;

    SET(s->hash_max_listpack_entries,
        size_option(c, OPT_hash_max_listpack_entries));
    SET(s->hash_max_listpack_value,
        size_option(c, OPT_hash_max_listpack_value));
    return 0;
}

int apply_set_forms(struct config *c, struct option_error *e)
{
    struct settings *s = &c->settings;

    SET(s->set_max_intset_entries, size_option(c, OPT_set_max_intset_entries));
    SET(s->set_max_listpack_entries,
        size_option(c, OPT_set_max_listpack_entries));
    SET(s->set_max_listpack_value, size_option(c, OPT_set_max_listpack_value));
    return 0;
}

int apply_requirepass(struct config *c, struct option_error *e)
{
    const char *now = config_text(c, OPT_requirepass);
    char *copy = strdup(now);

    if (!copy) {
        return option_no_memory(e);
    }
    if (c->settings.acl.ctx &&
        c->settings.acl.set_password(c->settings.acl.ctx, now) != 0) {
        free(copy);
        return option_no_memory(e);
    }
    free(c->settings.requirepass);
    c->settings.requirepass = copy;
    return 0;
}

int apply_output_limits(struct config *c, struct option_error *e)
{
    struct option_limit l[OPTIONS_N_CLASSES];

    option_read_limits(config_text(c, OPT_client_output_buffer_limit), l);
    for (int i = 0; i < OPTIONS_N_CLASSES; i++) {
        struct options_output_limit *to = &c->settings.output_limit[i];

        SET(to->hard, as_size(l[i].hard));
        SET(to->soft, as_size(l[i].soft));
        SET(to->soft_seconds, l[i].soft_seconds > UINT_MAX
                                  ? UINT_MAX
                                  : (unsigned)l[i].soft_seconds);
    }
    /* Release: pairs with pubsub_set_limits(), which reads the limits next. */
    atomic_fetch_add_explicit(&c->settings.output_limit_edition, 1,
                              memory_order_release);
    return 0;
}

int apply_slowlog(struct config *c, struct option_error *e)
{
    SET(c->settings.slowlog_us, config_number(c, OPT_slowlog_log_slower_than));
    SET(c->settings.slowlog_max,
        (uint64_t)config_number(c, OPT_slowlog_max_len));
    return 0;
}

int apply_latency(struct config *c, struct option_error *e)
{
    SET(c->settings.latency_ms,
        (uint64_t)config_number(c, OPT_latency_monitor_threshold));
    SET(c->settings.latency_tracking,
        config_number(c, OPT_latency_tracking) != 0);
    return 0;
}

int apply_acllog(struct config *c, struct option_error *e)
{
    SET(c->settings.acllog_max, (uint64_t)config_number(c, OPT_acllog_max_len));
    return 0;
}

int apply_loglevel(struct config *c, struct option_error *e)
{
    /* The words of the option are in the order of the levels. */
    log_set_level(&c->log, (int)config_number(c, OPT_loglevel));
    return 0;
}

static void to_log(void *arg, enum baton_level level, const char *line)
{
    log_line(arg, (int)level, line);
}

void apply_options(const struct config *c, struct baton_options *o)
{
    baton_options_init(o);
    o->workers = (unsigned)config_number(c, OPT_workers);
    o->dispatch_queue = (unsigned)config_number(c, OPT_dispatch_queue);
    o->max_clients = (unsigned)config_number(c, OPT_maxclients);
    o->backlog = (int)config_number(c, OPT_tcp_backlog);
    o->idle_seconds = (unsigned)config_number(c, OPT_timeout);
    o->keepalive_seconds = (unsigned)config_number(c, OPT_tcp_keepalive);
    o->shutdown_ms = seconds_as_ms(config_number(c, OPT_shutdown_timeout));
    o->output_pause_bytes =
        as_size((uint64_t)config_number(c, OPT_output_pause_bytes));
    o->input_limit_bytes =
        as_size((uint64_t)config_number(c, OPT_client_query_buffer_limit));
    o->log = to_log;
    o->log_arg = (void *)&c->log;
}
