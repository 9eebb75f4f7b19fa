/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/net.c -- finds the server and opens sockets to it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "stress/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

static int resolve_unix(struct stress_target *t, const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(un.sun_path)) {
        fprintf(stderr,
                "baton-stress: %s: longer than the %zu bytes that a "
                "Unix socket path may have\n",
                path, sizeof(un.sun_path) - 1);
        return -ENAMETOOLONG;
    }
    strcpy(un.sun_path, path);
    snprintf(t->name, sizeof(t->name), "%s", path);
    memcpy(&t->address[0].addr, &un, sizeof(un));
    t->address[0].len = sizeof(un);
    t->n = 1;
    return 0;
}

static int resolve_tcp(struct stress_target *t, const char *host,
                       const char *port)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *list, *a;
    int rc = getaddrinfo(host, port, &hints, &list);

    if (rc != 0) {
        fprintf(stderr, "baton-stress: %s port %s: %s\n", host, port,
                gai_strerror(rc));
        return -EADDRNOTAVAIL;
    }
    snprintf(t->name, sizeof(t->name), strchr(host, ':') ? "[%s]:%s" : "%s:%s",
             host, port);
    for (a = list; a != NULL && t->n < STRESS_ADDRESSES; a = a->ai_next) {
        if (a->ai_addrlen <= sizeof(t->address[0].addr)) {
            memcpy(&t->address[t->n].addr, a->ai_addr, a->ai_addrlen);
            t->address[t->n++].len = a->ai_addrlen;
        }
    }
    freeaddrinfo(list);
    return t->n > 0 ? 0 : -EADDRNOTAVAIL;
}

static bool loopback4(const struct stress_address *a)
{
    struct sockaddr_in in;

    if (a->addr.ss_family != AF_INET) {
        return false;
    }
    memcpy(&in, &a->addr, sizeof(in));
    return ntohl(in.sin_addr.s_addr) >> 24 == 127;
}

int stress_target_resolve(struct stress_target *t,
                          const struct stress_options *o)
{
    unsigned kept = 0;
    int rc;

    *t = (struct stress_target){.sources = o->sources};
    rc = o->unix_path != NULL ? resolve_unix(t, o->unix_path)
                              : resolve_tcp(t, o->host, o->port);
    if (rc < 0 || o->sources == 0) {
        return rc;
    }
    /* Only an address of 127/8 can be reached from all of 127/8. */
    for (unsigned i = 0; i < t->n; i++) {
        if (loopback4(&t->address[i])) {
            t->address[kept++] = t->address[i];
        }
    }
    t->n = kept;
    if (kept == 0) {
        fprintf(stderr,
                "baton-stress: --source-addresses: only for a server "
                "on 127.x.y.z, not for %s\n",
                t->name);
        return -EADDRNOTAVAIL;
    }
    return 0;
}

/* Local address 127.1.x.y, so that each one brings its own range of ports. */
static int bind_source(int fd, uint32_t i)
{
    struct sockaddr_in in = {.sin_family = AF_INET};

#ifdef IP_BIND_ADDRESS_NO_PORT
    /* The port is chosen at connect, when it need be unique for this server
     * only. */
    int on = 1;

    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
#endif
    in.sin_addr.s_addr =
        htonl((UINT32_C(127) << 24 | UINT32_C(1) << 16) + 1 + i);
    return bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ? -errno : 0;
}

static int prepare(int fd, const struct stress_target *t, uint32_t nth)
{
    int on = 1;

    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        return -errno;
    }
    if (t->address[t->chosen].addr.ss_family != AF_UNIX) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    if (t->sources > 0) {
        int rc = bind_source(fd, nth % t->sources);

        if (rc < 0) {
            return rc;
        }
    }
    return stress_set_blocking(fd, false);
}

int stress_connect(const struct stress_target *t, uint32_t nth, int *fd)
{
    const struct stress_address *a = &t->address[t->chosen];
    int s = socket(a->addr.ss_family, SOCK_STREAM, 0);
    int rc;

    if (s < 0) {
        return -errno;
    }
    rc = prepare(s, t, nth);
    if (rc == 0 && connect(s, (const struct sockaddr *)&a->addr, a->len) < 0) {
        rc = errno == EINTR ? -EINPROGRESS : -errno;
    }
    if (rc < 0 && rc != -EINPROGRESS) {
        close(s);
        return rc;
    }
    *fd = s;
    return rc;
}

int stress_connect_result(int fd)
{
    int err = 0;
    socklen_t len = sizeof(err);

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0) {
        return -errno;
    }
    return -err;
}

int stress_set_blocking(int fd, bool on)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0) {
        return -errno;
    }
    flags = on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

int stress_fd_limit(uint64_t wanted)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) < 0) {
        return -errno;
    }
    if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= wanted) {
        return 0;
    }
    r.rlim_cur = (rlim_t)wanted;
    if (r.rlim_max != RLIM_INFINITY && r.rlim_max < r.rlim_cur) {
        r.rlim_max = r.rlim_cur;
    }
    if (setrlimit(RLIMIT_NOFILE, &r) < 0) {
        int rc = -errno;

        fprintf(stderr,
                "baton-stress: %llu open files are needed and not "
                "allowed (ulimit -n): %s\n",
                (unsigned long long)wanted, strerror(-rc));
        return rc;
    }
    return 0;
}
