/* SPDX-License-Identifier: BSD-2-Clause
 *
 * os/poller.h -- readiness of many sockets for one thread.
 *
 * Purpose    Readiness is told edge style, once for each change: BT_IN is not
 *            told again before the caller read until the socket had no more and
 *            called bt_poller_drained(). Back ends that only know levels (poll)
 *            emulate it, so a socket that is left unread costs nothing.
 * Threads    The thread that owns the poller; bt_poller_new/free also the one
 *            that starts and stops it.
 * Ownership  The fds stay the caller's.
 * Errors     0 or -errno.
 */
#ifndef BT_OS_POLLER_H
#define BT_OS_POLLER_H

#include <stdbool.h>

struct bt_poller;

enum {
    BT_IN = 1,
    BT_OUT = 2,
    BT_HUP = 4 /* EOF or error: reading tells which. When the peer is gone both
                  ways, BT_OUT comes with it: what waits must be written to
                  learn that, and the socket may never take more. */
};

struct bt_event {
    void *ptr;
    unsigned what;
};

struct bt_poller *bt_poller_new(void);
void bt_poller_free(struct bt_poller **p);

/* Watches fd for input; ptr comes back with each event. */
int bt_poller_add(struct bt_poller *p, int fd, void *ptr);
/* Also tells BT_OUT, once, when the socket takes output again. */
int bt_poller_want_out(struct bt_poller *p, int fd, void *ptr, bool on);
/* The caller has read all there was, and not to the end of input: tell the
 * next. */
void bt_poller_drained(struct bt_poller *p, int fd);
/* Stops watching. Events already fetched may still name it. */
void bt_poller_del(struct bt_poller *p, int fd);
/* fd is about to be closed, which stops the watching by itself. */
void bt_poller_closing(struct bt_poller *p, int fd);

/* From now on every wait ends after ms, or little more, whatever its timeout.
 * Where the system can, one timer does that for all waits: setting one for each
 * wait, and taking it back, may cost more than all the rest of a short pass. */
void bt_poller_tick(struct bt_poller *p, int ms);

/* Fills up to max events; waits up to timeout_ms (-1: for ever, or a tick). The
 * number of events, 0 also when a signal or a tick came. */
int bt_poller_wait(struct bt_poller *p, struct bt_event *events, int max,
                   int timeout_ms);

#endif
