/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/log.h -- the log: a file, or the standard output.
 *
 * Form       As Redis: "PID:M 22 Nov 2026 10:00:00.123 * text", one write for
 *            each line, so that lines of several threads never mix.
 * Threads    log_line, log_set_level: any. The others: main, while it is alone.
 * Errors     What cannot be written is lost: a full disk stops no client.
 */
#ifndef BATON_BATOND_LOG_H
#define BATON_BATOND_LOG_H

#include <stdatomic.h>

#include "base/log.h"

struct log {
    int fd;            /* -1: nowhere */
    _Atomic int level; /* the least of enum BT_LOG_* that is written */
};

/* To the standard output, from BT_LOG_NOTICE on. */
void log_init(struct log *l);
/* Appends to a file, "" = the standard output. 0 or a negative errno. */
int log_open(struct log *l, const char *path);
void log_close(struct log *l);
void log_set_level(struct log *l, int level);

/* A bt_log's write function; arg is the struct log. */
void log_line(void *arg, int level, const char *line);

#endif
