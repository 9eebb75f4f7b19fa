/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/split.h -- one line of text into words, with Redis' quoting rules.
 *
 * Purpose    Inline commands, lines of a configuration file and list values are
 *            all split in the same way. Words are parted by blanks. "..." knows
 *            the escapes \n \r \t \b \a \xHH and \ before any other character;
 *            '...' knows \' only. A closing quote ends the word and must be
 *            followed by a blank or the end of the line.
 * Threads    Any; no state.
 * Ownership  The caller's: unquoted words are written to the caller's memory.
 */
#ifndef BT_BASE_SPLIT_H
#define BT_BASE_SPLIT_H

#include "base/slice.h"

/* Takes the next word off *line and writes it at *to, which is moved behind it.
 * No word is longer than its source, so memory as large as the line is enough
 * for all of them; in place (*to the start of the line) works too. 1: a word;
 * 0: none is left; -EINVAL: unbalanced quotes. */
int bt_split_next(struct bt_slice *line, char **to, struct bt_slice *word);

#endif
