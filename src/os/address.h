/* SPDX-License-Identifier: BSD-2-Clause
 *
 * os/address.h -- socket addresses: parsing, compact form, text.
 *
 * Threads    Any.
 */
#ifndef BT_OS_ADDRESS_H
#define BT_OS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* An address in 20 bytes, as every handle keeps two. */
enum bt_family { BT_NO_ADDR, BT_INET, BT_INET6, BT_UNIX };

struct bt_addr {
    uint8_t ip[16]; /* network order; the first 4 for BT_INET */
    uint16_t port;  /* host order */
    uint8_t family; /* enum bt_family */
};

struct bt_addr bt_addr_of(const struct sockaddr_storage *ss);
/* 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104, Unix. */
bool bt_addr_local(const struct bt_addr *a);
/* True for 0.0.0.0 and ::. */
bool bt_addr_wildcard(const struct bt_addr *a);
/* "1.2.3.4:5", "[::1]:5"; Unix: "path:0". Cut to n bytes with the zero. */
void bt_addr_text(const struct bt_addr *a, const char *path, char *out,
                  size_t n);

/* Parses "tcp://HOST:PORT" or "unix://PATH" into a socket address. 0, -EINVAL,
 * -ENAMETOOLONG. */
int bt_addr_parse(const char *text, struct sockaddr_storage *ss,
                  socklen_t *len);

#endif
