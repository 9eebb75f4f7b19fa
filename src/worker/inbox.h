/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/inbox.h -- what other threads want of this worker and its clients.
 *
 * Purpose    ck_stack: pushed by any thread, taken in one go and reversed by the
 *            worker. A notify node stands for all messages of one handle. A
 *            worker that finds a node of a handle it does not own sends it on.
 * Threads    notify, baton_post, baton_post_worker: any. The rest: the worker.
 */
#ifndef BT_WORKER_INBOX_H
#define BT_WORKER_INBOX_H

#include "worker/worker.h"

/* Puts c's node, which bt_msg_post() asked for, into its owner's inbox. */
void bt_inbox_notify(struct baton_worker *team, struct baton_client *c);

/* Takes everything that came. */
void bt_inbox_run(struct baton_worker *w);
/* Runs the messages of c, which w owns and which is open. */
void bt_inbox_messages(struct baton_worker *w, struct baton_client *c);
bool bt_inbox_empty(struct baton_worker *w);

/* A job for a worker: see baton_post_worker(). 0, -ENOMEM, -ESHUTDOWN. */
int bt_inbox_job(struct baton_worker *w,
                 void (*fn)(struct baton_worker *, void *), void *arg);
/* No more jobs; those that were taken are there when it returns, for a last
 * pass. */
void bt_inbox_close(struct baton_worker *w);
/* After the join, main thread: takes what still lies here. */
void bt_inbox_fini(struct baton_worker *w);

#endif
