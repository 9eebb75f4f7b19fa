/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ZADD and ZINCRBY.
 */
#include "command/zset.h"

#include "command/commands.h"
#include "command/score.h"

#include <math.h>

enum {
    ADD_NX = 1,
    ADD_XX = 2,
    ADD_GT = 4,
    ADD_LT = 8,
    ADD_CH = 16,
    ADD_INCR = 32
};

static const struct {
    const char *name;
    unsigned flag;
} words[] = {{"nx", ADD_NX}, {"xx", ADD_XX}, {"gt", ADD_GT},
             {"lt", ADD_LT}, {"ch", ADD_CH}, {"incr", ADD_INCR}};

#define N_WORDS (sizeof words / sizeof words[0])

struct add {
    unsigned flags;
    size_t first; /* argument: a score, and then its member */
    int64_t added, moved;
    bool done;    /* the last one: its score is, or is now, `score` */
    double score; /* of the last one */
};

/* ---- Arguments ---- */

/* The options end where something else stands, mostly a digit. */
static void read_words(struct call *c, struct add *a)
{
    size_t i = 2;

    for (; i < c->argc && c->argv[i].n > 0 && c->argv[i].p[0] > '9'; i++) {
        size_t k = 0;

        while (k < N_WORDS && !bt_slice_is(c->argv[i], words[k].name)) {
            k++;
        }
        if (k == N_WORDS) {
            break;
        }
        a->flags |= words[k].flag;
    }
    a->first = i;
}

static bool check(struct call *c, const struct add *a)
{
    size_t n = c->argc - a->first;
    unsigned order = a->flags & (ADD_GT | ADD_LT | ADD_NX);

    if (n == 0 || n % 2 != 0) {
        return cmd_syntax(c);
    }
    if ((a->flags & ADD_NX) && (a->flags & ADD_XX)) {
        resp_error(c->out, "ERR XX and NX options at the same time are not "
                           "compatible");
        return false;
    }
    if (order & (order - 1)) {
        resp_error(c->out, "ERR GT, LT, and/or NX options at the same time "
                           "are not compatible");
        return false;
    }
    if ((a->flags & ADD_INCR) && n > 2) {
        resp_error(c->out,
                   "ERR INCR option supports a single increment-element pair");
        return false;
    }
    return true;
}

/* All of them before anything is changed. Several values are read again later:
 * cheaper than to keep them. */
static bool check_scores(struct call *c, struct add *a)
{
    for (size_t i = a->first; i < c->argc; i += 2) {
        if (!score_parse(c->argv[i], &a->score)) {
            resp_error(c->out, "ERR value is not a valid float");
            return false;
        }
    }
    return true;
}

/* ---- One member ---- */

static int add_new(struct call *c, struct zset_change *w, struct add *a,
                   struct zset_place *p)
{
    bool fresh = w->z == NULL;

    if (a->flags & ADD_XX) {
        return 0;
    }
    if (!zset_cmd_begin(c, w)) {
        return -1;
    }
    if (fresh) {
        zset_find(w->z, p->member, p);
    }
    if (zset_add(w->z, p, a->score, &w->limits) != 0) {
        zset_cmd_fail(c, w);
        return -1;
    }
    a->done = true;
    a->added++;
    return 0;
}

static int change_old(struct call *c, struct zset_change *w, struct add *a,
                      struct zset_place *p)
{
    if (a->flags & ADD_NX) {
        return 0;
    }
    if (a->flags & ADD_INCR) {
        a->score += p->score;
        if (isnan(a->score)) {
            resp_error(c->out, "ERR resulting score is not a number (NaN)");
            return -1;
        }
    }
    if (((a->flags & ADD_LT) && a->score >= p->score) ||
        ((a->flags & ADD_GT) && a->score <= p->score)) {
        return 0;
    }
    a->done = true;
    if (a->score == p->score) {
        return 0;
    }
    if (!zset_cmd_begin(c, w)) {
        return -1;
    }
    if (zset_move(w->z, p, a->score) != 0) {
        zset_cmd_fail(c, w);
        return -1;
    }
    a->moved++;
    return 0;
}

/* Memory may run out between two members; those before have their new scores
 * then, if the set was there. False after the error reply. */
static bool add_all(struct call *c, struct zset_change *w, struct add *a)
{
    for (size_t i = a->first; i < c->argc; i += 2) {
        struct zset_place p = {.member = c->argv[i + 1]};
        int r;

        a->done = false;
        if (c->argc - a->first > 2) {
            score_parse(c->argv[i], &a->score);
        }
        if (w->z && zset_find(w->z, p.member, &p)) {
            r = change_old(c, w, a, &p);
        } else {
            r = add_new(c, w, a, &p);
        }
        if (r != 0) {
            return false;
        }
    }
    return true;
}

static void add(struct call *c, struct add *a)
{
    struct zset_change w;

    if (!check(c, a) || !check_scores(c, a) ||
        !zset_cmd_find(c, c->argv[1], &w) || !add_all(c, &w, a) ||
        !zset_cmd_end(c, &w, a->flags & ADD_INCR ? "zincr" : "zadd")) {
        return;
    }
    if (!(a->flags & ADD_INCR)) {
        resp_int(c->out, a->flags & ADD_CH ? a->added + a->moved : a->added);
    } else if (a->done) {
        resp_double(c->out, a->score);
    } else {
        resp_null(c->out);
    }
}

void cmd_zadd(struct call *c)
{
    struct add a = {.flags = 0};

    read_words(c, &a);
    add(c, &a);
}

void cmd_zincrby(struct call *c)
{
    struct add a = {.flags = ADD_INCR, .first = 2};

    add(c, &a);
}
