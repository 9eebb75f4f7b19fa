/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/mpop.h -- the arguments of LMPOP, ZMPOP and those that wait:
 * numkeys key ... WHERE [COUNT n].
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_MPOP_H
#define BATON_COMMAND_MPOP_H

#include <stdbool.h>
#include <stddef.h>

#include "command/command.h"

struct mpop {
    size_t first, n; /* the keys in argv */
    bool tail;       /* from there */
    size_t count;    /* at most */
};

/* From argv[at] on; WHERE is one of the two words. False after the error
 * reply. */
bool mpop_args(struct call *c, size_t at, const char *head, const char *tail,
               struct mpop *m);

#endif
