/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker/inbox.h"

#include <baton/server.h>

#include "base/check.h"
#include "handle/message.h"
#include "worker/reply.h"
#include "worker/serve.h"
#include "worker/worker.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include <ck_pr.h>

struct baton_job {
    ck_stack_entry_t entry;
    void (*fn)(struct baton_worker *, void *);
    void *arg;
    bool once; /* freed when it has run */
};

void bt_inbox_notify(struct baton_worker *team, struct baton_client *c)
{
    struct baton_worker *w = atomic_load(&c->owner);

    /* Still on the ring: worker 0 keeps the node until somebody took it. */
    w = w ? w : &team[0];
    ck_stack_push_upmc(&w->inbox.nodes, &c->node);
    bt_dispatch_wake(w->dispatch, w->index);
}

/* CK_STACK_ISEMPTY reads the head like an ordinary variable. */
static bool is_empty(ck_stack_t *s)
{
    return ck_pr_load_ptr(&s->head) == NULL;
}

bool bt_inbox_handles(struct bt_inbox *in)
{
    return !is_empty(&in->nodes) || !is_empty(&in->arrivals);
}

bool bt_inbox_empty(struct bt_inbox *in)
{
    return !bt_inbox_handles(in) && is_empty(&in->jobs);
}

void bt_inbox_init(struct bt_inbox *in)
{
    ck_stack_init(&in->nodes);
    ck_stack_init(&in->jobs);
    ck_stack_init(&in->arrivals);
}

/* ---- Moves ---- */

void bt_inbox_send(struct baton_worker *to, struct baton_client *c)
{
    ck_stack_push_upmc(&to->inbox.arrivals, &c->arrival);
    bt_dispatch_wake(to->dispatch, to->index);
}

void bt_inbox_arrivals(struct baton_worker *w,
                       void (*arrive)(struct baton_worker *,
                                      struct baton_client *))
{
    ck_stack_entry_t *e, *next;

    if (is_empty(&w->inbox.arrivals)) {
        return;
    }
    for (e = ck_stack_batch_pop_upmc(&w->inbox.arrivals); e; e = next) {
        next = e->next;
        arrive(w, bt_container(e, struct baton_client, arrival));
    }
}

/* ---- Messages to clients ---- */

void bt_inbox_messages(struct baton_worker *w, struct baton_client *c)
{
    struct baton_message *m = bt_msg_take(c), *next;

    if (!m) {
        return;
    }
    bt_reply_begin(w, c);
    for (; m; m = next) {
        next = m->next;
        if (!(c->flags & BT_ENDING)) {
            m->fn(c, m->arg);
        }
        bt_msg_release(m);
    }
    bt_serve_resumed(w, c);
    bt_reply_end(w);
}

static void release_all(struct baton_client *c)
{
    for (struct baton_message *m = bt_msg_take(c), *next; m; m = next) {
        next = m->next;
        bt_msg_release(m);
    }
}

static void node(struct baton_worker *w, struct baton_client *c)
{
    struct baton_worker *owner = atomic_load(&c->owner);

    if (!owner) {
        c->node.next = w->inbox.homeless;
        w->inbox.homeless = &c->node;
        return;
    }
    if (owner != w) {
        bt_inbox_notify(w->team, c);
        return;
    }
    atomic_store(&c->notified, 0); /* before the list is taken */
    switch (bt_state(c)) {
    case BATON_CLOSED:
        release_all(c);
        /* While the flag was set nobody freed it; a late poster may have set it
         * again, then the node comes once more. */
        if ((c->flags & BT_DEAD) && !atomic_load(&c->notified)) {
            bt_handle_free(c);
        }
        break;
    case BATON_MOVING: /* bt_hand_arrivals() takes the list */
        break;
    default:
        bt_inbox_messages(w, c);
    }
}

static ck_stack_entry_t *reversed(ck_stack_entry_t *e)
{
    ck_stack_entry_t *first = NULL;

    while (e) {
        ck_stack_entry_t *next = e->next;

        e->next = first;
        first = e;
        e = next;
    }
    return first;
}

static void nodes(struct baton_worker *w, ck_stack_entry_t *e)
{
    while (e) {
        ck_stack_entry_t *next = e->next;

        node(w, bt_container(e, struct baton_client, node));
        e = next;
    }
}

/* ---- Jobs ---- */

struct baton_job *baton_job_new(void (*fn)(struct baton_worker *, void *),
                                void *arg)
{
    struct baton_job *j = malloc(sizeof *j);

    if (j) {
        *j = (struct baton_job){.fn = fn, .arg = arg};
    }
    return j;
}

struct baton_job *bt_inbox_once(void (*fn)(struct baton_worker *, void *),
                                void *arg)
{
    struct baton_job *j = baton_job_new(fn, arg);

    if (j) {
        j->once = true;
    }
    return j;
}

void baton_job_free(struct baton_job **j)
{
    free(*j);
    *j = NULL;
}

int bt_inbox_job(struct baton_worker *w, struct baton_job *j)
{
    bool taken;

    /* Sequentially consistent, as in bt_inbox_close(): either it sees us here
     * and waits for the push, or we see that it is closed. */
    atomic_fetch_add(&w->inbox.posting, 1);
    taken = atomic_load(&w->inbox.takes_jobs);
    if (taken) {
        ck_stack_push_upmc(&w->inbox.jobs, &j->entry);
        bt_dispatch_wake(w->dispatch, w->index);
    }
    atomic_fetch_sub(&w->inbox.posting, 1);
    return taken ? 0 : -ESHUTDOWN;
}

void bt_inbox_close(struct baton_worker *w)
{
    atomic_store(&w->inbox.takes_jobs, 0);
    while (atomic_load(&w->inbox.posting)) {
        sched_yield(); /* for the length of a push */
    }
}

static void jobs(struct baton_worker *w)
{
    ck_stack_entry_t *e = reversed(ck_stack_batch_pop_upmc(&w->inbox.jobs));

    while (e) {
        struct baton_job *j = bt_container(e, struct baton_job, entry);
        bool once = j->once;

        e = e->next;
        j->fn(w, j->arg); /* from here on it may be posted again, or gone */
        if (once) {
            free(j);
        }
    }
}

static void retry_homeless(struct baton_worker *w)
{
    ck_stack_entry_t *e = w->inbox.homeless;

    w->inbox.homeless = NULL;
    nodes(w, e);
}

void bt_inbox_run(struct baton_worker *w)
{
    if (w->inbox.homeless) {
        retry_homeless(w);
    }
    if (!is_empty(&w->inbox.nodes)) {
        nodes(w, reversed(ck_stack_batch_pop_upmc(&w->inbox.nodes)));
    }
    if (!is_empty(&w->inbox.jobs)) {
        jobs(w);
    }
}

void bt_inbox_fini(struct baton_worker *w)
{
    bt_inbox_close(w);
    jobs(w); /* of a worker whose thread could not be started */
    /* All handles are closed: their nodes only keep them from being freed. */
    retry_homeless(w);
    nodes(w, ck_stack_batch_pop_upmc(&w->inbox.nodes));
}
