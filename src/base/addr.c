/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const uint8_t one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
static const uint8_t zero[16];

bool bt_addr_local(const struct bt_addr *a)
{
    switch (a->family) {
    case BT_UNIX:
        return true;
    case BT_INET:
        return a->ip[0] == 127;
    case BT_INET6:
        return memcmp(a->ip, one, 16) == 0 ||
               (memcmp(a->ip, mapped, 12) == 0 && a->ip[12] == 127);
    default:
        return false;
    }
}

bool bt_addr_wildcard(const struct bt_addr *a)
{
    return (a->family == BT_INET && memcmp(a->ip, zero, 4) == 0) ||
           (a->family == BT_INET6 && memcmp(a->ip, zero, 16) == 0);
}

void bt_addr_text(const struct bt_addr *a, const char *path, char *out,
                  size_t n)
{
    char ip[INET6_ADDRSTRLEN] = "?";

    switch (a->family) {
    case BT_INET:
        inet_ntop(AF_INET, a->ip, ip, sizeof ip);
        snprintf(out, n, "%s:%u", ip, a->port);
        break;
    case BT_INET6:
        inet_ntop(AF_INET6, a->ip, ip, sizeof ip);
        snprintf(out, n, "[%s]:%u", ip, a->port);
        break;
    case BT_UNIX:
        snprintf(out, n, "%s:0", path ? path : "");
        break;
    default:
        snprintf(out, n, "?:0");
    }
}
