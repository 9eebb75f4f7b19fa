/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/replace.h -- a file gets a new content in one step.
 *
 * Threads    Any.
 * Errors     0; -errno: the file is as it was.
 */
#ifndef BATON_BATOND_REPLACE_H
#define BATON_BATOND_REPLACE_H

#include "base/buf.h"

/* Afterwards it is on the disk. A file that is not there is made. */
int file_replace(const char *path, const struct bt_buf *text);

#endif
