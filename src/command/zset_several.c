/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ZUNION, ZINTER, ZDIFF, the same with STORE, and ZINTERCARD.
 */
#include "command/commands.h"
#include "command/score.h"
#include "command/zset_combine.h"

#include <stdlib.h>

/* ---- Arguments ---- */

static bool read_inputs(struct call *c, struct zset_combine *k, size_t at)
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

static bool read_weights(struct call *c, struct zset_combine *k, size_t at)
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
                           struct zset_combine *k)
{
    static const char *const names[] = {"sum", "min", "max"};

    for (int i = ZSET_SUM; i <= ZSET_MAX; i++) {
        if (bt_slice_is(arg, names[i])) {
            k->aggregate = (enum zset_aggregate)i;
            return true;
        }
    }
    return cmd_syntax(c);
}

/* One option; *i moves to the last argument of it. */
static bool read_option(struct call *c, struct zset_combine *k, size_t *i)
{
    struct bt_slice arg = c->argv[*i];
    size_t more = c->argc - *i - 1;
    bool weighs = k->op != ZSET_DIFF && !k->only_count;

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
        return cmd_size(c, c->argv[++*i], 0, "LIMIT can't be negative",
                        &k->limit);
    }
    return cmd_syntax(c);
}

static bool read_all(struct call *c, struct zset_combine *k)
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

/* ---- Results ---- */

static void store(struct call *c, struct zset_combine *k)
{
    static const char *const events[] = {"zunionstore", "zinterstore",
                                         "zdiffstore"};
    struct zset_limits limits = zset_cmd_limits(c);
    struct zset *z = k->z;

    k->z = NULL;
    zset_compact(z, &limits);
    zset_cmd_store(c, c->argv[1], z, events[k->op]);
}

static void finish(struct call *c, struct zset_combine *k)
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

static void answer(struct call *c, struct zset_combine *k)
{
    if (read_all(c, k)) {
        zset_combine(k);
        finish(c, k);
        if (k->z) {
            zset_free(k->z);
        }
    }
    free(k->in);
}

void cmd_zunion(struct call *c)
{
    struct zset_combine k = {.op = ZSET_UNION};

    answer(c, &k);
}

void cmd_zunionstore(struct call *c)
{
    struct zset_combine k = {.op = ZSET_UNION, .store = true};

    answer(c, &k);
}

void cmd_zinter(struct call *c)
{
    struct zset_combine k = {.op = ZSET_INTER};

    answer(c, &k);
}

void cmd_zinterstore(struct call *c)
{
    struct zset_combine k = {.op = ZSET_INTER, .store = true};

    answer(c, &k);
}

void cmd_zintercard(struct call *c)
{
    struct zset_combine k = {.op = ZSET_INTER, .only_count = true};

    answer(c, &k);
}

void cmd_zdiff(struct call *c)
{
    struct zset_combine k = {.op = ZSET_DIFF};

    answer(c, &k);
}

void cmd_zdiffstore(struct call *c)
{
    struct zset_combine k = {.op = ZSET_DIFF, .store = true};

    answer(c, &k);
}
