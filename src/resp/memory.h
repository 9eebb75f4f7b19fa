/* SPDX-License-Identifier: BSD-2-Clause
 *
 * resp/memory.h -- a reply that is written into memory, to be sent later or by
 * another thread.
 *
 *     struct resp_memory m = {0};
 *     struct resp_reply r;
 *
 *     resp_memory_begin(&m, &r, proto);
 *     resp_bulk(&r, ...);
 *     resp_memory_end(&m, &r);       m.p, m.n; or m.failed
 *     resp_memory_fini(&m);
 *
 * Threads    One at a time for each structure.
 */
#ifndef BATON_RESP_MEMORY_H
#define BATON_RESP_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "resp/reply.h"

struct resp_memory {
    char *p;
    size_t n, cap;
    bool failed; /* out of memory: there is no reply */
};

void resp_memory_begin(struct resp_memory *m, struct resp_reply *r, int proto);
void resp_memory_end(struct resp_memory *m, struct resp_reply *r);
void resp_memory_fini(struct resp_memory *m);

#endif
