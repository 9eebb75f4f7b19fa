/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast_dial.c -- one connection of blast.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "stress/blast_dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int dial_unix(int fd, const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
    return connect(fd, (struct sockaddr *)&un, sizeof(un));
}

static int dial_tcp(int fd, int port)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    struct linger reset = {.l_onoff = 1};
    int on = 1;

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    /* Leaves no port behind in TIME_WAIT, round after round. */
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    return connect(fd, (struct sockaddr *)&in, sizeof(in));
}

int blast_dial(const struct blast_options *o)
{
    bool local = o->unix_path != NULL;
    int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return -errno;
    }
    if ((local ? dial_unix(fd, o->unix_path) : dial_tcp(fd, o->port)) < 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
        int rc = -errno;

        close(fd);
        return rc;
    }
    return fd;
}
