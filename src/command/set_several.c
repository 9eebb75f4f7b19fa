/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several sets: SINTER, SUNION, SDIFF, each also with a destination; SINTERCARD.
 *
 * A result that is stored is built as a set, a union always; others go by way
 * of a list of members, since the reply begins with their number.
 */
#include "command/set.h"

#include <stdlib.h>

#include "command/commands.h"
#include "db/notify.h"

/* ---- The sets ---- */

#define FEW 16

struct sets {
    size_t n;
    size_t missing; /* keys that are not there: NULL in `set` */
    const struct set **set;
    const struct set *few[FEW];
};

static void sets_fini(struct sets *s)
{
    if (s->set != s->few) {
        free(s->set);
    }
}

/* Those at argv[first] and behind. False after the error reply. */
static bool sets_find(struct call *c, struct sets *s, size_t first, size_t n)
{
    s->n = n;
    s->missing = 0;
    s->set = n <= FEW ? s->few : malloc(n * sizeof *s->set);
    if (!s->set) {
        return cmd_oom(c);
    }
    for (size_t i = 0; i < n; i++) {
        if (!set_cmd_read(c, c->argv[first + i], &s->set[i])) {
            sets_fini(s);
            return false;
        }
        s->missing += s->set[i] == NULL;
    }
    return true;
}

static size_t count_of(const struct set *s)
{
    return s ? set_count(s) : 0;
}

static int by_count(const void *a, const void *b)
{
    size_t x = count_of(*(const struct set *const *)a);
    size_t y = count_of(*(const struct set *const *)b);

    return x < y ? -1 : x > y;
}

/* ---- Where members go ---- */

struct result {
    struct scan_found *found; /* a list, or */
    struct set *set;          /* a set, NULL before the first member, or */
    size_t n;                 /* only counted, up to */
    size_t limit;
    bool counted;
    bool failed; /* out of memory */
    struct set_limits limits;
};

static void add_to_set(struct result *r, struct set_key *k)
{
    if (!r->set) {
        r->set = set_new(set_key_text(k), 1, &r->limits);
    }
    if (!r->set || set_add(r->set, k, &r->limits) < 0) {
        r->failed = true;
    }
}

/* False: no more are wanted. */
static bool give(struct result *r, struct set_key *k)
{
    r->n++;
    if (r->counted) {
        return r->n != r->limit;
    }
    if (r->found) {
        scan_found_add(r->found, set_key_text(k));
        r->failed = r->found->error != 0;
    } else {
        add_to_set(r, k);
    }
    return !r->failed;
}

/* ---- The three ways ---- */

static bool in_all(const struct sets *s, size_t first, struct set_key *k)
{
    for (size_t i = first; i < s->n; i++) {
        if (!set_has(s->set[i], k)) {
            return false;
        }
    }
    return true;
}

/* The members of the smallest set are looked up in the others. */
static void intersect(struct sets *s, struct result *r)
{
    struct set_iter it = {0};
    struct set_key k;

    if (s->missing > 0) {
        return;
    }
    qsort(s->set, s->n, sizeof *s->set, by_count);
    while (set_next(s->set[0], &it, &k)) {
        if (in_all(s, 1, &k) && !give(r, &k)) {
            return;
        }
    }
}

/* r is for a set. */
static void unite(const struct sets *s, size_t first, struct result *r)
{
    for (size_t i = first; i < s->n; i++) {
        struct set_iter it = {0};
        struct set_key k;

        while (s->set[i] && set_next(s->set[i], &it, &k)) {
            if (!give(r, &k)) {
                return;
            }
        }
    }
}

static bool in_any(const struct sets *s, struct set_key *k)
{
    for (size_t i = 1; i < s->n; i++) {
        if (s->set[i] && set_has(s->set[i], k)) {
            return true;
        }
    }
    return false;
}

/* Many sets are united first, so that each member is looked up once. */
static bool worth_uniting(const struct sets *s)
{
    size_t all = 0;

    for (size_t i = 1; i < s->n; i++) {
        all += count_of(s->set[i]);
    }
    return s->n > 3 && all < count_of(s->set[0]) * (s->n - 2) / 2;
}

static void subtract(const struct sets *s, struct result *r)
{
    struct result others = {.limits = r->limits};
    bool united = worth_uniting(s);
    struct set_iter it = {0};
    struct set_key k;

    if (united) {
        unite(s, 1, &others);
        r->failed = others.failed;
    }
    while (!r->failed && s->set[0] && set_next(s->set[0], &it, &k)) {
        bool out =
            united ? others.set && set_has(others.set, &k) : in_any(s, &k);

        if (!out && !give(r, &k)) {
            break;
        }
    }
    set_free(others.set);
}

