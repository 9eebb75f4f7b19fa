/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ZUNION, ZINTER, ZDIFF, the same with STORE, and ZINTERCARD.
 *
 * The result is built in the large form, whatever its size: so it may be added
 * to in any order at little cost, and a score of -0 is replied as it is.
 */
#include "command/commands.h"
#include "command/score.h"
#include "command/zset_input.h"

#include <math.h>
#include <stdlib.h>

enum operation {
    UNION,
    INTER,
    DIFF
};

enum aggregate {
    SUM,
    MIN,
    MAX
};

struct combine {
    enum operation op;
    bool store, only_count;
    enum aggregate aggregate;
    bool scores;
    size_t limit; /* only_count; 0: none */
    struct zset_input *in;
    size_t n_in;
    /* The result. */
    struct zset *z;
    size_t count;
    bool no_memory;
};

/* ---- Arguments ---- */

static bool read_inputs(struct call *c, struct combine *k, size_t at)
{
    int64_t n;

    if (!cmd_int(c, c->argv[at], &n)) {
        return false;
    }
    if (n < 1) {
        resp_errorf(c->out,
                    "ERR at least 1 input key is needed for '%s' command",
                    c->command->name);
        return false;
    }
    if ((uint64_t)n > c->argc - at - 1) {
        return cmd_syntax(c);
    }
    k->n_in = (size_t)n;
    k->in = malloc(k->n_in * sizeof *k->in);
    if (!k->in) {
        return cmd_oom(c);
    }
    for (size_t i = 0; i < k->n_in; i++) {
        k->in[i].number = i;
        if (!zset_input_open(c, c->argv[at + 1 + i], &k->in[i])) {
            return false;
        }
    }
    return true;
}

static bool read_weights(struct call *c, struct combine *k, size_t at)
{
    for (size_t i = 0; i < k->n_in; i++) {
        if (!score_parse(c->argv[at + i], &k->in[i].weight)) {
            resp_error(c->out, "ERR weight value is not a float");
            return false;
        }
    }
    return true;
}

static bool read_aggregate(struct call *c, struct bt_slice arg,
                           struct combine *k)
{
    static const char *const names[] = {"sum", "min", "max"};

    for (int i = SUM; i <= MAX; i++) {
        if (bt_slice_is(arg, names[i])) {
            k->aggregate = (enum aggregate)i;
            return true;
        }
    }
    return cmd_syntax(c);
}

static bool read_limit(struct call *c, struct bt_slice arg, struct combine *k)
{
    int64_t n;

    if (!cmd_range(c, arg, 0, INT64_MAX, "LIMIT can't be negative", &n)) {
        return false;
    }
    k->limit = (uint64_t)n < SIZE_MAX ? (size_t)n : SIZE_MAX;
    return true;
}

/* One option; *i moves to the last argument of it. */
static bool read_option(struct call *c, struct combine *k, size_t *i)
{
    struct bt_slice arg = c->argv[*i];
    size_t more = c->argc - *i - 1;
    bool weighs = k->op != DIFF && !k->only_count;

    if (weighs && more >= k->n_in && bt_slice_is(arg, "weights")) {
        *i += k->n_in;
        return read_weights(c, k, *i - k->n_in + 1);
    }
    if (weighs && more >= 1 && bt_slice_is(arg, "aggregate")) {
        return read_aggregate(c, c->argv[++*i], k);
    }
    if (!k->store && !k->only_count && bt_slice_is(arg, "withscores")) {
        k->scores = true;
        return true;
    }
    if (k->only_count && more >= 1 && bt_slice_is(arg, "limit")) {
        return read_limit(c, c->argv[++*i], k);
    }
    return cmd_syntax(c);
}

static bool read_all(struct call *c, struct combine *k)
{
    size_t at = k->store ? 2 : 1;

    if (!read_inputs(c, k, at)) {
        return false;
    }
    for (size_t i = at + 1 + k->n_in; i < c->argc; i++) {
        if (!read_option(c, k, &i)) {
            return false;
        }
    }
    return true;
}

/* ---- Scores ---- */

/* Infinity times zero counts as zero. */
static double weighted(double weight, double score)
{
    double v = weight * score;

    return isnan(v) ? 0 : v;
}

static double aggregate(const struct combine *k, double a, double b)
{
    double sum = a + b;

    switch (k->aggregate) {
    case MIN:
        return b < a ? b : a;
    case MAX:
        return b > a ? b : a;
    default:
        return isnan(sum) ? 0 : sum; /* inf and -inf */
    }
}

/* ---- The operations, for each member of one input ---- */

static bool put(struct combine *k, struct bt_slice member, double score)
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
    struct combine *k;
    const struct zset_input *in;
};

static bool join(void *arg, const struct zset_item *item)
{
    struct step *s = arg;

    return put(s->k, item->member, weighted(s->in->weight, item->score));
}

static bool meet(void *arg, const struct zset_item *item)
{
    struct combine *k = ((struct step *)arg)->k;
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
    struct combine *k = ((struct step *)arg)->k;
    double other;

    for (size_t i = 1; i < k->n_in; i++) {
        if (zset_input_find(&k->in[i], item->member, &other)) {
            return true;
        }
    }
    return put(k, item->member, item->score);
}

static void work(struct combine *k)
{
    struct step s = {k, k->in};

    if (k->op == DIFF) {
        zset_input_each(k->in, subtract, &s);
        return;
    }
    zset_input_sort(k->in, k->n_in);
    if (k->op == INTER) {
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

/* ---- Results ---- */

static void store(struct call *c, struct combine *k)
{
    static const char *const events[] = {"zunionstore", "zinterstore",
                                         "zdiffstore"};
    struct zset_limits limits = zset_cmd_limits(c);
    struct zset *z = k->z;

    k->z = NULL;
    zset_compact(z, &limits);
    zset_cmd_store(c, c->argv[1], z, events[k->op]);
}

static void finish(struct call *c, struct combine *k)
{
    if (k->no_memory) {
        cmd_oom(c);
    } else if (k->only_count) {
        resp_int(c->out, (int64_t)k->count);
    } else if (k->store) {
        store(c, k);
    } else {
        zset_cmd_reply(c, k->z, 0, zset_count(k->z), false, k->scores);
    }
}

static void combine(struct call *c, struct combine *k)
{
    if (read_all(c, k)) {
        k->z = k->only_count ? NULL : zset_new();
        k->no_memory = !k->only_count && !k->z;
        if (!k->no_memory) {
            work(k);
        }
        finish(c, k);
        if (k->z) {
            zset_free(k->z);
        }
    }
    free(k->in);
}

void cmd_zunion(struct call *c)
{
    struct combine k = {.op = UNION};

    combine(c, &k);
}

void cmd_zunionstore(struct call *c)
{
    struct combine k = {.op = UNION, .store = true};

    combine(c, &k);
}

void cmd_zinter(struct call *c)
{
    struct combine k = {.op = INTER};

    combine(c, &k);
}

void cmd_zinterstore(struct call *c)
{
    struct combine k = {.op = INTER, .store = true};

    combine(c, &k);
}

void cmd_zintercard(struct call *c)
{
    struct combine k = {.op = INTER, .only_count = true};

    combine(c, &k);
}

void cmd_zdiff(struct call *c)
{
    struct combine k = {.op = DIFF};

    combine(c, &k);
}

void cmd_zdiffstore(struct call *c)
{
    struct combine k = {.op = DIFF, .store = true};

    combine(c, &k);
}
