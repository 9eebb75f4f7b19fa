/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/usage.h -- processor time and memory, of ourselves and of a server.
 *
 * Threads    any.
 */
#ifndef STRESS_USAGE_H
#define STRESS_USAGE_H

#include <stdint.h>

/* Seconds of processor time that this process has used. */
double stress_own_cpu(void);
/* The same of this thread; 0 where the system does not tell. */
double stress_thread_cpu(void);
/* The same of another process on this machine; -1: not known. */
double stress_cpu_of(uint64_t pid);
/* Resident bytes of another process; 0: not known. */
uint64_t stress_memory_of(uint64_t pid);

#endif
