/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A block keeps copies of what its request was made of.
 */
#include "command/block_parts.h"

#include "command/service.h"
#include "command/worker.h"

#include <stdlib.h>
#include <string.h>

void block_release(void *arg)
{
    struct block *b = arg;

    /* Acquire and release: the last one sees what the others did to it. */
    if (atomic_fetch_sub_explicit(&b->references, 1, memory_order_acq_rel) ==
        1) {
        resp_memory_fini(&b->reply);
        baton_message_free(&b->wake);
        free(b->keys);
        free(b->args);
        free(b->text);
        free(b);
    }
}

void block_refer(struct block *b)
{
    /* Relaxed: the caller has one, or holds what keeps one alive. */
    atomic_fetch_add_explicit(&b->references, 1, memory_order_relaxed);
}

static struct bt_slice keep(char **at, struct bt_slice s)
{
    struct bt_slice copy = bt_slice(*at, s.n);

    if (s.n > 0) {
        memcpy(*at, s.p, s.n);
    }
    *at += s.n;
    return copy;
}

static bool copy_request(struct block *b, const struct block_request *r)
{
    size_t n = r->to.n + 1;
    char *at;

    for (size_t i = 0; i < r->n_keys; i++) {
        n += r->keys[i].n;
    }
    b->text = at = malloc(n);
    b->keys = calloc(r->n_keys, sizeof *b->keys);
    b->args = malloc(r->args_n + 1);
    if (!b->text || !b->keys || !b->args) {
        return false;
    }
    for (size_t i = 0; i < r->n_keys; i++) {
        b->keys[i] = keep(&at, r->keys[i]);
    }
    b->n_keys = r->n_keys;
    if (r->to.p) {
        b->wait.to = keep(&at, r->to);
    }
    if (r->args_n > 0) {
        memcpy(b->args, r->args, r->args_n);
    }
    return true;
}

struct block *block_new(struct call *c, const struct block_request *r,
                        baton_post_fn *woken)
{
    struct block *b = calloc(1, sizeof *b);

    if (!b) {
        return NULL;
    }
    atomic_init(&b->references, 1);
    b->wake = baton_message_new(woken, b, block_release);
    if (!b->wake || !copy_request(b, r)) {
        block_release(b);
        return NULL;
    }
    b->service = c->worker->service;
    b->client = baton_id(c->client);
    b->dbi = session_db(c->session);
    b->proto = c->out->proto;
    b->mute = c->out->mute;
    b->serve = r->serve;
    b->give_back = r->give_back;
    b->wait.type = r->type;
    return b;
}
