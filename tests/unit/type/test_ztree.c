/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/ztree: against a sorted array, by random changes.
 */
#include "type/ztree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define MOST 6000

/* The model: members in order. */
static struct zmember *model[MOST];
static size_t n_model;
static struct ztree tree;
static uint64_t random_state = 88172645463325252u;

static uint64_t chance(uint64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % n;
}

static struct zmember *new_member(const char *text, double score)
{
    size_t n = strlen(text);
    struct zmember *m = malloc(sizeof *m + n);

    cr_assert(m);
    m->node.key_n = (uint32_t)n;
    m->score = score;
    memcpy(m->p, text, n);
    return m;
}

static int order(const struct zmember *a, const struct zmember *b)
{
    if (a->score != b->score) {
        return a->score < b->score ? -1 : 1;
    }
    return zmember_compare(zmember_slice(a), zmember_slice(b));
}

static size_t model_place(const struct zmember *m)
{
    size_t i = 0;

    while (i < n_model && order(model[i], m) < 0) {
        i++;
    }
    return i;
}

static void model_insert(struct zmember *m)
{
    size_t i = model_place(m);

    memmove(&model[i + 1], &model[i], (n_model - i) * sizeof *model);
    model[i] = m;
    n_model++;
}

static struct zmember *model_remove(size_t i)
{
    struct zmember *m = model[i];

    n_model--;
    memmove(&model[i], &model[i + 1], (n_model - i) * sizeof *model);
    return m;
}

static void compare_all(void)
{
    struct ztree_place p = ztree_at(&tree, 0);

    cr_assert(ztree_sound(&tree));
    cr_assert(tree.count == n_model);
    for (size_t i = 0; i < n_model; i++, ztree_next(&p)) {
        cr_assert(ztree_member(&p) == model[i], "rank %zu", i);
    }
    cr_assert(ztree_member(&p) == NULL);
    if (n_model > 0) {
        p = ztree_at(&tree, n_model - 1);
    }
    for (size_t i = n_model; i > 0; i--, ztree_prev(&p)) {
        cr_assert(ztree_member(&p) == model[i - 1]);
    }
    cr_assert(ztree_member(&p) == NULL);
}

static void free_all(void)
{
    ztree_fini(&tree);
    while (n_model > 0) {
        free(model[--n_model]);
    }
}

static void add(double score)
{
    static unsigned serial;
    char text[32];
    struct zmember *m;

    snprintf(text, sizeof text, "%u-%u", (unsigned)chance(10000), serial++);
    m = new_member(text, score);
    cr_assert(ztree_insert(&tree, m) == 0);
    model_insert(m);
}

static void take(size_t i)
{
    struct zmember *m = model_remove(i);

    ztree_remove(&tree, m);
    free(m);
}

static void move(size_t i, double score)
{
    struct zmember *m = model_remove(i);

    cr_assert(ztree_move(&tree, m, score) == 0);
    cr_assert(m->score == score);
    model_insert(m);
}

/* Many equal scores, so that members decide; and infinities. */
static double some_score(void)
{
    switch (chance(12)) {
    case 0:
        return (double)chance(1000000) / 7;
    case 1:
        return -(double)chance(100);
    case 2:
        return chance(2) ? INFINITY : -INFINITY;
    default:
        return (double)chance(20);
    }
}

/* A point between two scores or two members, against a count in the model. */
static void check_point(const struct zpoint *p)
{
    size_t n = 0;

    for (size_t i = 0; i < n_model; i++) {
        double s = model[i]->score;

        n += !p->lex && s != p->score
                 ? s < p->score
                 : zpoint_follows_member(p, zmember_slice(model[i]));
    }
    cr_assert(ztree_before(&tree, p) == n);
}

static void check_points(void)
{
    for (unsigned i = 0; i < 4; i++) {
        struct zpoint p = {.score = some_score(), .after = chance(2)};

        check_point(&p);
        p.member = bt_str("5");
        check_point(&p);
        if (n_model > 0) {
            const struct zmember *m = model[chance(n_model)];

            p.score = m->score;
            p.member = zmember_slice(m);
            check_point(&p);
        }
    }
}

static void steps(unsigned n, unsigned add_of_100)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t dice = chance(100);

        if (n_model == 0 || (dice < add_of_100 && n_model < MOST)) {
            add(some_score());
        } else if (dice % 2) {
            take(chance(n_model));
        } else {
            move(chance(n_model), some_score());
        }
        if (i % 256 == 0) {
            check_points();
            cr_assert(ztree_sound(&tree));
        }
    }
    compare_all();
}

Test(ztree, random_changes)
{
    ztree_init(&tree);
    compare_all();
    steps(6000, 90);
    steps(6000, 30);
    steps(3000, 60);
    steps(9000, 5);
    while (n_model > 0) {
        take(chance(n_model));
    }
    compare_all();
    cr_expect(tree.root == NULL);
    cr_expect(ztree_bytes(&tree) == 0);
    free_all();
}

/* Scores that only grow, or only fall, leave full leaves behind. */
Test(ztree, in_order)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        ztree_init(&tree);
        for (int i = 0; i < 3000; i++) {
            add(sign * i);
        }
        compare_all();
        cr_expect(tree.leaves < 3000 / 25, "%u leaves", tree.leaves);
        while (n_model > 100) {
            take(sign > 0 ? 0 : n_model - 1);
        }
        compare_all();
        free_all();
    }
}

Test(ztree, by_members_alone)
{
    struct zpoint p = {.lex = true};
    char text[16];

    ztree_init(&tree);
    for (int i = 0; i < 2000; i++) {
        struct zmember *m;

        snprintf(text, sizeof text, "%04d", (i * 7919) % 2000);
        m = new_member(text, 0);
        cr_assert(ztree_insert(&tree, m) == 0);
        model_insert(m);
    }
    compare_all();
    for (int i = 0; i <= 2000; i += 13) {
        snprintf(text, sizeof text, "%04d", i);
        p.member = bt_str(text);
        p.after = false;
        cr_expect(ztree_before(&tree, &p) == (size_t)i);
        p.after = true;
        cr_expect(ztree_before(&tree, &p) == (size_t)(i < 2000 ? i + 1 : i));
    }
    free_all();
}

/* Back and forth at a border between leaves. */
Test(ztree, small_moves)
{
    ztree_init(&tree);
    for (int i = 0; i < 200; i++) {
        add(i * 10);
    }
    for (int i = 0; i < 2000; i++) {
        size_t k = chance(n_model);

        move(k, model[k]->score + (double)chance(31) - 15);
        cr_assert(ztree_sound(&tree));
    }
    move(0, -0.0);
    move(0, 0.0);
    compare_all();
    free_all();
}

Test(ztree, embedded_zero_and_prefixes)
{
    struct zmember *a = new_member("a", 1), *ab = new_member("ab", 1);
    struct zmember *empty = new_member("", 1), *high = new_member("\xff", 1);

    ztree_init(&tree);
    cr_assert(ztree_insert(&tree, high) == 0);
    cr_assert(ztree_insert(&tree, ab) == 0);
    cr_assert(ztree_insert(&tree, a) == 0);
    cr_assert(ztree_insert(&tree, empty) == 0);
    model[0] = empty;
    model[1] = a;
    model[2] = ab;
    model[3] = high;
    n_model = 4;
    compare_all();
    free_all();
}
