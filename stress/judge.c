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

#include "stress/worker.h"

/* So many requests are looked at for one that a reply may belong to. */
#define LOOK_AHEAD 1024

static bool is_status(const struct stress_reply *r, const char *text)
{
    return r->type == '+' && r->len == strlen(text) &&
           memcmp(r->text, text, r->len) == 0;
}

static enum stress_fault check_get(const struct stress_ledger *l,
                                   const struct stress_slot *s,
                                   const struct stress_reply *r,
                                   uint32_t *version)
{
    if (r->type == '_') {
        return s->version > 0 ? STRESS_LOST : STRESS_RIGHT;
    }
    if (r->type != '$') {
        return STRESS_UNEXPECTED;
    }
    return stress_value_check(l, r->text, r->len, s->key, s->version, version);
}

/* What is wrong if this reply is the answer to that request. */
static enum stress_fault check(const struct stress_ledger *l,
                               const struct stress_slot *s,
                               const struct stress_reply *r, uint32_t *version)
{
    bool right = true;

    *version = 0;
    switch ((enum stress_request)s->request) {
    case STRESS_GET:
        return check_get(l, s, r, version);
    case STRESS_SET:
        *version = s->version;
        right = is_status(r, "OK");
        break;
    case STRESS_HELLO:
        right = is_status(r, "OK") || r->type == '%';
        break;
    case STRESS_PING:
        right = is_status(r, "PONG");
        break;
    }
    return right ? STRESS_RIGHT : STRESS_UNEXPECTED;
}

/* Another open request that the reply would be right for, or NULL. */
static struct stress_slot *elsewhere(struct stress_client *c,
                                     const struct stress_ledger *l,
                                     const struct stress_reply *r,
                                     uint32_t *version)
{
    for (uint32_t i = c->head + 1; i != c->tail; i++) {
        struct stress_slot *s = stress_slot(c, i);

        if (i - c->head > LOOK_AHEAD) {
            break;
        }
        if (!s->answered && check(l, s, r, version) == STRESS_RIGHT) {
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

static void measure(struct stress_client *c, struct stress_worker *w,
                    const struct stress_slot *s, uint64_t now)
{
    struct stress_tally *t = &w->tally;
    uint64_t service;

    if (w->phase == STRESS_FILL || s->request > STRESS_SET) {
        return;
    }
    c->served++;
    service = service_time(c, s, now);
    stress_histogram_add(&t->service, service);
    if (w->run->options.open) {
        stress_histogram_add(&t->response, now - s->intended_at);
    }
    if (s->request == STRESS_SET) {
        stress_tally_add(t, STRESS_SETS, 1);
        stress_histogram_add(&t->set, service);
        return;
    }
    stress_tally_add(t, STRESS_GETS, 1);
    stress_histogram_add(&t->get, service);
}

/* The request has its answer; moves on past all that are answered. */
static void settle(struct stress_client *c, struct stress_slot *s)
{
    s->answered = true;
    if (s != stress_slot(c, c->head)) {
        c->n_early++;
        return;
    }
    c->head++;
    while (c->head != c->tail && stress_slot(c, c->head)->answered) {
        c->head++;
        c->n_early--;
    }
}

/* An error reply says nothing of the state of a key: a SET may or may not have
 * taken effect. */
static void refused(struct stress_client *c, struct stress_worker *w,
                    const struct stress_reply *r)
{
    struct stress_slot *s = stress_slot(c, c->head);

    stress_tally_add(&w->tally, STRESS_REPLY_ERRORS, 1);
    stress_tally_text(&w->tally, r->text, r->len, 1);
    if (s->request != STRESS_SET) {
        return;
    }
    stress_ledger_void(&w->run->ledger, s->key);
    for (uint32_t i = c->head + 1; i != c->tail; i++) {
        struct stress_slot *later = stress_slot(c, i);

        if (later->request == STRESS_GET && later->key == s->key) {
            later->version = 0;
        }
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

int stress_judge(struct stress_client *c, struct stress_worker *w,
                 const struct stress_reply *r, uint64_t now)
{
    struct stress_ledger *l = &w->run->ledger;
    struct stress_slot *s, *other;
    enum stress_fault f;
    uint32_t version, other_version;

    if (c->head == c->tail || r->type == '>') {
        return unasked(w, r);
    }
    s = stress_slot(c, c->head);
    if (r->type == '-' || r->type == '!') {
        int fatal = s->request > STRESS_SET;

        refused(c, w, r);
        measure(c, w, s, now);
        settle(c, s);
        return !fatal;
    }
    f = check(l, s, r, &version);
    if (f != STRESS_RIGHT) {
        other = elsewhere(c, l, r, &other_version);
        if (other != NULL) {
            s = other;
            version = other_version;
            f = STRESS_RIGHT;
        }
    } else if (c->n_early > 0) {
        stress_tally_fault(&w->tally, STRESS_REORDERED, 1);
    }
    if (f != STRESS_RIGHT) {
        stress_tally_fault(&w->tally, f, 1);
    } else if (s->request <= STRESS_SET) {
        stress_ledger_prove(l, s->key, version);
        if (r->type == '_' && w->phase != STRESS_FILL) {
            stress_tally_add(&w->tally, STRESS_NILS, 1);
        }
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

        if (s->answered) {
            continue;
        }
        n += s->request <= STRESS_SET;
        if (s->request == STRESS_SET) {
            stress_ledger_void(&w->run->ledger, s->key);
        }
    }
    c->head = c->tail;
    c->n_early = 0;
    return n;
}
