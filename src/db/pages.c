/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/pages.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

#if !defined(MAP_ANONYMOUS) && defined(MAP_ANON)
#define MAP_ANONYMOUS MAP_ANON
#endif

/* Sizes double: all from one page on are whole pages, whatever a page is. */
static bool own_pages(size_t n)
{
#ifdef MAP_ANONYMOUS
    return n % (size_t)sysconf(_SC_PAGESIZE) == 0;
#else
    return false;
#endif
}

static void *map(size_t n)
{
#ifdef MAP_ANONYMOUS
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);

    return p == MAP_FAILED ? NULL : p;
#else
    return NULL;
#endif
}

void *db_pages_new(size_t n)
{
    void *p;

    if (own_pages(n)) {
        return map(n);
    }
    return posix_memalign(&p, DB_LINE, n) == 0 ? memset(p, 0, n) : NULL;
}

void db_pages_free(void *p, size_t n)
{
    if (own_pages(n)) {
        bt_ok(munmap(p, n));
    } else {
        free(p);
    }
}
