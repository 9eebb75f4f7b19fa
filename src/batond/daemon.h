/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/daemon.h -- the process among others: standard descriptors, the
 * background, the pid file, systemd.
 *
 * Threads    Main, while it is alone.
 */
#ifndef BATON_BATOND_DAEMON_H
#define BATON_BATOND_DAEMON_H

/* Opens /dev/null on those of the descriptors 0-2 that are closed, so that no
 * client's socket ever takes such a number. First thing in main(). */
void daemon_hold_descriptors(void);

/* Goes into the background. The caller's process waits until the new one is
 * ready or has failed and ends with its verdict; only the new one returns, with
 * *verdict, a descriptor for daemon_ready(). 0 or a negative errno. */
int daemon_start(int *verdict);

/* Tells the process that waits that all is well, and lets go of the terminal.
 * Nothing for a verdict of -1. */
void daemon_ready(int *verdict);

/* Tells systemd (sd_notify(3): READY=1) where $NOTIFY_SOCKET asks for it. */
void daemon_notify(void);

/* 0 or a negative errno. */
int pidfile_write(const char *path);
/* Removes the file if it still holds our id. */
void pidfile_remove(const char *path);

#endif
