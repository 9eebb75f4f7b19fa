/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/usage.c -- processor time and memory, of ourselves and of a server.
 *
 * POSIX has a clock for the processor time of any process. Memory is read from
 * /proc where there is one like that of Linux, and is not known elsewhere.
 */
#include "stress/usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

double stress_own_cpu(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

double stress_thread_cpu(void)
{
    struct timespec ts = {0, 0};

#if defined(_POSIX_THREAD_CPUTIME) && _POSIX_THREAD_CPUTIME >= 0
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
#endif
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double stress_cpu_of(uint64_t pid)
{
#if defined(_POSIX_CPUTIME) && _POSIX_CPUTIME >= 0
    struct timespec ts;
    clockid_t clock;

    if (pid > 0 && clock_getcpuclockid((pid_t)pid, &clock) == 0 &&
        clock_gettime(clock, &ts) == 0) {
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
    }
#else
    (void)pid;
#endif
    return -1;
}

uint64_t stress_memory_of(uint64_t pid)
{
    unsigned long long total, resident = 0;
    long page = sysconf(_SC_PAGESIZE);
    char path[64];
    FILE *f;

    if (pid == 0) {
        return 0;
    }
    snprintf(path, sizeof(path), "/proc/%" PRIu64 "/statm", pid);
    f = fopen(path, "r");
    if (f == NULL) {
        return 0;
    }
    if (fscanf(f, "%llu %llu", &total, &resident) != 2) {
        resident = 0;
    }
    fclose(f);
    return (uint64_t)resident * (uint64_t)page;
}
