/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/dict_walk.c -- elements one after another, by a cursor, and by chance.
 */
#include "type/dict_room.h"

#include <errno.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/cursor.h"

/* ---- All of them ---- */

struct dict_node *dict_next(const struct dict *d, struct dict_iter *it)
{
    struct dict_node *n = it->next;

    while (!n && it->bucket < d->n_buckets) {
        n = *dict_bucket(d, it->bucket++);
    }
    it->next = n ? n->next : NULL;
    return n;
}

/* A cursor is the first of the hashes that are still to be visited, in the order
 * of the hashes read backwards. In that order a bucket is a range, and splitting
 * or merging buckets splits or merges ranges that stand side by side. */
uint64_t dict_scan(const struct dict *d, uint64_t cursor, size_t count,
                   dict_scan_fn *fn, void *arg)
{
    size_t seen = 0, buckets = 0,
           limit = count < SIZE_MAX / 16 ? count * 10 : SIZE_MAX;

    if (d->n_buckets == 0) {
        return 0;
    }
    do {
        size_t i = (size_t)cursor & (d->half - 1);
        uint64_t mask = d->half - 1;

        if (i < d->n_buckets - d->half) { /* it was split */
            mask = 2 * d->half - 1;
            i = (size_t)(cursor & mask);
        }
        for (struct dict_node *n = *dict_bucket(d, i); n; n = n->next) {
            fn(arg, n);
            seen++;
        }
        cursor = bt_cursor_next(cursor, mask);
        buckets++;
    } while (cursor != 0 && seen < count && buckets < limit);
    return cursor;
}

/* ---- One by chance ---- */

/* A bucket by chance, and in it a place by chance of four: an element there is
 * taken. So each has the same chance, unless its chain is longer. */
static struct dict_node *try_fairly(const struct dict *d, uint64_t *random)
{
    struct dict_node *first =
        *dict_bucket(d, dict_random_below(random, d->n_buckets));
    size_t n = 0, at;

    for (struct dict_node *node = first; node; node = node->next) {
        n++;
    }
    if (n == 0) {
        return NULL;
    }
    at = dict_random_below(random, n < 4 ? 4 : n);
    for (; first && at > 0; at--) {
        first = first->next;
    }
    return first;
}

struct dict_node *dict_random(const struct dict *d, uint64_t *random)
{
    struct dict_node *n = NULL;
    struct dict_iter it = {0};

    if (d->count == 0) {
        return NULL;
    }
    for (unsigned i = 0; !n && i < 256; i++) {
        n = try_fairly(d, random);
    }
    if (!n) { /* hardly ever: from some place on, the next one there is */
        it.bucket = dict_random_below(random, d->n_buckets);
        n = dict_next(d, &it);
    }
    if (!n) {
        it = (struct dict_iter){0};
        n = dict_next(d, &it);
    }
    return n;
}

/* ---- Some of them ---- */

#define WALK_BELOW 512 /* looking at so many costs little */

int dict_sample_init(struct dict_sample *s, size_t n, size_t of,
                     uint64_t *random)
{
    size_t slots = 16;

    bt_assert(n <= of);
    *s = (struct dict_sample){.n = n, .of = of, .random = random};
    if (of < WALK_BELOW || n > of / 3) {
        return 0;
    }
    while (slots < 2 * n) {
        slots *= 2;
    }
    s->mask = slots - 1;
    s->drawn = calloc(slots, sizeof *s->drawn);
    return s->drawn ? 0 : -ENOMEM;
}

void dict_sample_fini(struct dict_sample *s)
{
    free(s->drawn);
    s->drawn = NULL;
}

/* False: it was drawn before. */
static bool draw(struct dict_sample *s, const struct dict_node *n)
{
    size_t i = (size_t)((uint64_t)n->hash * UINT64_C(0x9e3779b97f4a7c15) >> 32);

    for (i &= s->mask; s->drawn[i]; i = (i + 1) & s->mask) {
        if (s->drawn[i] == n) {
            return false;
        }
    }
    s->drawn[i] = n;
    return true;
}

void dict_sample_each(const struct dict *d, struct dict_sample *s,
                      dict_scan_fn *fn, void *arg)
{
    struct dict_iter it = {0};
    struct dict_node *n;

    bt_assert(s->of == d->count);
    while (s->n > 0) {
        n = s->drawn ? dict_random(d, s->random) : dict_next(d, &it);
        if (s->drawn ? draw(s, n) : dict_sample_take(s)) {
            s->n -= s->drawn != NULL;
            fn(arg, n);
        }
    }
}
