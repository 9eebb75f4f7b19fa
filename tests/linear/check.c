/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/check.c -- the search for an order that explains a history.
 *
 * Purpose:   depth first over the operations that may come next: those called
 *            before any operation that is not yet in the order has returned. What
 *            has been tried is remembered as a hash of (set of operations in the
 *            order, state), since another order of the same set that leads to the
 *            same state has the same future. What fits and changes nothing for
 *            others (a read, an EXEC that was refused) is taken at once and for
 *            good: later it could only fit less. Two different ones with one hash
 *            could only raise a false alarm, never hide a fault.
 */
#include "history.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORDS = OPS_MAX / 64,
    TRIES_MAX = 16000000
};

/* A call or a return in the order of time; while its operation is in the order
 * that is being tried, it is out of the list, but still knows its neighbours. */
struct event {
    const struct op *op;
    size_t number;
    struct event *match; /* of a call: its return; of a return: NULL */
    struct event *prev, *next;
    int64_t when;
};

struct frame {
    struct event *call;
    struct state before;
    bool for_good;
};

struct seen {
    uint64_t *slots; /* 0: free */
    size_t size, used;
};

struct search {
    struct event head;
    struct event *events;
    struct frame *frames;
    size_t depth, count, reached, tries;
    uint64_t placed[WORDS];
    struct state state;
    struct seen seen;
};

/* ---- what was tried ---- */

static uint64_t mix(uint64_t h, uint64_t word)
{
    h ^= word;
    h *= UINT64_C(0x9fb21c651e98df25);
    return h ^ (h >> 29);
}

static uint64_t hash_bytes(uint64_t h, const void *data, size_t size)
{
    const unsigned char *p = data;
    uint64_t word;

    for (; size >= sizeof(word); size -= sizeof(word), p += sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        h = mix(h, word);
    }
    for (; size > 0; size--) {
        h = mix(h, *p++);
    }
    return h;
}

static void *need(void *p)
{
    if (p == NULL) {
        perror("linear");
        abort();
    }
    return p;
}

static void seen_grow(struct seen *seen)
{
    struct seen bigger = {.size = seen->size ? 2 * seen->size : 4096};

    bigger.slots = need(calloc(bigger.size, sizeof(*bigger.slots)));
    for (size_t i = 0; i < seen->size; i++) {
        uint64_t h = seen->slots[i];
        size_t at = h & (bigger.size - 1);

        while (h != 0 && bigger.slots[at] != 0) {
            at = (at + 1) & (bigger.size - 1);
        }
        if (h != 0) {
            bigger.slots[at] = h;
        }
    }
    bigger.used = seen->used;
    free(seen->slots);
    *seen = bigger;
}

/* True when it was not there yet. */
static bool seen_add(struct seen *seen, uint64_t h)
{
    size_t at;

    if (2 * (seen->used + 1) > seen->size) {
        seen_grow(seen);
    }
    h += h == 0;
    at = h & (seen->size - 1);
    while (seen->slots[at] != 0) {
        if (seen->slots[at] == h) {
            return false;
        }
        at = (at + 1) & (seen->size - 1);
    }
    seen->slots[at] = h;
    seen->used++;
    return true;
}

/* ---- the list of events ---- */

/* Calls before returns at the same moment: they may have overlapped. */
static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->when != y->when) {
        return x->when < y->when ? -1 : 1;
    }
    return (x->match == NULL) - (y->match == NULL);
}

static void link_events(struct search *s, const struct op *ops)
{
    struct event *returns[OPS_MAX], *last = &s->head;

    for (size_t i = 0; i < s->count; i++) {
        /* Until they are sorted, match only tells calls from returns. */
        s->events[2 * i] = (struct event){
            .op = &ops[i], .number = i, .match = &s->head, .when = ops[i].call};
        s->events[2 * i + 1] =
            (struct event){.op = &ops[i], .number = i, .when = ops[i].ret};
    }
    qsort(s->events, 2 * s->count, sizeof(*s->events), by_time);
    for (size_t i = 0; i < 2 * s->count; i++) {
        struct event *e = &s->events[i];

        if (e->match == NULL) {
            returns[e->number] = e;
        }
        e->prev = last;
        last->next = e;
        last = e;
    }
    last->next = NULL;
    for (size_t i = 0; i < 2 * s->count; i++) {
        struct event *e = &s->events[i];

        e->match = e->match ? returns[e->number] : NULL;
    }
}

