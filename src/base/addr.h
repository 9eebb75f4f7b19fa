/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/addr.h -- a socket address in 20 bytes, as every handle keeps two, and
 * its text. No system structure is seen here: os/address.h converts.
 *
 * Threads    Any.
 */
#ifndef BT_BASE_ADDR_H
#define BT_BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bt_family {
    BT_NO_ADDR,
    BT_INET,
    BT_INET6,
    BT_UNIX
};

struct bt_addr {
    uint8_t ip[16]; /* network order; the first 4 for BT_INET */
    uint16_t port;  /* host order */
    uint8_t family; /* enum bt_family */
};

/* 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104, Unix. */
bool bt_addr_local(const struct bt_addr *a);
/* True for 0.0.0.0 and ::. */
bool bt_addr_wildcard(const struct bt_addr *a);
/* "1.2.3.4:5", "[::1]:5"; Unix: "path:0". Cut to n bytes with the zero. */
void bt_addr_text(const struct bt_addr *a, const char *path, char *out,
                  size_t n);

#endif
