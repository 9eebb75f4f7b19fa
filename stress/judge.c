/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/judge.c -- finds the request a reply belongs to and judges it.
 *
 * A right reply to the oldest open request is the rule, and all that a good
 * server ever sends. A reply that is not right there, but would be for a later
 * request of the batch, is taken for that one ("early"); the older request
 * stays open. If its own reply comes after all, the two have changed places:
 * reordered. If none comes until the time-out, it is missing. If the next reply
 * fits no open request, the first one has been answered with the value of
 * another: crossed. So one lie is counted once, under its own name.
 */
#include "stress/judge.h"

#include <string.h>

#include "stress/proof.h"
#include "stress/worker.h"

/* So many requests are looked at for one that a reply may belong to. */
#define LOOK_AHEAD 1024

/* After early replies, the request behind the last of them, if the reply is
 * right for it: then nothing has changed places, an older one is missing. */
static struct stress_slot *next_in_line(struct stress_client *c,
                                        const struct stress_run *run,
                                        const struct stress_reply *r,
                                        struct stress_proof *proof)
{
    struct stress_slot *s;

    if (c->n_early == 0 || c->after_early == c->tail) {
        return NULL;
    }
    s = stress_slot(c, c->after_early);
    return !s->answered && stress_examine(run, s, r, proof) == STRESS_RIGHT
               ? s
               : NULL;
}

/* Another open request that the reply would be right for, or NULL. */
static struct stress_slot *elsewhere(struct stress_client *c,
                                     const struct stress_run *run,
                                     const struct stress_reply *r,
                                     struct stress_proof *proof)
{
    for (uint32_t i = c->head + 1; i != c->tail; i++) {
        struct stress_slot *s = stress_slot(c, i);

        if (i - c->head > LOOK_AHEAD) {
            break;
        }
        if (!s->answered && stress_examine(run, s, r, proof) == STRESS_RIGHT) {
            return s;
        }
    }
    return NULL;
}

/* How long the server took: since the batch was sent, or since the reply before
 * it if that came later. So a request that waits in line behind others of its
 * connection is not counted as served slowly; response time counts the wait. */
static uint64_t service_time(struct stress_client *c,
                             const struct stress_slot *s, uint64_t now)
{
    if (s->sent_at != c->batch_sent) {
        c->batch_sent = s->sent_at;
        c->batch_from = s->sent_at > c->replied_at ? s->sent_at : c->replied_at;
    }
    c->replied_at = now;
    return now - c->batch_from;
}

static bool is_write(const struct stress_slot *s)
{
    return s->act == STRESS_SET || s->act == STRESS_HSET ||
           s->act == STRESS_ZADD || s->act == STRESS_INCR ||
           s->act == STRESS_PUSH || s->act == STRESS_POP ||
           s->act == STRESS_PUBLISH;
}

static void measure(struct stress_client *c, struct stress_worker *w,
                    const struct stress_slot *s, uint64_t now)
{
    struct stress_tally *t = &w->tally;
    uint64_t service;

    if (w->phase == STRESS_FILL || s->act >= STRESS_HELLO ||
        c->role != STRESS_LOAD) {
        return;
    }
    c->served++;
    c->total++;
    w->replied_at = now;
    service = service_time(c, s, now);
    stress_histogram_add(&t->service, service);
    stress_histogram_add(&t->op[s->op], service);
    stress_tally_add(t, is_write(s) ? STRESS_WRITES : STRESS_READS, 1);
    if (w->run->options.open) {
        service = now - s->intended_at;
        stress_histogram_add(&t->response, service);
    }
    if (s->sent_at < w->run->fault_at) {
        stress_histogram_add(&t->calm, service);
    }
}

/* The request has its answer; moves on past all that are answered. */
static void settle(struct stress_client *c, struct stress_slot *s)
{
    s->answered = true;
    if (s != stress_slot(c, c->head)) {
        uint32_t place = (uint32_t)(s - c->window);

        c->n_early++;
        c->after_early = c->head + ((place - c->head) & (c->room - 1)) + 1;
        return;
    }
    c->head++;
    while (c->head != c->tail && stress_slot(c, c->head)->answered) {
        c->head++;
        c->n_early--;
    }
}

/* The request was refused or never answered: it may or may not have taken
 * effect, now or later. */
static void forget(struct stress_run *run, const struct stress_slot *s)
{
    switch ((enum stress_act)s->act) {
    case STRESS_SET:
    case STRESS_HSET:
    case STRESS_ZADD:
        stress_ledger_void(&run->ledger[stress_family_index(s->family)],
                           s->key);
        break;
    case STRESS_INCR:
        stress_counter_unknown(&run->counters);
        break;
    case STRESS_PUSH:
        stress_items_unknown(&run->elements, s->writer, s->version);
        break;
    case STRESS_PUBLISH:
        stress_items_unknown(&run->messages, s->writer, s->version);
        break;
    case STRESS_POP:
        atomic_fetch_add(&run->elements.lost_pops, 1);
        break;
    default:
        break;
    }
}

