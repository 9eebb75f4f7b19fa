/* SPDX-License-Identifier: BSD-2-Clause
 *
 * testdb.h -- a whole database in this process: testnet.h with the service of
 * batond, for tests that plant faults below it or look at its memory.
 *
 * Threads    As testnet.h. One in a process.
 */
#ifndef BATON_TESTDB_H
#define BATON_TESTDB_H

#include "testnet.h"

/* With the defaults of batond and this many workers; the log goes nowhere. */
void testdb_start(struct testnet *net, unsigned workers);
/* Stops it; everything is freed. */
void testdb_end(struct testnet *net);

#endif
