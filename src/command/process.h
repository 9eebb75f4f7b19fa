/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/process.h -- what the system says about this process.
 *
 * Threads    Any.
 * Errors     A figure that the system does not give is 0.
 */
#ifndef BATON_COMMAND_PROCESS_H
#define BATON_COMMAND_PROCESS_H

#include <stdint.h>

struct process_memory {
    uint64_t used;   /* handed out by the allocator, or the same as rss */
    uint64_t active; /* held by the allocator for that, or the same */
    uint64_t rss;    /* in memory now */
    uint64_t system; /* what the machine has */
    const char *allocator;
};

void process_memory(struct process_memory *out);

#endif