enum way {
    INTERSECT,
    UNITE,
    SUBTRACT
};

static void combine(enum way way, struct sets *s, struct result *r)
{
    if (way == INTERSECT) {
        intersect(s, r);
    } else if (way == UNITE) {
        unite(s, 0, r);
    } else {
        subtract(s, r);
    }
}

/* ---- Replies ---- */

static void reply_set(struct call *c, const struct set *s)
{
    struct set_iter it = {0};
    struct set_key k;

    resp_set(c->out, count_of(s));
    while (s && set_next(s, &it, &k)) {
        set_cmd_reply(c, &k);
    }
}

static void answer(struct call *c, enum way way)
{
    struct scan_found found = {.n = 0};
    struct result r = {.found = way == UNITE ? NULL : &found};
    struct sets s;

    if (!sets_find(c, &s, 1, c->argc - 1)) {
        return;
    }
    set_cmd_limits(c, &r.limits);
    combine(way, &s, &r);
    if (r.failed) {
        cmd_oom(c);
    } else if (way == UNITE) {
        reply_set(c, r.set);
    } else {
        set_cmd_reply_found(c, &found);
    }
    set_free(r.set);
    scan_found_fini(&found);
    sets_fini(&s);
}

/* Nothing is a value that cannot be stored: the key goes then. */
static void store_result(struct call *c, struct set *set, const char *event)
{
    struct bt_slice key = c->argv[1];
    size_t n = count_of(set);

    if (n == 0) {
        if (db_remove(c->tx, key)) {
            tx_notify(c->tx, NOTIFY_GENERIC, "del", key);
        }
    } else if (db_put(c->tx, key, DB_SET, set, DB_NO_EXPIRE) == 0) {
        tx_notify(c->tx, NOTIFY_SET, event, key);
    } else {
        cmd_oom(c);
        return;
    }
    resp_int(c->out, (int64_t)n);
}

static void store(struct call *c, enum way way, const char *event)
{
    struct result r = {.n = 0};
    struct sets s;

    if (!sets_find(c, &s, 2, c->argc - 2)) {
        return;
    }
    set_cmd_limits(c, &r.limits);
    combine(way, &s, &r);
    if (r.failed) {
        set_free(r.set);
        cmd_oom(c);
    } else {
        store_result(c, r.set, event);
    }
    sets_fini(&s);
}

void cmd_sinter(struct call *c)
{
    answer(c, INTERSECT);
}

void cmd_sunion(struct call *c)
{
    answer(c, UNITE);
}

void cmd_sdiff(struct call *c)
{
    answer(c, SUBTRACT);
}

void cmd_sinterstore(struct call *c)
{
    store(c, INTERSECT, "sinterstore");
}

void cmd_sunionstore(struct call *c)
{
    store(c, UNITE, "sunionstore");
}

void cmd_sdiffstore(struct call *c)
{
    store(c, SUBTRACT, "sdiffstore");
}

/* ---- SINTERCARD ---- */

static bool read_limit(struct call *c, size_t at, size_t *limit)
{
    int64_t v;

    *limit = 0;
    for (; at < c->argc; at += 2) {
        if (!bt_slice_is(c->argv[at], "limit") || at + 1 == c->argc) {
            return cmd_syntax(c);
        }
        if (!cmd_parse_int(c->argv[at + 1], &v) || v < 0) {
            resp_error(c->out, "ERR LIMIT can't be negative");
            return false;
        }
        *limit = (uint64_t)v < SIZE_MAX ? (size_t)v : SIZE_MAX;
    }
    return true;
}

void cmd_sintercard(struct call *c)
{
    struct result r = {.counted = true};
    struct sets s;
    int64_t n;

    if (!cmd_parse_int(c->argv[1], &n) || n < 1) {
        resp_error(c->out, "ERR numkeys should be greater than 0");
        return;
    }
    if ((uint64_t)n > c->argc - 2) {
        resp_error(c->out,
                   "ERR Number of keys can't be greater than number of args");
        return;
    }
    if (!read_limit(c, 2 + (size_t)n, &r.limit) ||
        !sets_find(c, &s, 2, (size_t)n)) {
        return;
    }
    intersect(&s, &r);
    resp_int(c->out, (int64_t)r.n);
    sets_fini(&s);
}
