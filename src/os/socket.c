/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* then SO_NOSIGPIPE is there, see prepare() */
#endif

static void prepare(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

/* Removes the file of a Unix socket that nobody serves any more. 0 when the
 * path is free now, -EADDRINUSE when somebody answers or it is no socket. */
static int remove_stale(const struct sockaddr_un *un)
{
    struct stat st;
    int fd, r;

    if (lstat(un->sun_path, &st) < 0) {
        return errno == ENOENT ? 0 : -errno;
    }
    if (!S_ISSOCK(st.st_mode)) {
        return -EADDRINUSE;
    }
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        return -errno;
    }
    prepare(fd); /* a full backlog answers EAGAIN: somebody is there */
    r = connect(fd, (const struct sockaddr *)un, sizeof *un) < 0 ? errno : 0;
    close(fd);
    if (r != ECONNREFUSED) {
        return r == ENOENT ? 0 : -EADDRINUSE;
    }
    return unlink(un->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

static void before_bind(int fd, int family)
{
    int on = 1;

    if (family == AF_INET || family == AF_INET6) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
}

int bt_socket_listen(const struct sockaddr_storage *ss, socklen_t len,
                     int backlog, unsigned mode)
{
    const struct sockaddr_un *un = (const void *)ss;
    int bound = 0, fd, r = 0;

    if (ss->ss_family == AF_UNIX) {
        r = remove_stale(un);
    }
    fd = r < 0 ? -1 : socket(ss->ss_family, SOCK_STREAM, 0);
    if (fd < 0) {
        return r < 0 ? r : -errno;
    }
    prepare(fd);
    before_bind(fd, ss->ss_family);
    if (bind(fd, (const struct sockaddr *)ss, len) < 0) {
        goto fail;
    }
    bound = 1;
    if (mode && ss->ss_family == AF_UNIX && chmod(un->sun_path, mode) < 0) {
        goto fail;
    }
    if (listen(fd, backlog) < 0) {
        goto fail;
    }
    return fd;
fail:
    r = -errno;
    close(fd);
    if (bound && ss->ss_family == AF_UNIX) {
        unlink(un->sun_path);
    }
    return r;
}

int bt_socket_backlog_limit(void)
{
    FILE *f = fopen("/proc/sys/net/core/somaxconn", "re");
    int n = 0;

    if (f) {
        if (fscanf(f, "%d", &n) != 1) {
            n = 0;
        }
        fclose(f);
    }
    return n;
}

int bt_socket_accept(int master, struct sockaddr_storage *peer)
{
    socklen_t len = sizeof *peer;
    int fd;

    peer->ss_family = AF_UNSPEC;
#ifdef HAVE_ACCEPT4
    fd = accept4(master, (struct sockaddr *)peer, &len,
                 SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    fd = accept(master, (struct sockaddr *)peer, &len);
    if (fd >= 0) {
        prepare(fd);
    }
#endif
    return fd < 0 ? -errno : fd;
}

ssize_t bt_socket_read(int fd, void *p, size_t n)
{
    ssize_t r;

    do {
        r = recv(fd, p, n, 0);
    } while (r < 0 && errno == EINTR);
    return r < 0 ? (errno == EWOULDBLOCK ? -EAGAIN : -errno) : r;
}

ssize_t bt_socket_write(int fd, const void *p, size_t n)
{
    ssize_t r;

    do {
        r = send(fd, p, n, MSG_NOSIGNAL);
    } while (r < 0 && errno == EINTR);
    return r < 0 ? (errno == EWOULDBLOCK ? -EAGAIN : -errno) : r;
}

ssize_t bt_socket_writev(int fd, struct iovec *iov, unsigned n)
{
    struct msghdr m;
    ssize_t r;

    memset(&m, 0, sizeof m);
    m.msg_iov = iov;
    m.msg_iovlen = n;
    do {
        r = sendmsg(fd, &m, MSG_NOSIGNAL);
    } while (r < 0 && errno == EINTR);
    return r < 0 ? (errno == EWOULDBLOCK ? -EAGAIN : -errno) : r;
}

void bt_socket_shutdown_write(int fd)
{
    shutdown(fd, SHUT_WR);
}

size_t bt_socket_waiting(int fd)
{
    int n = 0;

    return ioctl(fd, FIONREAD, &n) == 0 && n > 0 ? (size_t)n : 0;
}

void bt_socket_tune_tcp(int fd, int nodelay, unsigned keepalive_seconds)
{
    int on = 1, idle = (int)keepalive_seconds;

    if (nodelay) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (!keepalive_seconds) {
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
    /* Dead after `idle` of silence and three unanswered probes in as long. */
    int every = idle / 3 > 0 ? idle / 3 : 1, probes = 3;

    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
#else
    (void)idle;
#endif
}
