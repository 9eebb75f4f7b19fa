/* SPDX-License-Identifier: BSD-2-Clause */
#include "batond/log.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void log_init(struct log *l)
{
    l->fd = STDOUT_FILENO;
    atomic_init(&l->level, BT_LOG_NOTICE);
}

int log_open(struct log *l, const char *path)
{
    int fd;

    if (*path == '\0') {
        return 0;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) {
        return -errno;
    }
    log_close(l);
    l->fd = fd;
    return 0;
}

void log_close(struct log *l)
{
    if (l->fd > STDERR_FILENO) {
        close(l->fd);
    }
    l->fd = -1;
}

void log_set_level(struct log *l, int level)
{
    /* Relaxed: lines of the same moment may still follow the old level. */
    atomic_store_explicit(&l->level, level, memory_order_relaxed);
}

static void put(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);

        if (k > 0) {
            p += k;
            n -= (size_t)k;
        } else if (k == 0 || errno != EINTR) {
            return;
        }
    }
}

void log_line(void *arg, int level, const char *line)
{
    static const char marks[] = ".-*#";
    struct log *l = arg;
    int64_t now = bt_real_ms();
    time_t seconds = (time_t)(now / 1000);
    char text[1200], date[64];
    struct tm tm;
    int n;

    /* Relaxed: see log_set_level. */
    if (level < atomic_load_explicit(&l->level, memory_order_relaxed) ||
        l->fd < 0) {
        return;
    }
    localtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%d %b %Y %H:%M:%S", &tm);
    n = snprintf(text, sizeof text, "%ld:M %s.%03d %c %s\n", (long)getpid(),
                 date, (int)(now % 1000), marks[level & 3], line);
    if (n >= (int)sizeof text) {
        n = (int)sizeof text - 1;
        text[n - 1] = '\n';
    }
    put(l->fd, text, (size_t)n);
}
