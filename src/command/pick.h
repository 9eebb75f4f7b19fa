/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/pick.h -- the count of HRANDFIELD, SRANDMEMBER and ZRANDMEMBER:
 * negative ones ask for so many elements which may repeat.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_PICK_H
#define BATON_COMMAND_PICK_H

#include <stdbool.h>
#include <stdint.h>

#include "command/command.h"

struct pick {
    uint64_t n;
    bool repeats;
};

/* False after the error reply. */
bool pick_read(struct call *c, struct bt_slice arg, struct pick *p);

#endif
