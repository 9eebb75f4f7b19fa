/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The members of the first or the smallest set are looked up in the others.
 */
#include "command/set_combine.h"

#include <stdlib.h>

/* ---- The sets ---- */

void set_several_fini(struct set_several *s)
{
    if (s->set != s->few) {
        free(s->set);
    }
}

bool set_several_find(struct call *c, struct set_several *s, size_t first,
                      size_t n)
{
    s->n = n;
    s->missing = 0;
    s->set = n <= SET_FEW ? s->few : malloc(n * sizeof *s->set);
    if (!s->set) {
        return cmd_oom(c);
    }
    for (size_t i = 0; i < n; i++) {
        if (!set_cmd_read(c, c->argv[first + i], &s->set[i])) {
            set_several_fini(s);
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

static void add_to_set(struct set_result *r, struct set_key *k)
{
    if (!r->set) {
        r->set = set_new(set_key_text(k), 1, &r->limits);
    }
    if (!r->set || set_add(r->set, k, &r->limits) < 0) {
        r->failed = true;
    }
}

/* False: no more are wanted. */
static bool give(struct set_result *r, struct set_key *k)
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

static bool in_all(const struct set_several *s, size_t first, struct set_key *k)
{
    for (size_t i = first; i < s->n; i++) {
        if (!set_has(s->set[i], k)) {
            return false;
        }
    }
    return true;
}

/* The members of the smallest set are looked up in the others. */
static void intersect(struct set_several *s, struct set_result *r)
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
static void unite(const struct set_several *s, size_t first,
                  struct set_result *r)
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

static bool in_any(const struct set_several *s, struct set_key *k)
{
    for (size_t i = 1; i < s->n; i++) {
        if (s->set[i] && set_has(s->set[i], k)) {
            return true;
        }
    }
    return false;
}

/* Many sets are united first, so that each member is looked up once. */
static bool worth_uniting(const struct set_several *s)
{
    size_t all = 0;

    for (size_t i = 1; i < s->n; i++) {
        all += count_of(s->set[i]);
    }
    return s->n > 3 && all < count_of(s->set[0]) * (s->n - 2) / 2;
}

static void subtract(const struct set_several *s, struct set_result *r)
{
    struct set_result others = {.limits = r->limits};
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

void set_combine(enum set_way way, struct set_several *s, struct set_result *r)
{
    if (way == SET_INTERSECT) {
        intersect(s, r);
    } else if (way == SET_UNITE) {
        unite(s, 0, r);
    } else {
        subtract(s, r);
    }
}
