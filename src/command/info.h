/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/info.h -- the sections of INFO.
 *
 * Threads    The worker that runs INFO. Figures of others are atomics or come
 *            from calls that any thread may make.
 */
#ifndef BATON_COMMAND_INFO_H
#define BATON_COMMAND_INFO_H

#include "base/buf.h"
#include "base/check.h"
#include "command/service.h"
#include "command/stats.h"

struct info {
    struct service *service;
    struct bt_buf text;
    struct stats stats; /* see info_stats */
    bool have_stats;
    int rc; /* 0 or -ENOMEM: the text is not whole */
};

/* Appends to the text; a fault is kept in rc. */
void info_add(struct info *i, const char *fmt, ...) BT_PRINTF(2, 3);

/* "name:5000\r\n" and "name_human:4.88K\r\n". */
void info_add_bytes(struct info *i, const char *name, uint64_t bytes);

/* "name:0\r\n" for each; names ends with NULL. */
void info_add_zeroes(struct info *i, const char *const *names);

/* The value of an option as CONFIG GET tells it; "" when it does not fit. */
void info_option(struct info *i, const char *want, char *out, size_t size);

/* What the commands counted, summed up once for each INFO; NULL when memory is
 * short, which rc tells then. */
const struct stats *info_stats(struct info *i);

/* The most memory in use that was seen by those who asked, who saw `used`. */
uint64_t info_peak(struct service *s, uint64_t used);

/* One function for each section: its lines, without the title. */
void info_server(struct info *i);
void info_clients(struct info *i);
void info_memory(struct info *i);
void info_persistence(struct info *i);
void info_stats_section(struct info *i);
void info_replication(struct info *i);
void info_cpu(struct info *i);
void info_modules(struct info *i);
void info_commandstats(struct info *i);
void info_errorstats(struct info *i);
void info_latencystats(struct info *i);
void info_cluster(struct info *i);
void info_keyspace(struct info *i);
void info_baton(struct info *i);

#endif
