/* SPDX-License-Identifier: BSD-2-Clause
 *
 * `bind` lists addresses: "*" is all of IPv4, "::*" all of IPv6, a name stands
 * for the first address that it has, and "-" in front lets the start go on
 * without an address that this machine does not have.
 */
#include "batond/listen.h"

#include <baton/baton.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define ADDRESS_SIZE 256

/* Is a missing address of this kind one that "-" excuses? */
static bool excused(int err)
{
    return err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT ||
           err == -EPROTONOSUPPORT || err == -ENOPROTOOPT || err == -EOPNOTSUPP;
}

/* "127.0.0.1" or "[::1]" for an address or a name. 0 or -EADDRNOTAVAIL. */
static int numeric(const char *name, char *out, size_t size)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    char host[ADDRESS_SIZE];
    int r;

    if (strcmp(name, "*") == 0 || strcmp(name, "::*") == 0) {
        snprintf(out, size, "%s", *name == '*' ? "*" : "[::]");
        return 0;
    }
    if (getaddrinfo(name, NULL, &hints, &found) != 0) {
        return -EADDRNOTAVAIL;
    }
    r = getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, NULL,
                    0, NI_NUMERICHOST);
    if (r == 0) {
        snprintf(out, size, found->ai_family == AF_INET6 ? "[%s]" : "%s", host);
    }
    freeaddrinfo(found);
    return r == 0 ? 0 : -EADDRNOTAVAIL;
}

static int listen_tcp(struct config *c, const struct baton_service *service,
                      const char *name, struct option_error *e)
{
    unsigned port = (unsigned)config_number(c, OPT_port);
    bool optional = *name == '-';
    char host[ADDRESS_SIZE], address[ADDRESS_SIZE + 32];
    int r;

    name += optional;
    r = numeric(name, host, sizeof host);
    if (r == 0) {
        snprintf(address, sizeof address, "tcp://%s:%u", host, port);
        r = baton_listen(c->server, address, service);
    }
    if (r == 0) {
        return 0;
    }
    if (optional && excused(r)) {
        bt_logf(&c->settings.log, BT_LOG_VERBOSE, "Not listening on %s:%u: %s",
                name, port, strerror(-r));
        return 0;
    }
    option_fail(e, "cannot listen on %s:%u: %s", name, port, strerror(-r));
    return r;
}

static int listen_unix(struct config *c, const struct baton_service *service,
                       struct option_error *e)
{
    const char *path = config_text(c, OPT_unixsocket);
    char address[1024];
    int r;

    if (*path == '\0') {
        return 0;
    }
    r = snprintf(address, sizeof address, "unix://%s", path) <
                (int)sizeof address
            ? baton_listen_mode(c->server, address, service,
                                (unsigned)config_number(c, OPT_unixsocketperm))
            : -ENAMETOOLONG;
    if (r != 0) {
        option_fail(e, "cannot listen on %s: %s", path, strerror(-r));
    }
    return r;
}

int listen_all(struct config *c, const struct baton_service *service,
               struct option_error *e)
{
    const char *p = config_text(c, OPT_bind);
    int r = 0;

    if (config_number(c, OPT_port) == 0) {
        p = "";
    }
    while (*p && r == 0) {
        char name[ADDRESS_SIZE];
        size_t n = strcspn(p, " ");

        snprintf(name, sizeof name, "%.*s", (int)n, p);
        r = listen_tcp(c, service, name, e);
        p += n + (p[n] == ' ');
    }
    if (r == 0) {
        r = listen_unix(c, service, e);
    }
    if (r == 0 && baton_masters(c->server) == 0) {
        r = option_fail(e, "nothing to listen on: port is 0 or bind is empty, "
                           "and there is no unixsocket");
    }
    return r;
}
