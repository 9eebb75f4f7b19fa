/* SPDX-License-Identifier: BSD-2-Clause
 *
 * net/pace.h -- what the acceptor does when there are no file descriptors.
 *
 * Purpose    One fd is kept in reserve. When accept fails for want of fds, the
 *            reserve is given up for a moment so that waiting clients can be
 *            accepted and closed (they learn it at once), and the acceptor
 *            pauses, so that it never spins. After each pause it looks whether
 *            fds are back.
 * Threads    Acceptor.
 */
#ifndef BT_NET_PACE_H
#define BT_NET_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct bt_pace {
    int reserve; /* fd, or -1 while even that is lost */
    bool starved;
    uint64_t until;  /* ns: no accepts before */
    uint64_t logged; /* ns of the last log line */
    bool told;       /* which said that there are none */
};

void bt_pace_init(struct bt_pace *p);
void bt_pace_fini(struct bt_pace *p);

/* No fds: closes waiting clients of the master socket, a bounded number, and
 * begins a pause. Returns how many were closed. *log: a line is due (at most
 * one a second). */
unsigned bt_pace_starve(struct bt_pace *p, int master, uint64_t now, bool *log);

/* Begins a pause without being starved (no memory, too many refusals at once).
 */
void bt_pace_pause(struct bt_pace *p, uint64_t now, unsigned ms);

/* ms until the pause is over, 0: none. */
int bt_pace_left(const struct bt_pace *p, uint64_t now);

/* After a pause: true when fds are there again (once). */
bool bt_pace_recovered(struct bt_pace *p);

/* Is it time to log that fds are back? Once for each line about their want, and
 * a second after it at the earliest: a server that goes to and fro between the
 * two does not fill the log. */
bool bt_pace_all_clear(struct bt_pace *p, uint64_t now);

#endif
