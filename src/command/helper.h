/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/helper.h -- the thread that tidies up behind the workers: removes
 * expired keys, frees what was flushed lazily, and gives a worker that went to
 * sleep with memory still to be released another pass.
 *
 * Threads    new, free: main thread, while no worker runs. poke: any thread.
 * Rules      Ten rounds a second while there is something to do, asleep without
 *            wake-ups otherwise. Expiry takes at most a quarter of the time, and
 *            eviction another: in slices of a millisecond or two with rests
 *            between them while there is much of it, so that nobody waits for
 *            a core or a lock as long as the whole share takes.
 */
#ifndef BATON_COMMAND_HELPER_H
#define BATON_COMMAND_HELPER_H

struct helper;
struct service;

/* Starts the thread for a service whose database and workers are made. NULL:
 * out of memory or threads. */
struct helper *helper_new(struct service *service);
/* Ends the thread and joins it. */
void helper_free(struct helper **h);

/* There may be something to do: keys were written, a database was flushed. One
 * load when the helper is awake. */
void helper_poke(struct helper *h);

#endif
