/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/listener.c -- what a connection has been delivered, and in what order.
 *
 * A message whose number is not the next one leaves a gap behind. If what is
 * missing comes later, the two have changed places; if it does not come, it
 * never did.
 */
#include "stress/listener.h"

#include <stdlib.h>
#include <string.h>

#include "stress/client.h"
#include "stress/worker.h"

static struct stress_listener *listener(struct stress_client *c,
                                        struct stress_worker *w)
{
    if (c->listener == NULL) {
        size_t n = w->run->n_load;

        c->listener = calloc(1, sizeof(*c->listener) + n * sizeof(uint32_t));
    }
    return c->listener;
}

static void note_delivery(struct stress_worker *w,
                          const struct stress_stamp *stamp, uint64_t now)
{
    stress_tally_add(&w->tally, STRESS_DELIVERED, 1);
    stress_histogram_add(&w->tally.delivery,
                         now > stamp->time ? now - stamp->time : 0);
}

void stress_listener_element(struct stress_client *c, struct stress_worker *w,
                             const struct stress_stamp *stamp, uint64_t now)
{
    struct stress_listener *l = listener(c, w);

    note_delivery(w, stamp, now);
    if (!stress_items_deliver(&w->run->elements, stamp->writer,
                              stamp->version)) {
        stress_tally_fault(&w->tally, STRESS_TWICE, 1);
    } else if (l != NULL && w->run->workload.fifo) {
        if (stamp->version < l->last[stamp->writer]) {
            stress_tally_fault(&w->tally, STRESS_REORDERED, 1);
        }
        l->last[stamp->writer] = stamp->version;
    }
}

/* ---- messages ---- */

static bool unknown(const struct stress_worker *w, uint32_t writer,
                    uint32_t number)
{
    return stress_items_is_unknown(&w->run->messages, writer, number);
}

static void gap(struct stress_listener *l, struct stress_worker *w,
                uint32_t writer, uint32_t number)
{
    if (l->n_gaps == STRESS_GAPS) {
        stress_tally_fault(&w->tally, STRESS_NEVER, 1);
        return;
    }
    l->gap[l->n_gaps++] = (struct stress_gap){writer, number};
}

/* An old number: of one that was overtaken, or one that came before. */
static enum stress_fault old(struct stress_listener *l, uint32_t writer,
                             uint32_t number)
{
    for (unsigned i = 0; i < l->n_gaps; i++) {
        if (l->gap[i].writer == writer && l->gap[i].number == number) {
            l->gap[i] = l->gap[--l->n_gaps];
            return STRESS_REORDERED;
        }
    }
    return STRESS_TWICE;
}

static enum stress_fault in_turn(struct stress_listener *l,
                                 struct stress_worker *w,
                                 const struct stress_stamp *stamp)
{
    uint32_t *last = &l->last[stamp->writer];

    if (*last == UINT32_MAX) {
        *last = stamp->version;
        return STRESS_RIGHT;
    }
    if (stamp->version <= *last) {
        return old(l, stamp->writer, stamp->version);
    }
    while (++*last < stamp->version) {
        gap(l, w, stamp->writer, *last);
    }
    return STRESS_RIGHT;
}

static enum stress_fault message(struct stress_client *c,
                                 struct stress_worker *w,
                                 const struct stress_reply *r, uint64_t now)
{
    struct stress_stamp stamp = {.family = 'p'};
    struct stress_listener *l = listener(c, w);
    struct stress_reply leaf;
    const char *at = NULL;

    if (!stress_leaf(r, &at, &leaf) || leaf.len != strlen("message") ||
        memcmp(leaf.text, "message", leaf.len) != 0 ||
        !stress_leaf(r, &at, &leaf) || !stress_leaf(r, &at, &leaf)) {
        return STRESS_UNEXPECTED;
    }
    if (!stress_value_read(leaf.text, leaf.len, w->run->id, &w->run->sizes,
                           true, &stamp)) {
        return STRESS_TORN;
    }
    if (stamp.key != c->id % w->run->channels) {
        return STRESS_CROSSED;
    }
    if (!stress_items_was_sent(&w->run->messages, stamp.writer,
                               stamp.version)) {
        return STRESS_UNEXPECTED;
    }
    note_delivery(w, &stamp, now);
    return l != NULL ? in_turn(l, w, &stamp) : STRESS_RIGHT;
}

void stress_listener_message(struct stress_client *c, struct stress_worker *w,
                             const struct stress_reply *r, uint64_t now)
{
    enum stress_fault f = r->type == '*' || r->type == '>'
                              ? message(c, w, r, now)
                              : STRESS_UNEXPECTED;

    if (f != STRESS_RIGHT) {
        stress_tally_fault(&w->tally, f, 1);
    }
}

static void end_gaps(struct stress_listener *l, struct stress_worker *w)
{
    for (unsigned i = 0; i < l->n_gaps; i++) {
        if (!unknown(w, l->gap[i].writer, l->gap[i].number)) {
            stress_tally_fault(&w->tally, STRESS_NEVER, 1);
        }
    }
    l->n_gaps = 0;
}

void stress_listener_reset(struct stress_client *c, struct stress_worker *w)
{
    struct stress_listener *l = c->listener;

    if (l == NULL || c->role != STRESS_SUBSCRIBER) {
        return;
    }
    end_gaps(l, w);
    memset(l->last, 0xff, w->run->n_load * sizeof(*l->last));
}

/* Of one writer: how many of its last messages are still to come. */
static uint32_t missing(const struct stress_worker *w, uint32_t writer,
                        uint32_t last)
{
    uint32_t sent = atomic_load(&w->run->messages.writer[writer].sent), n = 0;

    while (last != UINT32_MAX && last < sent) {
        n += !unknown(w, writer, ++last);
    }
    return n;
}

bool stress_listener_complete(struct stress_client *c, struct stress_worker *w,
                              bool end)
{
    struct stress_listener *l = listener(c, w);
    uint64_t n = 0;

    for (uint32_t i = 0; l != NULL && i < w->run->n_load; i++) {
        if (i % w->run->channels == c->id % w->run->channels) {
            n += missing(w, i, l->last[i]);
        }
    }
    if (l != NULL && (end || n == 0)) {
        stress_tally_fault(&w->tally, STRESS_NEVER, n);
        end_gaps(l, w);
    }
    return n == 0;
}
