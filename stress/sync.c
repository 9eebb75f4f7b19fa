/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/sync.c -- a plain conversation over one blocking connection.
 */
#include "stress/sync.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define READ_BYTES 65536

/* Waits for a connect in progress. */
static int established(int fd, int timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int n;

    do {
        n = poll(&p, 1, timeout_ms);
    } while (n < 0 && errno == EINTR);
    return n == 0 ? -ETIMEDOUT : n < 0 ? -errno : stress_connect_result(fd);
}

int stress_sync_open(struct stress_sync *s, const struct stress_target *t,
                     double timeout)
{
    struct timeval tv = {
        .tv_sec = (time_t)timeout,
        .tv_usec = (suseconds_t)((timeout - (double)(time_t)timeout) * 1e6)};
    int rc;

    *s = (struct stress_sync){.fd = -1};
    stress_parser_init(&s->parser);
    rc = stress_connect(t, 0, &s->fd);
    if (rc == -EINPROGRESS) {
        rc = established(s->fd, timeout > 1e6 ? 1000000000
                                              : (int)(timeout * 1000) + 1);
    }
    if (rc == 0) {
        rc = stress_set_blocking(s->fd, true);
    }
    if (rc < 0) {
        stress_sync_close(s);
        return rc;
    }
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
    return 0;
}

void stress_sync_close(struct stress_sync *s)
{
    if (s->fd >= 0) {
        close(s->fd);
        s->fd = -1;
    }
    free(s->buf);
    s->buf = NULL;
    s->at = s->len = s->room = 0;
}

static int transfer_error(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? -ETIMEDOUT : -errno;
}

int stress_sync_send(struct stress_sync *s, const char *buf, size_t len)
{
    while (len > 0) {
        ssize_t n = write(s->fd, buf, len);

        if (n < 0 && errno != EINTR) {
            return transfer_error();
        }
        if (n > 0) {
            buf += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static int read_more(struct stress_sync *s)
{
    ssize_t n;

    if (s->at > 0) {
        memmove(s->buf, s->buf + s->at, s->len - s->at);
        s->len -= s->at;
        s->at = 0;
    }
    if (s->room - s->len < READ_BYTES) {
        size_t room = s->room * 2 + READ_BYTES;
        char *buf = realloc(s->buf, room);

        if (buf == NULL) {
            return -ENOMEM;
        }
        s->buf = buf;
        s->room = room;
    }
    do {
        n = read(s->fd, s->buf + s->len, s->room - s->len);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        return n == 0 ? -ECONNRESET : transfer_error();
    }
    s->len += (size_t)n;
    return 0;
}

int stress_sync_reply(struct stress_sync *s, struct stress_reply *r)
{
    for (;;) {
        ssize_t n = 0;
        int rc;

        if (s->len > s->at) {
            n = stress_parse(&s->parser, s->buf + s->at, s->len - s->at, r);
        }
        if (n != 0) {
            s->at += n > 0 ? (size_t)n : 0;
            if (n > 0 && r->type == '>') {
                continue; /* nobody asked for a push */
            }
            return n > 0 ? 0 : -EPROTO;
        }
        rc = read_more(s);
        if (rc < 0) {
            return rc;
        }
    }
}
