/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/net.h -- finds the server and opens sockets to it.
 *
 * Threads    resolve, limits: main. connect: any; the target is read-only then.
 * Ownership  Sockets belong to the caller.
 * Errors     0 or -errno. -EINPROGRESS: the socket tells by becoming writable.
 *            -EAGAIN: a Unix socket whose queue is full; try again soon.
 */
#ifndef STRESS_NET_H
#define STRESS_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "stress/options.h"

#define STRESS_ADDRESSES 8

struct stress_target {
    char name[300];
    unsigned n, chosen; /* addresses of the name, the one that answered */
    uint32_t sources;
    struct stress_address {
        struct sockaddr_storage addr;
        socklen_t len;
    } address[STRESS_ADDRESSES];
};

/* Prints what is wrong on standard error. */
int stress_target_resolve(struct stress_target *t,
                          const struct stress_options *o);

/* A non-blocking connect; nth picks the local address in turn. */
int stress_connect(const struct stress_target *t, uint32_t nth, int *fd);

/* How a connect in progress has ended: 0 or -errno. */
int stress_connect_result(int fd);

int stress_set_blocking(int fd, bool on);

/* Makes room for so many open files; prints what is wrong. */
int stress_fd_limit(uint64_t wanted);

#endif
