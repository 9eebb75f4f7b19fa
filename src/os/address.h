/* SPDX-License-Identifier: BSD-2-Clause
 *
 * os/address.h -- socket addresses of the system: parsing, and the
 * compact form of base/addr.h.
 *
 * Threads    Any.
 */
#ifndef BT_OS_ADDRESS_H
#define BT_OS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/addr.h"

struct bt_addr bt_addr_of(const struct sockaddr_storage *ss);
/* Parses "tcp://HOST:PORT" or "unix://PATH" into a socket address. 0, -EINVAL,
 * -ENAMETOOLONG. */
int bt_addr_parse(const char *text, struct sockaddr_storage *ss,
                  socklen_t *len);

#endif
