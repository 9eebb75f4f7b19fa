/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/intset.h -- integers in ascending order, each once, in one block: 2, 4 or
 * 8 bytes each, whatever the widest one needed.
 *
 * Threads    One at a time.
 * Cost       Finding: O(log n). Adding and removing move what is behind.
 * Memory     From base/mem.h. Functions that may move the block take its address.
 * Errors     Adding: 0, or -ENOMEM with the set as it was. Removing cannot fail.
 */
#ifndef BATON_TYPE_INTSET_H
#define BATON_TYPE_INTSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTSET_MAX ((size_t)1 << 26) /* members */

struct intset;

struct intset *intset_new(void); /* empty; NULL: out of memory */
struct intset *intset_copy(const struct intset *s);
void intset_free(struct intset *s); /* may be NULL */
size_t intset_bytes(const struct intset *s);
size_t intset_count(const struct intset *s);

int64_t intset_at(const struct intset *s, size_t i);
/* *at: where v is, or where it would have to be put. */
bool intset_find(const struct intset *s, int64_t v, size_t *at);
/* v is not in it, and belongs at `at`; there are less than INTSET_MAX. */
int intset_add_at(struct intset **sp, size_t at, int64_t v);
void intset_remove_at(struct intset **sp, size_t at);

#endif
