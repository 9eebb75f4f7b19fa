/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a range of a sorted set is; and what is done with one but reading it:
 * ZCOUNT, ZLEXCOUNT, ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX.
 */
#include "command/zset_range.h"

#include "command/commands.h"
#include "command/score.h"

/* ---- Ranges ---- */

bool zset_range_ends(struct call *c, struct bt_slice first,
                     struct bt_slice last, struct zset_range *r)
{
    if (r->by == BY_RANK) {
        return cmd_int(c, first, &r->start) && cmd_int(c, last, &r->stop);
    }
    if (r->by == BY_SCORE) {
        if (score_end(first, false, &r->from) &&
            score_end(last, true, &r->to)) {
            return true;
        }
        resp_error(c->out, "ERR min or max is not a float");
        return false;
    }
    if (score_lex_end(first, false, &r->from) &&
        score_lex_end(last, true, &r->to)) {
        return true;
    }
    resp_error(c->out, "ERR min or max not valid string range item");
    return false;
}

/* Negative ones count from the end, which is -1. */
static size_t find_ranks(const struct zset_range *r, size_t count,
                         size_t *first)
{
    int64_t n = (int64_t)count, start = r->start, stop = r->stop;

    start += start < 0 ? n : 0;
    stop += stop < 0 ? n : 0;
    start = start < 0 ? 0 : start;
    stop = stop >= n ? n - 1 : stop;
    if (start > stop) {
        return 0;
    }
    *first = (size_t)start;
    return (size_t)(stop - start + 1);
}

/* From here on the first is counted from the side where the range begins. */
static size_t cut(const struct zset_range *r, size_t n, size_t *first)
{
    uint64_t offset = (uint64_t)r->offset; /* negative: behind everything */

    if (offset >= n) {
        return 0;
    }
    *first += (size_t)offset;
    n -= (size_t)offset;
    return r->limit >= 0 && (uint64_t)r->limit < n ? (size_t)r->limit : n;
}

size_t zset_range_find(const struct zset *z, const struct zset_range *r,
                       size_t *rank)
{
    size_t count = zset_count(z), first = 0, n;

    if (r->by == BY_RANK) {
        n = find_ranks(r, count, &first);
    } else {
        size_t from = zset_before(z, &r->from), to = zset_before(z, &r->to);

        n = to > from ? to - from : 0;
        first = r->back ? count - to : from;
        n = cut(r, n, &first);
    }
    *rank = r->back && n > 0 ? count - 1 - first : first;
    return n;
}

/* ---- Counting ---- */

static void count(struct call *c, enum zset_by by)
{
    struct zset_range r = {.by = by, .limit = -1};
    const struct zset *z;
    size_t rank;

    if (zset_range_ends(c, c->argv[2], c->argv[3], &r) &&
        zset_cmd_read(c, c->argv[1], &z)) {
        resp_int(c->out, z ? (int64_t)zset_range_find(z, &r, &rank) : 0);
    }
}

void cmd_zcount(struct call *c)
{
    count(c, BY_SCORE);
}

void cmd_zlexcount(struct call *c)
{
    count(c, BY_LEX);
}

/* ---- Removing ---- */

static void remove_range(struct call *c, enum zset_by by, const char *event)
{
    struct zset_range r = {.by = by, .limit = -1};
    struct zset_change w;
    size_t rank, n = 0;

    if (!zset_range_ends(c, c->argv[2], c->argv[3], &r) ||
        !zset_cmd_find(c, c->argv[1], &w)) {
        return;
    }
    if (w.z) {
        n = zset_range_find(w.z, &r, &rank);
    }
    if (n > 0) {
        if (!zset_cmd_begin(c, &w)) {
            return;
        }
        zset_remove_ranks(w.z, rank, n);
    }
    if (zset_cmd_end(c, &w, event)) {
        resp_int(c->out, (int64_t)n);
    }
}

void cmd_zremrangebyrank(struct call *c)
{
    remove_range(c, BY_RANK, "zremrangebyrank");
}

void cmd_zremrangebyscore(struct call *c)
{
    remove_range(c, BY_SCORE, "zremrangebyscore");
}

void cmd_zremrangebylex(struct call *c)
{
    remove_range(c, BY_LEX, "zremrangebylex");
}
