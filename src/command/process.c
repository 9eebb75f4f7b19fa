/* SPDX-License-Identifier: BSD-2-Clause
 *
 * /proc is asked by opening it: where it is not there, the figures come from
 * getrusage, which knows the peak instead of the present.
 */
#include "config.h"

#include "command/process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef HAVE_MALLINFO2
#include <malloc.h>
#endif

static uint64_t page_bytes(void)
{
    long n = sysconf(_SC_PAGESIZE);

    return n > 0 ? (uint64_t)n : 4096;
}

static uint64_t resident(void)
{
    struct rusage usage;
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

    if (fd >= 0) {
        close(fd);
    }
    if (n > 0) {
        char *second;

        text[n] = 0;
        second = strchr(text, ' ');
        if (second) {
            return strtoull(second, NULL, 10) * page_bytes();
        }
    }
    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        return 0;
    }
    return (uint64_t)usage.ru_maxrss * 1024;
}

static uint64_t machine_memory(void)
{
#ifdef _SC_PHYS_PAGES
    long pages = sysconf(_SC_PHYS_PAGES);

    return pages > 0 ? (uint64_t)pages * page_bytes() : 0;
#else
    return 0;
#endif
}

/* Zeroes mean that another allocator was put in place of libc's. */
static void ask_allocator(struct process_memory *out)
{
#ifdef HAVE_MALLINFO2
    struct mallinfo2 m = mallinfo2();

    if (m.uordblks + m.hblkhd > 0) {
        out->used = m.uordblks + m.hblkhd;
        out->active = m.arena + m.hblkhd;
    }
#else
    (void)out;
#endif
}

void process_memory(struct process_memory *out)
{
    out->rss = resident();
    out->system = machine_memory();
    out->used = out->active = out->rss;
    out->allocator = "libc";
    ask_allocator(out);
}
