/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading ranges: ZRANGE and its older forms, and ZRANGESTORE.
 */
#include "command/commands.h"
#include "command/zset_range.h"

/* What a command of this kind fixes, and what its options add. */
struct reading {
    struct zset_range range;
    size_t key;    /* argument; the ends follow it */
    bool may_back; /* REV may be said */
    bool store;    /* argument 1 is where to */
    bool scores;
};

/* ---- Options ---- */

static bool read_word(struct call *c, struct reading *r, size_t *i)
{
    struct bt_slice arg = c->argv[*i];
    bool any = r->range.by == BY_ANY;

    if (!r->store && bt_slice_is(arg, "withscores")) {
        r->scores = true;
    } else if (bt_slice_is(arg, "limit") && c->argc - *i > 2) {
        if (!cmd_int(c, c->argv[*i + 1], &r->range.offset) ||
            !cmd_int(c, c->argv[*i + 2], &r->range.limit)) {
            return false;
        }
        *i += 2;
    } else if (r->may_back && bt_slice_is(arg, "rev")) {
        r->may_back = false;
        r->range.back = true;
    } else if (any && bt_slice_is(arg, "bylex")) {
        r->range.by = BY_LEX;
    } else if (any && bt_slice_is(arg, "byscore")) {
        r->range.by = BY_SCORE;
    } else {
        return cmd_syntax(c);
    }
    return true;
}

static bool check(struct call *c, const struct reading *r)
{
    if (r->range.limit != -1 && r->range.by == BY_RANK) {
        resp_error(c->out,
                   "ERR syntax error, LIMIT is only supported in combination "
                   "with either BYSCORE or BYLEX");
        return false;
    }
    if (r->scores && r->range.by == BY_LEX) {
        resp_error(c->out, "ERR syntax error, WITHSCORES not supported in "
                           "combination with BYLEX");
        return false;
    }
    return true;
}

static bool read_range(struct call *c, struct reading *r)
{
    struct bt_slice first = c->argv[r->key + 1], last = c->argv[r->key + 2];

    r->range.limit = -1;
    for (size_t i = r->key + 3; i < c->argc; i++) {
        if (!read_word(c, r, &i)) {
            return false;
        }
    }
    r->range.by = r->range.by == BY_ANY ? BY_RANK : r->range.by;
    if (!check(c, r)) {
        return false;
    }
    if (r->range.back && r->range.by != BY_RANK) {
        return zset_range_ends(c, last, first, &r->range);
    }
    return zset_range_ends(c, first, last, &r->range);
}

/* ---- Reading ---- */

static void read_and_reply(struct call *c, struct reading *r)
{
    const struct zset *z;
    size_t rank = 0, n = 0;

    if (!read_range(c, r) || !zset_cmd_read(c, c->argv[r->key], &z)) {
        return;
    }
    if (z) {
        n = zset_range_find(z, &r->range, &rank);
    }
    zset_cmd_reply(c, z, rank, n, r->range.back, r->scores);
}

void cmd_zrange(struct call *c)
{
    struct reading r = {.key = 1, .may_back = true};

    read_and_reply(c, &r);
}

void cmd_zrevrange(struct call *c)
{
    struct reading r = {.key = 1, .range = {.by = BY_RANK, .back = true}};

    read_and_reply(c, &r);
}

void cmd_zrangebyscore(struct call *c)
{
    struct reading r = {.key = 1, .range = {.by = BY_SCORE}};

    read_and_reply(c, &r);
}

void cmd_zrevrangebyscore(struct call *c)
{
    struct reading r = {.key = 1, .range = {.by = BY_SCORE, .back = true}};

    read_and_reply(c, &r);
}

void cmd_zrangebylex(struct call *c)
{
    struct reading r = {.key = 1, .range = {.by = BY_LEX}};

    read_and_reply(c, &r);
}

void cmd_zrevrangebylex(struct call *c)
{
    struct reading r = {.key = 1, .range = {.by = BY_LEX, .back = true}};

    read_and_reply(c, &r);
}

/* ---- Storing ---- */

/* NULL: out of memory. */
static struct zset *copy_range(struct call *c, const struct zset *from,
                               size_t rank, size_t n, bool back)
{
    struct zset_limits limits = zset_cmd_limits(c);
    struct zset *z = zset_new();
    struct zset_walk w;
    struct zset_item item;

    if (n > 0) {
        zset_walk(from, rank, back, &w);
    }
    for (; z && n > 0 && zset_next(&w, &item); n--) {
        struct zset_place p;

        zset_find(z, item.member, &p);
        if (zset_add(z, &p, item.score, &limits) != 0) {
            zset_free(z);
            z = NULL;
        }
    }
    return z;
}

void cmd_zrangestore(struct call *c)
{
    struct reading r = {.key = 2, .may_back = true, .store = true};
    const struct zset *from;
    struct zset *z;
    size_t rank = 0, n = 0;

    if (!read_range(c, &r) || !zset_cmd_read(c, c->argv[2], &from)) {
        return;
    }
    if (from) {
        n = zset_range_find(from, &r.range, &rank);
    }
    z = copy_range(c, from, rank, n, r.range.back);
    if (z) {
        zset_cmd_store(c, c->argv[1], z, "zrangestore");
    } else {
        cmd_oom(c);
    }
}
