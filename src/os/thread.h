/* SPDX-License-Identifier: BSD-2-Clause
 *
 * os/thread.h -- what differs between systems about threads and limits.
 *
 * Threads    Any.
 */
#ifndef BT_OS_THREAD_H
#define BT_OS_THREAD_H

#include <pthread.h>
#include <stdint.h>

/* Processors that this process may use, at least 1. */
unsigned bt_processors(void);

/* Starts a thread with all signals blocked, so that the program's handlers run
 * in its own threads. 0 or -errno. */
int bt_thread_start(pthread_t *t, void *(*fn)(void *), void *arg);

/* The calling thread is never cancelled: spares the C library two locked
 * instructions round each system call. */
void bt_thread_never_cancelled(void);

/* Lets another thread have the processor, if one waits for it. */
void bt_thread_yield(void);

/* Names the calling thread, where the system can: prefix-name. */
void bt_thread_name(const char *prefix, const char *name);

/* Tries to have the limit of open fds at n or more; returns what it is. */
uint64_t bt_raise_fd_limit(uint64_t n);

#endif
