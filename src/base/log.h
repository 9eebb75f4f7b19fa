/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/log.h -- one line of text for the program's log.
 *
 * Threads    Any, if the sink allows it.
 */
#ifndef BT_BASE_LOG_H
#define BT_BASE_LOG_H

#include "base/check.h"

/* Where lines go. level: 0 debug, 1 verbose, 2 notice, 3 warning. */
struct bt_log {
    void (*write)(void *arg, int level, const char *line);
    void *arg;
};

enum {
    BT_LOG_DEBUG,
    BT_LOG_VERBOSE,
    BT_LOG_NOTICE,
    BT_LOG_WARNING
};

/* Formats and hands over; lines over 1023 bytes are cut. NULL sink: nothing. */
void bt_logf(const struct bt_log *log, int level, const char *fmt, ...)
    BT_PRINTF(3, 4);

#endif
