/* SPDX-License-Identifier: BSD-2-Clause
 *
 * baton.h -- everything that a program using libbaton includes.
 *
 *     struct baton_options o;
 *     struct baton_server *s;
 *
 *     baton_options_init(&o);
 *     if (baton_new(&o, &s) == 0 &&
 *         baton_listen(s, "tcp://127.0.0.1:7000", &echo) == 0)
 *         baton_run(s);
 *     baton_destroy(&s);
 *
 * Results are 0 (or a count) and a negative errno value. The library changes
 * no signal disposition, prints nothing, never exits, and keeps no global
 * state: any number of servers live side by side in one process. Two
 * exceptions: it raises the limit of open fds where max_clients needs it; and
 * when it finds a bug (its own, or a call that is not legal where it is made)
 * it says so on stderr and calls abort().
 */
#ifndef BATON_BATON_H
#define BATON_BATON_H

#include <baton/error.h>
#include <baton/client.h>
#include <baton/service.h>
#include <baton/stats.h>
#include <baton/server.h>

#endif
