/* SPDX-License-Identifier: BSD-2-Clause
 *
 * batond/rewrite.h -- writes the options in force back into the file that the
 * program was started with.
 *
 * Threads    Any; settings.lock is held meanwhile, and so one at a time.
 * Errors     0, -errno: the file is as it was.
 */
#ifndef BATON_BATOND_REWRITE_H
#define BATON_BATOND_REWRITE_H

struct config;

int config_rewrite(struct config *c);

#endif
