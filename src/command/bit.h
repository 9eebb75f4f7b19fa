/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/bit.h -- what the files of bit commands share.
 *
 * Bit 0 is the highest bit of the first byte.
 *
 * Threads    As for commands: the worker that owns the client.
 */
#ifndef BATON_COMMAND_BIT_H
#define BATON_COMMAND_BIT_H

#include <stdbool.h>
#include <stdint.h>

#include "command/command.h"

/* A place in bits; with `width` "#3" is thrice as far. False after the error
 * reply. */
bool bits_offset(struct call *c, struct bt_slice arg, unsigned width,
                 uint64_t *offset);

/* The string at key; empty when it is not there. False after the error
 * reply. */
bool bits_read(struct call *c, struct bt_slice key, struct bt_slice *s);

/* The bytes of the string at argv[1], if it is there, at least n of them and
 * zero where there were none, to be changed until bits_done(). NULL after the
 * error reply. */
char *bits_edit(struct call *c, size_t n);
void bits_done(struct call *c, bool changed); /* to another value */

/* Up to 64 bits at a place that need not be inside of the string. */
uint64_t bits_get(struct bt_slice s, uint64_t offset, unsigned n);
/* Inside. */
void bits_set(char *p, uint64_t offset, unsigned n, uint64_t v);

#endif
