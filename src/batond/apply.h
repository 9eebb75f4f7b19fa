/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/apply.h -- makes new values of options count.
 *
 * Each is an option_apply_fn: called at the end of start-up, while there is no
 * server, and by CONFIG SET with settings.lock held. It takes the value from
 * the configuration, so calling it again after a value was put back undoes it.
 */
#ifndef BATON_BATOND_APPLY_H
#define BATON_BATOND_APPLY_H

#include "batond/option.h"

option_apply_fn apply_hash_forms;
option_apply_fn apply_keepalive;
option_apply_fn apply_acllog;
option_apply_fn apply_latency;
option_apply_fn apply_loglevel;
option_apply_fn apply_maxclients;
option_apply_fn apply_maxmemory;
option_apply_fn apply_output_limits;
option_apply_fn apply_notify;
option_apply_fn apply_output_pause;
option_apply_fn apply_proto_max_bulk_len;
option_apply_fn apply_list_size;
option_apply_fn apply_protected_mode;
option_apply_fn apply_requirepass;
option_apply_fn apply_set_forms;
option_apply_fn apply_shutdown_timeout;
option_apply_fn apply_slowlog;
option_apply_fn apply_timeout;
option_apply_fn apply_zset_forms;

struct baton_options;
struct config;

/* The options of libbaton, for baton_new(). */
void apply_options(const struct config *c, struct baton_options *o);

#endif
