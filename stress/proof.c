/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/proof.c -- what is wrong if this reply is the answer to that request.
 */
#include "stress/proof.h"

#include <string.h>

#include "stress/run.h"

static bool is_status(const struct stress_reply *r, const char *text)
{
    return r->type == '+' && r->len == strlen(text) &&
           memcmp(r->text, text, r->len) == 0;
}

/* A whole number in a leaf of any type: also "12" of a sorted set. */
static bool whole(const struct stress_reply *r, uint32_t *out)
{
    uint64_t v = 0;

    if (r->type == '_' || r->len == 0 || r->len > 10) {
        return false;
    }
    for (size_t i = 0; i < r->len; i++) {
        if (r->text[i] < '0' || r->text[i] > '9') {
            return false;
        }
        v = v * 10 + (uint64_t)(r->text[i] - '0');
    }
    *out = (uint32_t)v;
    return v <= UINT32_MAX;
}

static const struct stress_ledger *ledger_of(const struct stress_run *run,
                                             const struct stress_slot *s)
{
    return &run->ledger[stress_family_index(s->family)];
}

/* ---- keys with versions ---- */

static enum stress_fault nothing(const struct stress_run *run,
                                 const struct stress_slot *s,
                                 struct stress_proof *p)
{
    const struct stress_workload *w = &run->workload;

    p->nothing = true;
    if (s->version == 0 ||
        (s->family == 's' && w->expires &&
         (w->ttl == 0 ||
          stress_ledger_expired(&run->ledger[0], s->key, w->ttl)))) {
        return STRESS_RIGHT;
    }
    return STRESS_LOST;
}

/* A sound value of the key, or of a field of it; of whatever version. */
static enum stress_fault value(const struct stress_run *run,
                               const struct stress_slot *s,
                               const struct stress_reply *r, uint8_t part,
                               struct stress_proof *p)
{
    p->stamp = (struct stress_stamp){.family = s->family, .part = part};
    if (r->type != '$') {
        return STRESS_UNEXPECTED;
    }
    if (!stress_value_read(r->text, r->len, run->id, &run->sizes, false,
                           &p->stamp) ||
        p->stamp.writer != p->stamp.key % run->n_load) {
        return STRESS_TORN;
    }
    p->version = p->stamp.version;
    return p->stamp.key == s->key ? STRESS_RIGHT : STRESS_CROSSED;
}

/* Is the version one that it may hold now? */
static enum stress_fault version(const struct stress_run *run,
                                 const struct stress_slot *s,
                                 enum stress_fault f,
                                 const struct stress_proof *p)
{
    return f != STRESS_RIGHT ? f
                             : stress_ledger_check(ledger_of(run, s), s->key,
                                                   s->version, p->version);
}

