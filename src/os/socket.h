/* SPDX-License-Identifier: BSD-2-Clause
 *
 * os/socket.h -- stream sockets as the engine needs them: non-blocking, closed
 * on exec, never raising SIGPIPE.
 *
 * Threads    Any; a socket itself belongs to one.
 * Errors     A count, 0 or -errno.
 */
#ifndef BT_OS_SOCKET_H
#define BT_OS_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* ---- Master sockets ---- */

/* A listening socket, or -errno. A Unix path that exists as a socket nobody
 * answers on is removed first; -EADDRINUSE when somebody does. mode 0: left to
 * the umask. */
int bt_socket_listen(const struct sockaddr_storage *ss, socklen_t len,
                     int backlog, unsigned mode);
/* The kernel's upper limit for a backlog, 0 when it is not known. */
int bt_socket_backlog_limit(void);
/* A data socket, or -errno. */
int bt_socket_accept(int master, struct sockaddr_storage *peer);

/* ---- Data sockets ---- */
ssize_t bt_socket_read(int fd, void *p, size_t n);
ssize_t bt_socket_write(int fd, const void *p, size_t n);
ssize_t bt_socket_writev(int fd, struct iovec *iov, unsigned n);
void bt_socket_shutdown_write(int fd);
/* Bytes that wait to be read, 0 when it cannot be told. */
size_t bt_socket_waiting(int fd);
void bt_socket_tune_tcp(int fd, int nodelay, unsigned keepalive_seconds);

#endif