static void refused(struct stress_client *c, struct stress_worker *w,
                    const struct stress_reply *r)
{
    struct stress_slot *s = stress_slot(c, c->head);

    stress_tally_add(&w->tally, STRESS_REPLY_ERRORS, 1);
    stress_tally_text(&w->tally, r->text, r->len, 1);
    forget(w->run, s);
    if (s->act != STRESS_SET && s->act != STRESS_HSET &&
        s->act != STRESS_ZADD) {
        return;
    }
    /* What was asked for behind it has counted on it. */
    for (uint32_t i = c->head + 1; i != c->tail; i++) {
        struct stress_slot *later = stress_slot(c, i);

        if (later->family == s->family && later->key == s->key &&
            !is_write(later)) {
            later->version = 0;
        }
    }
}

/* What a right reply has shown is known from now on. */
static void believe(struct stress_client *c, struct stress_worker *w,
                    const struct stress_slot *s,
                    const struct stress_proof *proof)
{
    struct stress_run *run = w->run;
    int ledger = stress_family_index(s->family);

    if (proof->nothing) {
        stress_tally_add(&w->tally, STRESS_NILS, w->phase != STRESS_FILL);
    } else if (s->act == STRESS_INCR || s->act == STRESS_COUNT) {
        stress_counter_saw(&run->counters, s->key, proof->version,
                           s->act == STRESS_INCR);
    } else if (s->act == STRESS_POP) {
        stress_listener_element(c, w, &proof->stamp, w->now);
    } else if (ledger >= 0 && s->act != STRESS_PLAIN &&
               s->act != STRESS_ZRANGE && s->act < STRESS_HELLO) {
        stress_ledger_prove(&run->ledger[ledger], s->key, proof->version);
    }
}

/* A reply that nobody waits for. An error that comes unasked is the server's
 * farewell ("max number of clients reached"). */
static int unasked(struct stress_worker *w, const struct stress_reply *r)
{
    if (r->type == '>') {
        return 1;
    }
    if (r->type == '-' || r->type == '!') {
        stress_tally_add(&w->tally, STRESS_REPLY_ERRORS, 1);
        stress_tally_text(&w->tally, r->text, r->len, 1);
    } else {
        stress_tally_fault(&w->tally, STRESS_UNEXPECTED, 1);
    }
    return 0;
}

/* A number that is too low is more likely a counter that has lost its count
 * than the number of another one. */
static bool looks_like_its_own(const struct stress_slot *s, enum stress_fault f)
{
    return f == STRESS_STALE &&
           (s->act == STRESS_INCR || s->act == STRESS_COUNT);
}

static bool is_subscription(const struct stress_client *c)
{
    return stress_slot(c, c->head)->act == STRESS_SUBSCRIBE;
}

/* One fault is counted once: an element that came torn is gone, and a counter
 * whose reply was wrong will not add up. */
static void forget_if_gone(struct stress_run *run, const struct stress_slot *s,
                           enum stress_fault f)
{
    if (f == STRESS_UNEXPECTED || s->act == STRESS_POP ||
        s->act == STRESS_INCR) {
        forget(run, s);
    }
}

int stress_judge(struct stress_client *c, struct stress_worker *w,
                 const struct stress_reply *r, uint64_t now)
{
    struct stress_proof proof, other_proof;
    struct stress_slot *s, *other;
    enum stress_fault f;

    if (c->head == c->tail || (r->type == '>' && !is_subscription(c))) {
        return unasked(w, r);
    }
    s = stress_slot(c, c->head);
    if (r->type == '-' || r->type == '!') {
        int fatal = s->act >= STRESS_HELLO;

        refused(c, w, r);
        measure(c, w, s, now);
        settle(c, s);
        return !fatal;
    }
    other = next_in_line(c, w->run, r, &proof);
    s = other != NULL ? other : s;
    f = other != NULL ? STRESS_RIGHT : stress_examine(w->run, s, r, &proof);
    if (other != NULL) {
        /* As it should be, but for the one that is missing. */
    } else if (f != STRESS_RIGHT) {
        other = looks_like_its_own(s, f)
                    ? NULL
                    : elsewhere(c, w->run, r, &other_proof);
        if (other != NULL) {
            s = other;
            proof = other_proof;
            f = STRESS_RIGHT;
        }
    } else if (c->n_early > 0) {
        stress_tally_fault(&w->tally, STRESS_REORDERED, 1);
    }
    if (f != STRESS_RIGHT) {
        stress_tally_fault(&w->tally, f, 1);
        forget_if_gone(w->run, s, f);
    } else {
        believe(c, w, s, &proof);
    }
    measure(c, w, s, now);
    settle(c, s);
    return 1;
}

unsigned stress_judge_abandon(struct stress_client *c, struct stress_worker *w)
{
    unsigned n = 0;

    for (uint32_t i = c->head; i != c->tail; i++) {
        const struct stress_slot *s = stress_slot(c, i);

        if (!s->answered) {
            n += s->act < STRESS_HELLO;
            forget(w->run, s);
        }
    }
    c->head = c->tail;
    c->n_early = 0;
    return n;
}
