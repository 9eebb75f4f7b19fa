/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The result is built in the large form, whatever its size: so it may be added
 * to in any order at little cost, and a score of -0 is replied as it is.
 */
#include "command/zset_combine.h"

#include <math.h>

/* Infinity times zero counts as zero. */
static double weighted(double weight, double score)
{
    double v = weight * score;

    return isnan(v) ? 0 : v;
}

static double aggregate(const struct zset_combine *k, double a, double b)
{
    double sum = a + b;

    switch (k->aggregate) {
    case ZSET_MIN:
        return b < a ? b : a;
    case ZSET_MAX:
        return b > a ? b : a;
    default:
        return isnan(sum) ? 0 : sum; /* inf and -inf */
    }
}

/* ---- The operations, for each member of one input ---- */

static bool put(struct zset_combine *k, struct bt_slice member, double score)
{
    static const struct zset_limits none = {0, 0};
    struct zset_place p;
    int r = 0;

    k->count++;
    if (k->only_count) {
        return k->count != k->limit;
    }
    if (!zset_find(k->z, member, &p)) {
        r = zset_add(k->z, &p, score, &none);
    } else {
        r = zset_move(k->z, &p, aggregate(k, p.score, score));
    }
    k->no_memory = r != 0;
    return r == 0;
}

struct step {
    struct zset_combine *k;
    const struct zset_input *in;
};

static bool join(void *arg, const struct zset_item *item)
{
    struct step *s = arg;

    return put(s->k, item->member, weighted(s->in->weight, item->score));
}

static bool meet(void *arg, const struct zset_item *item)
{
    struct zset_combine *k = ((struct step *)arg)->k;
    double score = weighted(k->in[0].weight, item->score), other;

    for (size_t i = 1; i < k->n_in; i++) {
        if (!zset_input_find(&k->in[i], item->member, &other)) {
            return true;
        }
        score = aggregate(k, score, other * k->in[i].weight);
    }
    return put(k, item->member, score);
}

static bool subtract(void *arg, const struct zset_item *item)
{
    struct zset_combine *k = ((struct step *)arg)->k;
    double other;

    for (size_t i = 1; i < k->n_in; i++) {
        if (zset_input_find(&k->in[i], item->member, &other)) {
            return true;
        }
    }
    return put(k, item->member, item->score);
}

static void work(struct zset_combine *k)
{
    struct step s = {k, k->in};

    if (k->op == ZSET_DIFF) {
        zset_input_each(k->in, subtract, &s);
        return;
    }
    zset_input_sort(k->in, k->n_in);
    if (k->op == ZSET_INTER) {
        zset_input_each(k->in, meet, &s);
        return;
    }
    for (size_t i = 0; i < k->n_in; i++) {
        s.in = &k->in[i];
        if (!zset_input_each(s.in, join, &s)) {
            return;
        }
    }
}

void zset_combine(struct zset_combine *k)
{
    k->z = k->only_count ? NULL : zset_new();
    k->no_memory = !k->only_count && !k->z;
    if (!k->no_memory) {
        work(k);
    }
}