static void unlink_event(struct event *e)
{
    e->prev->next = e->next;
    if (e->next) {
        e->next->prev = e->prev;
    }
}

static void relink_event(struct event *e)
{
    e->prev->next = e;
    if (e->next) {
        e->next->prev = e;
    }
}

/* ---- the search ---- */

static void flip(struct search *s, size_t number)
{
    s->placed[number / 64] ^= UINT64_C(1) << number % 64;
}

/* Does its answer say that it changed nothing, wherever it is placed? What leaves
 * the state alone just here is not enough: SET and DEL in one EXEC do so where the
 * key is absent. */
static bool is_read(const struct op *op)
{
    for (int i = 0; i < op->count && !op->aborted; i++) {
        const struct step *s = &op->steps[i];
        bool read = s->kind == OP_GET || s->kind == OP_MGET ||
                    s->kind == OP_LLEN || (s->kind == OP_DEL && !s->value);
        bool in_vain = s->kind == OP_LPOP || s->kind == OP_BLPOP;

        if (!read && !(in_vain && s->value == NIL)) {
            return false;
        }
    }
    return true;
}

/* Puts the operation next in the order if it fits. */
static bool place(struct search *s, struct event *call, bool for_good)
{
    struct frame *frame = &s->frames[s->depth];

    s->tries++;
    frame->before = s->state;
    if (!model_apply(&s->state, call->op)) {
        s->state = frame->before;
        return false;
    }
    flip(s, call->number);
    frame->call = call;
    frame->for_good = for_good;
    s->depth++;
    unlink_event(call->match);
    unlink_event(call);
    return true;
}

/* Places whatever may come now and changes nothing for others. */
static void settle(struct search *s)
{
    struct event *e = s->head.next;

    while (e != NULL && e->match != NULL) {
        e = is_read(e->op) && place(s, e, true) ? s->head.next : e->next;
    }
    s->reached = s->depth > s->reached ? s->depth : s->reached;
}

/* Takes the last operation with an alternative out of the order again; the next
 * one to try, NULL when there is none. */
static struct event *take_back(struct search *s)
{
    while (s->depth > 0) {
        struct frame *frame = &s->frames[--s->depth];

        relink_event(frame->call);
        relink_event(frame->call->match);
        flip(s, frame->call->number);
        s->state = frame->before;
        if (!frame->for_good) {
            return frame->call->next;
        }
    }
    return NULL;
}

static bool is_new(struct search *s)
{
    uint64_t h = hash_bytes(1, s->placed, sizeof(s->placed));

    return seen_add(&s->seen, hash_bytes(h, &s->state, sizeof(s->state)));
}

static enum verdict search(struct search *s)
{
    struct event *e;

    settle(s);
    e = s->head.next;
    while (s->head.next != NULL) {
        if (s->tries > TRIES_MAX) {
            return UNDECIDED;
        }
        if (e == NULL || e->match == NULL) {
            if (s->depth == 0) {
                return NOT_LINEAR;
            }
            e = take_back(s);
        } else if (place(s, e, false)) {
            settle(s);
            e = is_new(s) ? s->head.next : take_back(s);
        } else {
            e = e->next;
        }
    }
    return LINEAR;
}

enum verdict history_check(const struct op *ops, size_t count, size_t *reached)
{
    struct search *s;
    enum verdict verdict;

    if (count == 0 || count > OPS_MAX) {
        return count == 0 ? LINEAR : UNDECIDED;
    }
    s = need(calloc(1, sizeof(*s)));
    s->count = count;
    s->events = need(calloc(2 * count, sizeof(*s->events)));
    s->frames = need(calloc(count + 1, sizeof(*s->frames)));
    link_events(s, ops);
    model_init(&s->state);
    verdict = search(s);
    if (reached) {
        *reached = s->reached;
    }
    free(s->events);
    free(s->frames);
    free(s->seen.slots);
    free(s);
    return verdict;
}

size_t history_overlaps(const struct op *ops, size_t count)
{
    size_t overlaps = 0;

    for (size_t i = 0; i < count; i++) {
        bool found = false;

        for (size_t j = 0; j < count && !found; j++) {
            found = ops[i].client != ops[j].client &&
                    ops[i].call < ops[j].ret && ops[j].call < ops[i].ret;
        }
        overlaps += found;
    }
    return overlaps;
}
