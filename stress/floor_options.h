/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/floor_options.h -- the command line of floor, and where it listens.
 *
 * Threads    main.
 */
#ifndef STRESS_FLOOR_OPTIONS_H
#define STRESS_FLOOR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct floor_options {
    int port, threads;
    size_t value_bytes;
    const char *unix_path;
    bool ring, echo;
};

/* Ends the program when they make no sense, or only ask for help. */
void floor_options(struct floor_options *o, int argc, char **argv);
/* Listens and prints where; the socket, or -1 with errno. */
int floor_listen(const struct floor_options *o);

#endif
