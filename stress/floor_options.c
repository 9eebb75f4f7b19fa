/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/floor_options.c -- the command line of floor, and where it listens.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "stress/floor_options.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static void usage(int status)
{
    fprintf(status == 0 ? stdout : stderr,
            "floor [-p PORT (0: any)] [-s UNIXSOCKET] [-t THREADS (1)] "
            "[-d VALUE-BYTES (64)] [--ring] [--echo]\n"
            "prints \"listening PORT\" and answers until it is killed\n");
    exit(status);
}

void floor_options(struct floor_options *o, int argc, char **argv)
{
    *o = (struct floor_options){.threads = 1, .value_bytes = 64};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--ring") == 0) {
            o->ring = true;
            continue;
        }
        if (strcmp(argv[i], "--echo") == 0) {
            o->echo = true;
            continue;
        }
        if (strcmp(argv[i], "--help") == 0) {
            usage(0);
        }
        if (value == NULL || argv[i][0] != '-') {
            usage(2);
        }
        if (strcmp(argv[i], "-p") == 0) {
            o->port = atoi(value);
        } else if (strcmp(argv[i], "-t") == 0) {
            o->threads = atoi(value);
        } else if (strcmp(argv[i], "-d") == 0) {
            o->value_bytes = strtoul(value, NULL, 10);
        } else if (strcmp(argv[i], "-s") == 0) {
            o->unix_path = value;
        } else {
            usage(2);
        }
        i++;
    }
    if (o->threads < 1 || o->threads > 1024) {
        usage(2);
    }
}

static int listen_unix(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof(un.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(un.sun_path, path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof(un)) < 0 ||
        listen(fd, 4096) < 0) {
        return -1;
    }
    printf("listening %s\n", path);
    return fd;
}

static int listen_tcp(int port)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof(in);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
        listen(fd, 4096) < 0 ||
        getsockname(fd, (struct sockaddr *)&in, &len) < 0) {
        return -1;
    }
    printf("listening %d\n", ntohs(in.sin_port));
    return fd;
}

int floor_listen(const struct floor_options *o)
{
    return o->unix_path != NULL ? listen_unix(o->unix_path)
                                : listen_tcp(o->port);
}
