/* SPDX-License-Identifier: BSD-2-Clause
 *
 * net/listener.h -- one master socket.
 *
 * Threads    Opened and freed by the main thread; used by the acceptor; the
 *            origin's atomics and the text are for any thread.
 * Ownership  Owns the fd and, for a Unix socket, the file as long as it is the
 *            one that was made here.
 */
#ifndef BT_NET_LISTENER_H
#define BT_NET_LISTENER_H

#include <sys/types.h>

#include "handle/handle.h"

struct bt_listener {
    struct bt_origin origin;
    int fd;            /* -1: closed */
    char address[160]; /* as bound: "127.0.0.1:6379" or the path */
    char path[128];    /* Unix domain, else empty */
    dev_t dev;         /* of the file that is ours */
    ino_t ino;
};

/* 0 or -errno; see baton_listen(). */
int bt_listener_open(struct bt_listener *l, const char *address, int backlog,
                     unsigned mode);
/* Stops listening and removes the file. */
void bt_listener_close(struct bt_listener *l);

#endif
