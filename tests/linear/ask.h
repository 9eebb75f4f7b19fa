/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/ask.h -- one operation: put in words, sent, answered, timed.
 */
#ifndef LINEAR_ASK_H
#define LINEAR_ASK_H

#include "client.h"

struct names {
    char key[KEYS][32];
};

/* Fills in the answers, call and ret. apart: MULTI, what is queued and EXEC each
 * wait for their answer, in place of one write for all. */
void ask(struct client *c, const struct names *names, struct op *op,
         bool apart);

#endif
