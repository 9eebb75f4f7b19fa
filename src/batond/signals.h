/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/signals.h -- signals into stops.
 *
 * Behaviour  The first SIGTERM or SIGINT stops the server in order, the second
 *            at once; if even that takes longer than 0.2 s, the process ends.
 *            SIGHUP stops like SIGTERM when the terminal goes away; it is
 *            ignored in the background, and where it was ignored before.
 *            SIGPIPE is ignored.
 * Threads    Main.
 */
#ifndef BATON_BATOND_SIGNALS_H
#define BATON_BATOND_SIGNALS_H

#include <stdbool.h>

struct baton_server;

void signals_start(struct baton_server *s, bool background);

/* The server is about to be freed: signals do not touch it any more. */
void signals_end(void);

/* How many signals asked for a stop, and the name of the last one. */
int signals_count(void);
const char *signals_name(void);

#endif
