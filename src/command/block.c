/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A block belongs to two at most: the client's session, and whoever has claimed
 * it or asked for its end and posts to the client. Its own worker alone ends
 * the park, in end_park(). One of them alone posts, so one message, made before
 * the client waits, is enough, and waking it cannot fail.
 */
#include "command/block.h"

#include "base/check.h"
#include "command/block_parts.h"
#include "command/float.h"
#include "command/service.h"
#include "command/worker.h"

#include <limits.h>
#include <math.h>

/* ---- The owner worker ---- */

static void set_block(void *data, void *arg)
{
    ((struct session *)data)->block = arg;
}

static struct block *block_of(struct baton_client *client)
{
    return ((struct session *)baton_data(client))->block;
}

/* Nobody else may claim b any more. */
static void end_park(struct baton_client *client, struct block *b)
{
    wait_forget(&b->wait);
    baton_sync(client, set_block, NULL);
    baton_timer(client, -1, NULL);
    block_release(b);
}

static void answer(struct baton_client *client, struct block *b)
{
    if (b->mute) {
        return;
    }
    if (b->reply.failed) {
        static const char oom[] = "-" CMD_OOM "\r\n";

        baton_reply(client, oom, sizeof oom - 1);
    } else if (b->reply.n >= CMD_REFERENCE_BYTES) {
        block_refer(b);
        baton_reply_ref(client, b->reply.p, b->reply.n, block_release, b);
    } else {
        baton_reply(client, b->reply.p, b->reply.n);
    }
}

static void answer_and_go_on(struct baton_client *client, struct block *b)
{
    answer(client, b);
    end_park(client, b);
    baton_answered(client);
    baton_resume(client);
}

static void write_end(struct block *b)
{
    struct resp_reply out;

    resp_memory_begin(&b->reply, &out, b->proto);
    if (b->unblock_error) {
        resp_error(&out, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    } else {
        resp_null_array(&out);
    }
    resp_memory_end(&b->reply, &out);
}

/* Somebody asked for its end. */
static void unblocked(struct baton_client *client, struct block *b)
{
    write_end(b);
    if (b->unblock_error) {
        struct worker *w = baton_client_worker_data(client);

        cmd_count_add(&w->counters.errors, 1);
        cmd_count_error(&w->counters, "UNBLOCKED", 9);
    }
}

/* The post. If it was claimed, the reply is there. */
static void woken(struct baton_client *client, void *arg)
{
    struct block *b = arg;

    if (block_of(client) != b) {
        return;
    }
    if (atomic_load(&b->wait.state) == WAIT_UNBLOCKED) {
        unblocked(client, b);
    }
    answer_and_go_on(client, b);
}

/* If it was claimed a moment ago, the reply is on its way. */
static void timed_out(struct baton_client *client)
{
    struct block *b = block_of(client);

    if (b && wait_claim(&b->wait, WAIT_TIMED_OUT)) {
        write_end(b);
        answer_and_go_on(client, b);
    }
}

static void give_back(struct worker *w, struct block *b)
{
    struct tx tx;

    if (b->give_back == NULL || b->reply.failed) {
        return;
    }
    tx_begin(&tx, w->db, b->dbi);
    if (tx_lock(&tx, &b->key, 1, TX_WRITE) == 0) {
        b->give_back(&tx, b->args, b->key, bt_slice(b->reply.p, b->reply.n),
                     b->proto);
    }
    tx_commit(&tx);
}

void block_gone(struct baton_client *client)
{
    struct worker *w = baton_client_worker_data(client);
    struct block *b = block_of(client);
    bool claimed;

    if (b == NULL) {
        return;
    }
    wait_claim(&b->wait, WAIT_GONE);
    wait_forget(&b->wait); /* a serve that was under way is done now */
    claimed = atomic_load(&b->wait.state) == WAIT_CLAIMED;
    baton_sync(client, set_block, NULL);
    if (claimed) {
        give_back(w, b);
    }
    block_release(b);
}

/* ---- Whoever serves ---- */

static void serve_wait(struct wait *w, struct tx *tx, struct bt_slice key,
                       const struct db_entry *e)
{
    struct block *b = bt_container(w, struct block, wait);
    struct resp_reply out;

    block_refer(b); /* until the post is done with */
    for (size_t i = 0; i < b->n_keys; i++) {
        if (bt_slice_eq(b->keys[i], key)) {
            b->key = b->keys[i];
            break;
        }
    }
    resp_memory_begin(&b->reply, &out, b->proto);
    b->serve(tx, &out, b->args, b->key, b->wait.to, e);
    resp_memory_end(&b->reply, &out);
}

/* For who has claimed b, and holds a reference: the post's from now on. */
static void wake(struct block *b)
{
    struct baton_message *m = b->wake;

    b->wake = NULL;
    if (baton_message_post(b->service->server, b->client, &m) != 0) {
        baton_message_free(&m); /* its client is gone */
        block_release(b);
    }
}

static void served_wait(struct wait *w)
{
    wake(bt_container(w, struct block, wait));
}

/* ---- CLIENT UNBLOCK ---- */

struct unblock {
    bool error;
    struct block *block;
};

static bool claim_end(const struct baton_client_info *info, void *data,
                      void *arg)
{
    struct block *b = ((struct session *)data)->block;
    struct unblock *u = arg;

    (void)info;
    if (b && wait_claim(&b->wait, WAIT_UNBLOCKED)) {
        b->unblock_error = u->error;
        block_refer(b);
        u->block = b;
    }
    return false;
}

bool block_unblock(struct call *c, uint64_t id, bool error)
{
    struct unblock u = {.error = error};

    if (baton_with(c->worker->service->server, id, claim_end, &u) != 0 ||
        u.block == NULL) {
        return false;
    }
    wake(u.block);
    return true;
}

/* ---- Commands ---- */

bool block_timeout(struct call *c, struct bt_slice arg, int64_t *ms)
{
    long double seconds;

    if (!float_parse(arg, &seconds)) {
        resp_error(c->out, "ERR timeout is not a float or out of range");
        return false;
    }
    seconds = ceill(seconds * 1000);
    if (seconds < 0) {
        resp_error(c->out, "ERR timeout is negative");
        return false;
    }
    if (seconds >= 0x1p63L - (long double)tx_now(c->tx)) {
        resp_error(c->out, "ERR timeout is out of range");
        return false;
    }
    *ms = (int64_t)seconds;
    return true;
}

void block_client(struct call *c, const struct block_request *r)
{
    struct block *b;
    int64_t ms = r->timeout_ms < LONG_MAX ? r->timeout_ms : LONG_MAX;

    if (c->in_exec) {
        (r->null_value ? resp_null : resp_null_array)(c->out);
        return;
    }
    b = block_new(c, r, woken);
    if (b == NULL) {
        cmd_oom(c);
        return;
    }
    b->wait.serve = serve_wait;
    b->wait.served = served_wait;
    if (ms > 0 && baton_timer(c->client, (long)ms, timed_out) != 0) {
        block_release(b);
        cmd_oom(c);
        return;
    }
    if (wait_add(c->tx, &b->wait, r->keys, r->n_keys) != 0) {
        baton_timer(c->client, -1, NULL);
        block_release(b);
        cmd_oom(c);
        return;
    }
    baton_sync(c->client, set_block, b);
    c->parked = true;
    baton_park(c->client);
}
