/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

struct bt_addr bt_addr_of(const struct sockaddr_storage *ss)
{
    struct bt_addr a = {.family = BT_NO_ADDR};

    if (ss->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)ss;

        memcpy(a.ip, &in->sin_addr, 4);
        a.port = ntohs(in->sin_port);
        a.family = BT_INET;
    } else if (ss->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)ss;

        memcpy(a.ip, &in6->sin6_addr, 16);
        a.port = ntohs(in6->sin6_port);
        a.family = BT_INET6;
    } else if (ss->ss_family == AF_UNIX) {
        a.family = BT_UNIX;
    }
    return a;
}

static int parse_unix(const char *path, struct sockaddr_storage *ss,
                      socklen_t *len)
{
    struct sockaddr_un *un = (void *)ss;

    if (*path == '\0') {
        return -EINVAL;
    }
    if (strlen(path) >= sizeof un->sun_path) {
        return -ENAMETOOLONG;
    }
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, strlen(path) + 1);
    *len = sizeof *un;
    return 0;
}

/* Decimal 0..65535 and nothing behind it. */
static int parse_port(const char *s, uint16_t *port)
{
    char *end;
    long v;

    if (*s < '0' || *s > '9') {
        return -EINVAL;
    }
    v = strtol(s, &end, 10);
    if (*end != '\0' || v > 65535) {
        return -EINVAL;
    }
    *port = (uint16_t)v;
    return 0;
}

static int parse_tcp(const char *s, struct sockaddr_storage *ss, socklen_t *len)
{
    struct sockaddr_in *in = (void *)ss;
    struct sockaddr_in6 *in6 = (void *)ss;
    const char *colon = strrchr(s, ':');
    char host[INET6_ADDRSTRLEN + 3];
    uint16_t port;

    if (!colon || (size_t)(colon - s) >= sizeof host ||
        parse_port(colon + 1, &port) < 0) {
        return -EINVAL;
    }
    memcpy(host, s, (size_t)(colon - s));
    host[colon - s] = '\0';
    if (strcmp(host, "*") == 0) {
        strcpy(host, "0.0.0.0");
    }
    if (host[0] == '[' && host[strlen(host) - 1] == ']') {
        host[strlen(host) - 1] = '\0';
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        *len = sizeof *in6;
        return inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1 ? 0
                                                                   : -EINVAL;
    }
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    *len = sizeof *in;
    return inet_pton(AF_INET, host, &in->sin_addr) == 1 ? 0 : -EINVAL;
}

int bt_addr_parse(const char *text, struct sockaddr_storage *ss, socklen_t *len)
{
    memset(ss, 0, sizeof *ss);
    if (strncmp(text, "unix://", 7) == 0) {
        return parse_unix(text + 7, ss, len);
    }
    if (strncmp(text, "tcp://", 6) == 0) {
        return parse_tcp(text + 6, ss, len);
    }
    return -EINVAL;
}
