/* SPDX-License-Identifier: BSD-2-Clause
 *
 * os/wake.h -- something another thread (or a signal handler) can write to, to
 * end a wait in the poller.
 *
 * Threads    open, close: one. send: any, and signal handlers. clear: the
 *            thread that waits.
 * Loss       A send may fail (it is counted nowhere): a waiter must look at its
 *            queues after every return of its poller, and never wait for ever
 *            while something may be pending.
 */
#ifndef BT_OS_WAKE_H
#define BT_OS_WAKE_H

struct bt_wake {
    int rd, wr;
};

int bt_wake_open(struct bt_wake *w); /* 0 or -errno */
void bt_wake_close(struct bt_wake *w);
void bt_wake_send(const struct bt_wake *w);
void bt_wake_clear(const struct bt_wake *w);

#endif
