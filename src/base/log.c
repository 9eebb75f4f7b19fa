/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void bt_logf(const struct bt_log *log, int level, const char *fmt, ...)
{
    char line[1024];
    va_list ap;

    if (!log || !log->write) {
        return;
    }
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    log->write(log->arg, level, line);
}
