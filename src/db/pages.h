/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/pages.h -- zeroed memory for the buckets of a level, aligned to a
 * cache line.
 *
 * Purpose    A table that doubles leaves its old level behind. From some size on
 *            levels are pages of their own, which go back to the system when
 *            the level is freed; in the heap they would stay as holes, in sum
 *            as large as the level that replaced them. Fresh pages are also zeroed one
 *            by one as they are first used, and not all at once with the
 *            shard's lock held.
 * Threads    Any.
 */
#ifndef BATON_DB_PAGES_H
#define BATON_DB_PAGES_H

#include <stddef.h>

#define DB_LINE 64

/* n > 0. NULL: out of memory. */
void *db_pages_new(size_t n);
void db_pages_free(void *p, size_t n); /* n: as it was asked for */

#endif
