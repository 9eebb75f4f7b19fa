/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members in no order: ZRANDMEMBER, ZSCAN.
 */
#include "command/commands.h"
#include "command/pick.h"
#include "command/scan.h"
#include "command/zset.h"
#include "resp/number.h"
#include "type/dict.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- ZRANDMEMBER ---- */

static void reply_at(struct call *c, const struct zset *z, size_t rank,
                     bool scores)
{
    struct zset_walk w;
    struct zset_item item;

    zset_walk(z, rank, false, &w);
    bt_assert(zset_next(&w, &item));
    if (scores) {
        zset_cmd_item(c->out, &item, c->out->proto > 2);
    } else {
        resp_bulk(c->out, item.member.p, item.member.n);
    }
}

static void reply_size(struct call *c, size_t n, bool scores)
{
    resp_array(c->out, scores && c->out->proto < 3 ? 2 * n : n);
}

/* n different ranks: of what is left to look at, each is taken with the chance
 * that it must have for n to be taken in all. */
static void pick_by_walk(struct call *c, const struct zset *z, size_t n,
                         bool scores)
{
    size_t left = zset_count(z);

    for (size_t rank = 0; n > 0; rank++, left--) {
        if (dict_random_below(tx_random(c->tx), left) < n) {
            reply_at(c, z, rank, scores);
            n--;
        }
    }
}

static int compare_ranks(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Few of many: ranks by chance, until n different ones are there. False: out of
 * memory. */
static bool pick_by_draw(struct call *c, const struct zset *z, size_t n,
                         bool scores)
{
    size_t count = zset_count(z), have = 0;
    size_t *rank = malloc(n * sizeof *rank);

    if (!rank) {
        return false;
    }
    while (have < n) {
        size_t kept = 0;

        while (have < n) {
            rank[have++] = dict_random_below(tx_random(c->tx), count);
        }
        qsort(rank, n, sizeof *rank, compare_ranks);
        for (size_t i = 0; i < n; i++) {
            if (i == 0 || rank[i] != rank[i - 1]) {
                rank[kept++] = rank[i];
            }
        }
        have = kept;
    }
    for (size_t i = 0; i < n; i++) {
        reply_at(c, z, rank[i], scores);
    }
    free(rank);
    return true;
}

static void pick_some(struct call *c, const struct zset *z,
                      const struct pick *p, bool scores)
{
    size_t count = zset_count(z);
    size_t n = p->n < SIZE_MAX ? (size_t)p->n : SIZE_MAX;

    if (p->repeats) {
        reply_size(c, n, scores);
        for (; n > 0 && !cmd_is_unheard(c); n--) {
            reply_at(c, z, dict_random_below(tx_random(c->tx), count), scores);
        }
        return;
    }
    n = n < count ? n : count;
    if (n == count) {
        zset_cmd_reply(c, z, 0, n, false, scores);
        return;
    }
    reply_size(c, n, scores);
    if (n > count / 16 || !pick_by_draw(c, z, n, scores)) {
        pick_by_walk(c, z, n, scores);
    }
}

/* Twice as many elements of a reply must have a number. */
static bool fits(struct call *c, const struct pick *p, bool scores)
{
    if (scores && p->n > (uint64_t)INT64_MAX / 2) {
        resp_error(c->out, "ERR value is out of range");
        return false;
    }
    return true;
}

void cmd_zrandmember(struct call *c)
{
    bool scores = c->argc > 3, many = c->argc > 2;
    const struct zset *z;
    struct pick p;

    if (many && !pick_read(c, c->argv[2], &p)) {
        return;
    }
    if (c->argc > 4 || (scores && !bt_slice_is(c->argv[3], "withscores"))) {
        cmd_syntax(c);
        return;
    }
    if ((many && !fits(c, &p, scores)) || !zset_cmd_read(c, c->argv[1], &z)) {
        return;
    }
    if (many && (!z || p.n == 0)) {
        resp_array(c->out, 0);
    } else if (many) {
        pick_some(c, z, &p, scores);
    } else if (z) {
        reply_at(c, z, dict_random_below(tx_random(c->tx), zset_count(z)),
                 false);
    } else {
        resp_null(c->out);
    }
}

/* ---- ZSCAN ---- */

struct scanning {
    struct scan_options options;
    struct scan_found found;
    bool small;
};

/* As Redis 7.2: a large set's scores with 17 digits. */
static size_t format_score(char text[RESP_NUMBER_SIZE], double v, bool small)
{
    return small ? resp_format_double(text, v)
                 : (size_t)snprintf(text, RESP_NUMBER_SIZE, "%.17g", v);
}

static void see(void *arg, const struct zset_item *item)
{
    struct scanning *s = arg;
    char text[RESP_NUMBER_SIZE];

    if (scan_matches(&s->options, item->member)) {
        scan_found_add(&s->found, item->member);
        scan_found_add(&s->found, bt_slice(text, format_score(text, item->score,
                                                              s->small)));
    }
}

void cmd_zscan(struct call *c)
{
    struct scanning s = {.small = false};
    const struct zset *z;
    uint64_t cursor;

    if (!scan_cursor(c, c->argv[2], &cursor) ||
        !zset_cmd_read(c, c->argv[1], &z)) {
        return;
    }
    if (!z) {
        cursor = 0;
    } else if (!scan_options(c, 3, false, &s.options)) {
        return;
    } else {
        s.small = zset_is_small(z);
        cursor = zset_scan(z, cursor, s.options.count, see, &s);
    }
    scan_reply(c, cursor, &s.found);
    scan_found_fini(&s.found);
}
