/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/loop.h -- waits for many sockets; level-triggered.
 *
 * Purpose    The one place where the system's way of waiting is named: by
 *            epoll (loop_epoll.c) or by poll(2) (loop_poll.c), as configured.
 * Threads    One loop belongs to one thread.
 * Ownership  Sockets stay the caller's; remove one before closing it.
 * Errors     0, a count, or -errno; NULL when out of memory or files.
 */
#ifndef STRESS_LOOP_H
#define STRESS_LOOP_H

#include <stdint.h>

#define STRESS_READ  1u
#define STRESS_WRITE 2u

struct stress_event {
    void *data;
    unsigned what; /* an error or a hang-up counts as both */
};

struct stress_loop;

/* What a thread that is to wait shortly asks of the system, once. */
void stress_loop_enter(void);

struct stress_loop *stress_loop_new(void);
void stress_loop_destroy(struct stress_loop **loop);

int stress_loop_add(struct stress_loop *l, int fd, unsigned what, void *data);
int stress_loop_change(struct stress_loop *l, int fd, unsigned what,
                       void *data);
void stress_loop_remove(struct stress_loop *l, int fd);

/* Fills in at most max events; an interrupted wait brings none. A wait may be
 * longer than asked for by as much as the system's timers are coarse: some
 * microseconds, or a millisecond where it knows no finer ones. */
int stress_loop_wait(struct stress_loop *l, struct stress_event *events,
                     int max, uint64_t timeout_ns);

#endif