static int field_of(const struct stress_workload *w,
                    const struct stress_reply *name)
{
    for (unsigned i = 0; i < w->n_fields; i++) {
        if (strlen(w->fields[i]) == name->len &&
            memcmp(w->fields[i], name->text, name->len) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* All fields are there, and of one version: an HSET is seen whole or not. */
static enum stress_fault fields(const struct stress_run *run,
                                const struct stress_slot *s,
                                const struct stress_reply *r,
                                struct stress_proof *p)
{
    struct stress_reply name, leaf;
    const char *at = NULL;
    uint32_t first = 0;
    unsigned n = 0;

    if (r->type != '*' && r->type != '%') {
        return STRESS_UNEXPECTED;
    }
    while (stress_leaf(r, &at, &name)) {
        enum stress_fault f;
        int part = field_of(&run->workload, &name);

        if (part < 0 || !stress_leaf(r, &at, &leaf)) {
            return STRESS_TORN;
        }
        f = value(run, s, &leaf, (uint8_t)part, p);
        if (f != STRESS_RIGHT) {
            return f;
        }
        first = n++ == 0 ? p->version : first;
        if (p->version != first) {
            return STRESS_TORN;
        }
    }
    return n == run->workload.n_fields ? STRESS_RIGHT : STRESS_TORN;
}

static enum stress_fault score(const struct stress_run *run,
                               const struct stress_slot *s,
                               const struct stress_reply *r,
                               struct stress_proof *p)
{
    if (!whole(r, &p->version) || (r->type != '$' && r->type != ',')) {
        return STRESS_UNEXPECTED;
    }
    return stress_ledger_check(ledger_of(run, s), s->key, s->version,
                               p->version);
}

/* Members of this board, in the order of their scores. */
static enum stress_fault range(const struct stress_run *run,
                               const struct stress_slot *s,
                               const struct stress_reply *r)
{
    const struct stress_ledger *l = ledger_of(run, s);
    struct stress_reply member, leaf;
    const char *at = NULL;
    uint32_t last = 0, score_is, key;

    if (r->type != '*') {
        return STRESS_UNEXPECTED;
    }
    while (stress_leaf(r, &at, &member)) {
        if (member.type != '$' ||
            !stress_member_read(member.text, member.len, &key) ||
            !stress_leaf(r, &at, &leaf) || !whole(&leaf, &score_is)) {
            return STRESS_TORN;
        }
        if (key / STRESS_BOARD != s->key / STRESS_BOARD || key >= l->keys) {
            return STRESS_CROSSED;
        }
        if (score_is < last) {
            return STRESS_REORDERED;
        }
        if (stress_ledger_check(l, key, 1, score_is) != STRESS_RIGHT) {
            return STRESS_UNEXPECTED;
        }
        last = score_is;
    }
    return STRESS_RIGHT;
}

/* ---- counters, elements, messages ---- */

static enum stress_fault counter(const struct stress_run *run,
                                 const struct stress_slot *s,
                                 const struct stress_reply *r,
                                 struct stress_proof *p)
{
    bool increment = s->act == STRESS_INCR;

    if (!increment && r->type == '_') {
        p->nothing = true;
        return s->version > 0 ? STRESS_LOST : STRESS_RIGHT;
    }
    if (r->type != (increment ? ':' : '$') || !whole(r, &p->version)) {
        return STRESS_UNEXPECTED;
    }
    if (p->version < s->version + (increment ? 1 : 0)) {
        return STRESS_STALE;
    }
    return p->version <= stress_counter_sent(&run->counters, s->key)
               ? STRESS_RIGHT
               : STRESS_UNEXPECTED;
}

/* An element of a list: nil when there is none; from a blocking command behind
 * the name of its list. */
static enum stress_fault element(const struct stress_run *run,
                                 const struct stress_slot *s,
                                 const struct stress_reply *r,
                                 struct stress_proof *p)
{
    struct stress_reply leaf = *r;
    const char *at = NULL;

    if (r->type == '_') {
        p->nothing = true;
        return STRESS_RIGHT;
    }
    if (r->type == '*' &&
        (!stress_leaf(r, &at, &leaf) || !stress_leaf(r, &at, &leaf))) {
        return STRESS_UNEXPECTED;
    }
    p->stamp = (struct stress_stamp){.family = 'l'};
    if (leaf.type != '$') {
        return STRESS_UNEXPECTED;
    }
    if (!stress_value_read(leaf.text, leaf.len, run->id, &run->sizes, true,
                           &p->stamp)) {
        return STRESS_TORN;
    }
    p->version = p->stamp.version;
    if (p->stamp.key != s->key) {
        return STRESS_CROSSED;
    }
    return stress_items_was_sent(&run->elements, p->stamp.writer, p->version)
               ? STRESS_RIGHT
               : STRESS_UNEXPECTED;
}

/* ---- all of them ---- */

static bool plain(const struct stress_run *run, const struct stress_slot *s,
                  const struct stress_reply *r)
{
    switch (s->act) {
    case STRESS_SET:
        return is_status(r, "OK");
    case STRESS_HSET:
    case STRESS_ZADD:
        return r->type == ':' && r->integer >= 0;
    case STRESS_PUSH:
        return r->type == ':' && r->integer > 0;
    case STRESS_PUBLISH:
        return r->type == ':' && r->integer >= 0 &&
               r->integer <= run->n_subscribers;
    case STRESS_HELLO:
        return is_status(r, "OK") || r->type == '%';
    case STRESS_PING:
        return is_status(r, "PONG");
    case STRESS_SUBSCRIBE:
        return r->type == '*' || r->type == '>';
    default:
        return true;
    }
}

enum stress_fault stress_examine(const struct stress_run *run,
                                 const struct stress_slot *s,
                                 const struct stress_reply *r,
                                 struct stress_proof *proof)
{
    *proof = (struct stress_proof){.version = s->version};
    switch (s->act) {
    case STRESS_GET:
    case STRESS_HGET:
        return r->type == '_'
                   ? nothing(run, s, proof)
                   : version(run, s, value(run, s, r, s->part, proof), proof);
    case STRESS_HGETALL:
        if (r->type == '_' ||
            ((r->type == '*' || r->type == '%') && r->integer == 0)) {
            return nothing(run, s, proof);
        }
        return version(run, s, fields(run, s, r, proof), proof);
    case STRESS_ZSCORE:
        return r->type == '_' ? nothing(run, s, proof)
                              : score(run, s, r, proof);
    case STRESS_ZRANGE:
        return range(run, s, r);
    case STRESS_INCR:
    case STRESS_COUNT:
        return counter(run, s, r, proof);
    case STRESS_POP:
        return element(run, s, r, proof);
    default:
        return plain(run, s, r) ? STRESS_RIGHT : STRESS_UNEXPECTED;
    }
}
