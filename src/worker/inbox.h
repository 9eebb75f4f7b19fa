/* SPDX-License-Identifier: BSD-2-Clause
 *
 * worker/inbox.h -- what other threads want of this worker and its clients.
 *
 * Purpose    ck_stack: pushed by any thread, taken in one go and reversed by
 *            the worker. A notify node stands for all messages of one handle. A
 *            worker that finds a node of a handle it does not own sends it on.
 * Threads    notify, baton_post, baton_job_post and kin: any. The rest: the
 *            worker.
 */
#ifndef BT_WORKER_INBOX_H
#define BT_WORKER_INBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include <ck_stack.h>

struct baton_client;
struct baton_job;
struct baton_worker;

struct bt_inbox {
    ck_stack_t nodes;            /* notify nodes of handles */
    ck_stack_t jobs;             /* baton_post_worker() */
    ck_stack_t arrivals;         /* handles that were moved here */
    _Atomic unsigned takes_jobs; /* from the worker's start to its last pass */
    _Atomic unsigned posting;    /* threads that are just adding a job */
    ck_stack_entry_t *homeless;  /* the worker's own: nodes of handles that
                                    nobody took yet */
};

void bt_inbox_init(struct bt_inbox *in);

/* Puts c's node, which bt_msg_post() asked for, into its owner's inbox. */
void bt_inbox_notify(struct baton_worker *team, struct baton_client *c);

/* Takes everything that came. */
void bt_inbox_run(struct baton_worker *w);
/* Runs the messages of c, which w owns and which is open. */
void bt_inbox_messages(struct baton_worker *w, struct baton_client *c);
bool bt_inbox_empty(struct bt_inbox *in);
/* Is there something of a handle? */
bool bt_inbox_handles(struct bt_inbox *in);

/* Puts c among the arrivals of another worker. */
void bt_inbox_send(struct baton_worker *to, struct baton_client *c);
/* Takes them all and calls arrive for each. */
void bt_inbox_arrivals(struct baton_worker *w,
                       void (*arrive)(struct baton_worker *,
                                      struct baton_client *));

/* A job that is freed when it has run. NULL: out of memory. */
struct baton_job *bt_inbox_once(void (*fn)(struct baton_worker *, void *),
                                void *arg);
/* 0; or -ESHUTDOWN, and it stays the caller's. */
int bt_inbox_job(struct baton_worker *w, struct baton_job *j);
/* No more jobs; those that were taken are there when it returns, for a last
 * pass. */
void bt_inbox_close(struct baton_worker *w);
/* After the join, main thread: takes what still lies here. */
void bt_inbox_fini(struct baton_worker *w);

#endif
