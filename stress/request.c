/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/request.c -- chooses the next requests of a client and encodes them.
 */
#include "stress/request.h"

#include <stdio.h>
#include <string.h>

#include "stress/clock.h"
#include "stress/worker.h"

/* ---- encoding ---- */

static size_t put_value(const struct stress_run *run,
                        const struct stress_slot *s, uint8_t part, char *to)
{
    struct stress_stamp stamp = {.key = s->key,
                                 .writer = s->writer,
                                 .version = s->version,
                                 .family = s->family,
                                 .part = part};
    size_t len, n;

    if (s->act == STRESS_PUSH || s->act == STRESS_PUBLISH) {
        stamp.time = s->intended_at;
    }
    len = stress_sizes_of(&run->sizes, &stamp);
    n = (size_t)sprintf(to, "$%zu\r\n", len);
    stress_value_write(to + n, len, run->id, &stamp);
    memcpy(to + n + len, "\r\n", 2);
    return n + len + 2;
}

static size_t put_number(uint32_t v, char *to)
{
    char digits[16];
    int len = sprintf(digits, "%u", (unsigned)v);

    return (size_t)sprintf(to, "$%d\r\n%s\r\n", len, digits);
}

size_t stress_request_encode(const struct stress_run *run,
                             const struct stress_op *op,
                             const struct stress_slot *s, char *to)
{
    char *at = to;

    for (unsigned i = 0; i < op->n_pieces; i++) {
        const struct stress_piece *p = &op->piece[i];

        switch (p->what) {
        case '\0':
            memcpy(at, p->bytes, p->len);
            at += p->len;
            break;
        case 'k':
            stress_key_write(at, op->family, run->id,
                             op->family == 'z' ? s->key / STRESS_BOARD
                                               : s->key);
            at += STRESS_KEY_BYTES;
            break;
        case 'm':
            stress_member_write(at, s->key);
            at += STRESS_MEMBER_BYTES;
            break;
        case 'v':
            at += put_value(run, s, p->part, at);
            break;
        default:
            at += put_number(s->version, at);
            break;
        }
    }
    return (size_t)(at - to);
}

/* ---- what a request is about ---- */

static uint32_t any_key(struct stress_client *c, const struct stress_run *run)
{
    return stress_choice_next(&run->choice, &c->random, &c->seq);
}

static uint32_t own_key(struct stress_client *c, const struct stress_run *run)
{
    uint32_t own =
        stress_choice_next(&run->choice_own, &c->random, &c->seq_own);

    return c->id + own % c->own_keys * run->n_load;
}

static struct stress_slot write_of(struct stress_client *c,
                                   struct stress_run *run,
                                   const struct stress_op *op, uint32_t key)
{
    struct stress_ledger *l = &run->ledger[stress_family_index(op->family)];

    return (struct stress_slot){.act = (uint8_t)op->act,
                                .family = op->family,
                                .key = key,
                                .writer = c->id,
                                .version = stress_ledger_send(l, key)};
}

/* Of the lists, each writer has one that it pushes to. */
static struct stress_slot about_lists(struct stress_client *c,
                                      struct stress_run *run,
                                      const struct stress_op *op)
{
    struct stress_slot s = {.act = (uint8_t)op->act, .family = op->family};

    s.writer = c->id;
    s.key = c->id % run->lists;
    if (op->act == STRESS_PUSH) {
        s.version = stress_items_send(&run->elements, c->id);
    } else if (op->act == STRESS_POP && c->role == STRESS_LOAD) {
        s.key = stress_random_below(&c->random, run->lists);
    }
    return s;
}

static struct stress_slot about(struct stress_client *c, struct stress_run *run,
                                const struct stress_op *op)
{
    struct stress_slot s = {
        .act = (uint8_t)op->act, .family = op->family, .part = op->part};
    int ledger = stress_family_index(op->family);

    switch (op->act) {
    case STRESS_SET:
    case STRESS_HSET:
    case STRESS_ZADD:
        return write_of(c, run, op, own_key(c, run));
    case STRESS_PUSH:
    case STRESS_POP:
        return about_lists(c, run, op);
    case STRESS_PUBLISH:
        s.writer = c->id;
        s.key = c->id % run->channels;
        s.version = stress_items_send(&run->messages, c->id);
        return s;
    case STRESS_INCR:
        s.key = any_key(c, run);
        s.version = stress_counter_floor(&run->counters, s.key);
        stress_counter_send(&run->counters, s.key);
        return s;
    case STRESS_COUNT:
        s.key = any_key(c, run);
        s.version = stress_counter_floor(&run->counters, s.key);
        return s;
    case STRESS_PLAIN:
        s.key = op->family == 'l' || op->family == 'p' ? 0 : any_key(c, run);
        s.version = stress_random_below(&c->random, 1000000);
        return s;
    default:
        s.key = any_key(c, run);
        s.version = stress_ledger_floor(&run->ledger[ledger], s.key, c->id);
        return s;
    }
}

