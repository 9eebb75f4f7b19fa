/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LCS: the longest common subsequence of two strings.
 *
 * A table says for each pair of beginnings how long it is at most; from its far
 * corner the way back shows the bytes and where they match. Of several ways the
 * one is taken that steps back in the second string first.
 */
#include "command/string.h"

#include "command/commands.h"

#include <stdlib.h>

struct options {
    bool length, index, with_length;
    int64_t least; /* a shorter match is not told */
};

struct match {
    size_t a, b, n; /* begin, begin, length */
};

struct lcs {
    struct bt_slice a, b;
    uint32_t *table; /* (a.n + 1) * (b.n + 1) */
    char *text;      /* the subsequence, written from its end */
    struct match *matches;
    size_t n_matches, cap;
    bool failed;
};

static uint32_t *cell(const struct lcs *l, size_t i, size_t j)
{
    return &l->table[i * (l->b.n + 1) + j];
}

static void fill(struct lcs *l)
{
    for (size_t i = 1; i <= l->a.n; i++) {
        for (size_t j = 1; j <= l->b.n; j++) {
            uint32_t up = *cell(l, i - 1, j), left = *cell(l, i, j - 1);

            *cell(l, i, j) = l->a.p[i - 1] == l->b.p[j - 1]
                                 ? *cell(l, i - 1, j - 1) + 1
                             : up > left ? up
                                         : left;
        }
    }
}

static void add_match(struct lcs *l, const struct match *m)
{
    if (l->n_matches == l->cap) {
        size_t cap = l->cap > 0 ? 2 * l->cap : 16;
        struct match *v = realloc(l->matches, cap * sizeof *v);

        if (v == NULL) {
            l->failed = true;
            return;
        }
        l->matches = v;
        l->cap = cap;
    }
    l->matches[l->n_matches++] = *m;
}

/* From the end to the beginning. */
static void walk_back(struct lcs *l, int64_t least)
{
    size_t i = l->a.n, j = l->b.n, at = *cell(l, i, j);
    struct match m = {.n = 0};

    while (i > 0 && j > 0 && !l->failed) {
        bool ends = true;

        if (l->a.p[i - 1] == l->b.p[j - 1]) {
            l->text[--at] = l->a.p[i - 1];
            m = (struct match){--i, --j, m.n + 1};
            ends = i == 0 || j == 0;
        } else if (*cell(l, i - 1, j) > *cell(l, i, j - 1)) {
            i--;
        } else {
            j--;
        }
        if (ends && m.n > 0) {
            if ((uint64_t)least <= m.n) {
                add_match(l, &m);
            }
            m.n = 0;
        }
    }
}

static void reply_pair(struct call *c, size_t first, size_t n)
{
    resp_array(c->out, 2);
    resp_int(c->out, (int64_t)first);
    resp_int(c->out, (int64_t)(first + n - 1));
}

static void reply_index(struct call *c, const struct lcs *l,
                        const struct options *o)
{
    resp_map(c->out, 2);
    resp_bulk_str(c->out, "matches");
    resp_array(c->out, l->n_matches);
    for (size_t i = 0; i < l->n_matches; i++) {
        const struct match *m = &l->matches[i];

        resp_array(c->out, o->with_length ? 3 : 2);
        reply_pair(c, m->a, m->n);
        reply_pair(c, m->b, m->n);
        if (o->with_length) {
            resp_int(c->out, (int64_t)m->n);
        }
    }
    resp_bulk_str(c->out, "len");
    resp_int(c->out, *cell(l, l->a.n, l->b.n));
}

static void compare(struct call *c, struct lcs *l, const struct options *o)
{
    size_t n;

    fill(l);
    n = *cell(l, l->a.n, l->b.n);
    if (o->length) {
        resp_int(c->out, (int64_t)n);
        return;
    }
    l->text = malloc(n + 1);
    if (l->text == NULL) {
        cmd_oom(c);
        return;
    }
    walk_back(l, o->least);
    if (l->failed) {
        cmd_oom(c);
    } else if (o->index) {
        reply_index(c, l, o);
    } else {
        resp_bulk(c->out, l->text, n);
    }
}

static bool read_options(struct call *c, struct options *o)
{
    for (size_t i = 3; i < c->argc; i++) {
        if (bt_slice_is(c->argv[i], "idx")) {
            o->index = true;
        } else if (bt_slice_is(c->argv[i], "len")) {
            o->length = true;
        } else if (bt_slice_is(c->argv[i], "withmatchlen")) {
            o->with_length = true;
        } else if (bt_slice_is(c->argv[i], "minmatchlen") && i + 1 < c->argc) {
            if (!cmd_int(c, c->argv[++i], &o->least)) {
                return false;
            }
            o->least = o->least < 0 ? 0 : o->least;
        } else {
            return cmd_syntax(c);
        }
    }
    if (o->index && o->length) {
        resp_error(c->out, "ERR If you want both the length and indexes, "
                           "please just use IDX.");
        return false;
    }
    return true;
}

/* False after the error reply. */
static bool read_string(struct call *c, struct bt_slice key, struct bt_slice *s)
{
    const struct db_entry *e = tx_find(c->tx, key);

    if (e != NULL && db_entry_type(e) != DB_STRING) {
        resp_error(c->out, "ERR The specified keys must contain string values");
        return false;
    }
    *s = e ? db_entry_string(e) : bt_slice("", 0);
    return true;
}

/* The table may be as large as a string may be. */
static bool make_table(struct call *c, struct lcs *l)
{
    uint64_t cells, most = cmd_max_bulk(c) / sizeof *l->table;

    if (l->a.n >= UINT32_MAX - 1 || l->b.n >= UINT32_MAX - 1) {
        resp_error(c->out, "ERR String too long for LCS");
        return false;
    }
    cells = ((uint64_t)l->a.n + 1) * ((uint64_t)l->b.n + 1);
    if (cells > most) {
        resp_error(c->out,
                   "ERR Insufficient memory, transient memory for LCS exceeds "
                   "proto-max-bulk-len");
        return false;
    }
    l->table = calloc((size_t)cells, sizeof *l->table);
    return l->table != NULL || cmd_oom(c);
}

void cmd_lcs(struct call *c)
{
    struct options o = {.least = 0};
    struct lcs l = {.table = NULL};

    if (read_string(c, c->argv[1], &l.a) && read_string(c, c->argv[2], &l.b) &&
        read_options(c, &o) && make_table(c, &l)) {
        compare(c, &l, &o);
    }
    free(l.table);
    free(l.text);
    free(l.matches);
}
