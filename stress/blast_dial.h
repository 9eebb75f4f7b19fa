/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/blast_dial.h -- one connection of blast.
 *
 * Threads    one.
 */
#ifndef STRESS_BLAST_DIAL_H
#define STRESS_BLAST_DIAL_H

#include "stress/blast_options.h"

/* A socket that does not block, connected to the server; or -errno. */
int blast_dial(const struct blast_options *o);

#endif