static bool writes_own(const struct stress_op *op)
{
    return op->act == STRESS_SET || op->act == STRESS_HSET ||
           op->act == STRESS_ZADD;
}

/* By the weights; one without keys of its own does not write such. */
static const struct stress_op *draw(struct stress_client *c,
                                    const struct stress_workload *w)
{
    for (;;) {
        uint32_t at = stress_random_below(&c->random, w->weights);
        const struct stress_op *op = w->op;

        while (at >= op->weight) {
            at -= op->weight;
            op++;
        }
        if (c->own_keys > 0 || !writes_own(op)) {
            return op;
        }
    }
}

static size_t enter(struct stress_client *c, struct stress_worker *w,
                    const struct stress_op *op, struct stress_slot s, char *to)
{
    s.op = (uint8_t)(op - w->run->workload.op);
    *stress_slot(c, c->tail++) = s;
    return stress_request_encode(w->run, op, &s, to);
}

/* ---- batches ---- */

/* One key after another, each in all families that are in use. */
static size_t fill_batch(struct stress_client *c, struct stress_worker *w)
{
    struct stress_run *run = w->run;
    uint32_t most = run->options.pipeline;
    size_t n = 0;

    if (stress_client_reserve(c, most) < 0) {
        return 0;
    }
    for (; most > 0 && c->next_fill < c->own_keys * 3; c->next_fill++) {
        int fill = run->workload.fill[c->next_fill % 3];
        uint32_t key = c->id + c->next_fill / 3 * run->n_load;

        if (fill >= 0) {
            const struct stress_op *op = &run->workload.op[fill];

            n += enter(c, w, op, write_of(c, run, op, key), w->output + n);
            most--;
        }
    }
    return n;
}

/* How many requests go out together now. */
static uint64_t batch_size(const struct stress_client *c,
                           const struct stress_worker *w)
{
    const struct stress_options *o = &w->run->options;
    uint64_t most = o->pipeline;

    if (o->reconnect > 0) {
        uint64_t left = o->reconnect - c->served - stress_client_in_flight(c);

        most = most > left ? left : most;
    }
    return most > w->quota ? w->quota : most;
}

static size_t consume(struct stress_client *c, struct stress_worker *w)
{
    const struct stress_op *op = &w->run->workload.op[w->run->workload.consume];

    if (stress_client_reserve(c, 1) < 0) {
        return 0;
    }
    return enter(c, w, op, about(c, w->run, op), w->output);
}

size_t stress_request_batch(struct stress_client *c, struct stress_worker *w,
                            uint64_t intended_at)
{
    struct stress_run *run = w->run;
    uint64_t most;
    size_t n = 0;

    if (w->phase == STRESS_FILL) {
        return c->filled ? 0 : fill_batch(c, w);
    }
    if (w->phase != STRESS_RUN || c->role == STRESS_SUBSCRIBER) {
        return 0;
    }
    if (c->role == STRESS_CONSUMER) {
        return consume(c, w);
    }
    most = batch_size(c, w);
    if (stress_client_reserve(c, (uint32_t)most) < 0) {
        return 0;
    }
    w->quota -= most;
    for (; most > 0; most--) {
        const struct stress_op *op = draw(c, &run->workload);
        struct stress_slot s = about(c, run, op);

        s.intended_at = intended_at != 0 ? intended_at : w->now;
        n += enter(c, w, op, s, w->output + n);
    }
    return n;
}

size_t stress_request_greeting(struct stress_client *c, struct stress_worker *w)
{
    const struct stress_run *run = w->run;
    size_t n = run->greeting_len;

    if (stress_client_reserve(c, run->greeting_replies + 2) < 0) {
        return 0;
    }
    for (unsigned i = 0; i < run->greeting_replies; i++) {
        *stress_slot(c, c->tail++) = (struct stress_slot){.act = STRESS_HELLO};
    }
    *stress_slot(c, c->tail++) = (struct stress_slot){.act = STRESS_PING};
    memcpy(w->output, run->greeting, n);
    if (c->role == STRESS_SUBSCRIBER) {
        *stress_slot(c, c->tail++) =
            (struct stress_slot){.act = STRESS_SUBSCRIBE};
        n += (size_t)sprintf(w->output + n, "*2\r\n$9\r\nSUBSCRIBE\r\n$%d\r\n",
                             STRESS_KEY_BYTES);
        stress_key_write(w->output + n, 'p', run->id, c->id % run->channels);
        n += STRESS_KEY_BYTES;
        n += (size_t)sprintf(w->output + n, "\r\n");
    }
    return n;
}
