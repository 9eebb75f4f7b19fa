/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which of two comes first. Only those that are sorted by the values of BY may
 * be equal though they differ: then they stay in the order in which they came.
 */
#include "command/sort.h"

#include <stdlib.h>
#include <string.h>

static int compare_texts(struct bt_slice a, struct bt_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int r = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return r != 0 ? r : a.n < b.n ? -1 : a.n > b.n;
}

/* By the values of BY: those without one come first. */
static int compare_by(struct bt_slice a, struct bt_slice b)
{
    if (!a.p || !b.p) {
        return (a.p != NULL) - (b.p != NULL);
    }
    return compare_texts(a, b);
}

static int in_order(const struct sort_item *a, const struct sort_item *b)
{
    return a->order < b->order ? -1 : 1;
}

static int by_score(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;

    if (a->score != b->score) {
        return a->score < b->score ? -1 : 1;
    }
    return compare_texts(a->element, b->element);
}

static int by_text(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;

    return compare_texts(a->element, b->element);
}

static int by_value(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;
    int r = compare_by(a->by, b->by);

    return r != 0 ? r : in_order(a, b);
}

static int by_value_desc(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;
    int r = compare_by(b->by, a->by);

    return r != 0 ? r : in_order(a, b);
}

static int by_score_desc(const void *x, const void *y)
{
    return by_score(y, x);
}

static int by_text_desc(const void *x, const void *y)
{
    return by_text(y, x);
}

void sort_in_order(struct sort *s)
{
    int (*compare)(const void *, const void *);

    if (!s->alpha) {
        compare = s->desc ? by_score_desc : by_score;
    } else if (s->by.p) {
        compare = s->desc ? by_value_desc : by_value;
    } else {
        compare = s->desc ? by_text_desc : by_text;
    }
    qsort(s->items, s->n_items, sizeof *s->items, compare);
}
