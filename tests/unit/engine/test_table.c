/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table from ids to handles, one thread at a time; tests/race/table.c has
 * several.
 */
#include <criterion/criterion.h>

#include "base/reclaim.h"
#include "handle/handle.h"
#include "handle/table.h"

#include <stdlib.h>

static struct bt_domain *domain;
static struct bt_record *record;
static struct bt_table *table;

static void start(void)
{
    domain = bt_domain_new();
    record = bt_record_new(domain);
    table = bt_table_new();
    cr_assert(domain && record && table);
}

static void end(void)
{
    bt_table_free(&table);
    bt_record_free(&record);
    bt_domain_free(&domain);
}

TestSuite(table, .init = start, .fini = end, .timeout = 120);

static struct baton_client *add(uint64_t id)
{
    struct baton_client *c = calloc(1, sizeof *c);

    c->id = id;
    cr_assert_eq(bt_table_insert(table, record, c), 0);
    return c;
}

static void drop(struct baton_client *c)
{
    bt_table_remove(table, record, c);
    bt_retire(record, c, free);
    bt_record_poll(record);
}

static struct baton_client *find(uint64_t id)
{
    struct baton_client *c;

    bt_record_enter(record);
    c = bt_table_find(table, id);
    bt_record_leave(record);
    return c;
}

Test(table, finds_what_is_in_it)
{
    struct baton_client *a = add(1), *b = add(2), *c = add(UINT64_MAX);

    cr_expect_eq(find(1), a);
    cr_expect_eq(find(2), b);
    cr_expect_eq(find(UINT64_MAX), c);
    cr_expect_null(find(3));
    cr_expect_null(find(0));
    drop(b);
    cr_expect_null(find(2));
    cr_expect_eq(find(1), a);
    drop(a);
    drop(c);
    cr_expect_null(find(1));
}

Test(table, lock_returns_the_same)
{
    struct baton_client *a = add(7);

    cr_expect_eq(bt_table_lock(table, 7), a);
    bt_table_unlock(table, 7);
    cr_expect_null(bt_table_lock(table, 8));
    bt_table_unlock(table, 8);
    drop(a);
}

/* Grows from its first size, and is rebuilt when many were removed. */
Test(table, many)
{
    enum {
        LIVE = 5000,
        ROUNDS = 20000
    };
    static struct baton_client *c[LIVE];
    uint64_t next = 1;

    for (unsigned i = 0; i < LIVE; i++) {
        c[i] = add(next++);
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct baton_client **slot = &c[(i * 2654435761u) % LIVE];
        uint64_t old = (*slot)->id;

        drop(*slot);
        *slot = add(next++);
        cr_assert_null(find(old));
    }
    for (unsigned i = 0; i < LIVE; i++) {
        cr_assert_eq(find(c[i]->id), c[i]);
    }
    for (unsigned i = 0; i < LIVE; i++) {
        drop(c[i]);
    }
}

/* ---- The cursor ---- */

enum {
    STABLE = 1000,
    COMING = 3000
};
static unsigned visits[STABLE + 1 + COMING + 1];

static bool visit(struct baton_client *c, void *arg)
{
    (void)arg;
    visits[c->id]++;
    return true;
}

/* Odd ids live throughout, even ones and new ones come and go between the
 * steps: a stable one is visited exactly once, the others at most once. */
static void walk_while_others_change(size_t step)
{
    static struct baton_client *c[STABLE + 1 + COMING + 1];
    struct baton_cursor cursor = {0};
    unsigned next = STABLE + 1, steps = 0;

    for (unsigned id = 1; id <= STABLE; id++) {
        c[id] = add(id);
    }
    while (!cursor.done) {
        size_t n = bt_table_step(table, &cursor, step, visit, NULL);
        unsigned gone = 2 + 2 * (steps * 7 % (STABLE / 2));

        cr_assert_leq(n, step);
        if (c[gone]) {
            drop(c[gone]);
            c[gone] = NULL;
        }
        if (next <= STABLE + COMING) {
            c[next] = add(next);
            next++;
        }
        cr_assert_lt(++steps, 100000u);
    }
    for (unsigned id = 1; id < next; id++) {
        if (id <= STABLE && id % 2) {
            cr_expect_eq(visits[id], 1, "id %u, %u visits", id, visits[id]);
        } else {
            cr_expect_leq(visits[id], 1, "id %u, %u visits", id, visits[id]);
        }
        if (c[id]) {
            drop(c[id]);
        }
    }
}

Test(table, cursor_one_by_one)
{
    walk_while_others_change(1);
}

Test(table, cursor_by_seven)
{
    walk_while_others_change(7);
}

Test(table, cursor_in_large_steps)
{
    walk_while_others_change(1000);
}

static bool visit_three(struct baton_client *c, void *arg)
{
    unsigned *n = arg;

    (void)c;
    return ++*n < 3;
}

Test(table, cursor_ends_when_told)
{
    struct baton_cursor cursor = {0};
    struct baton_client *c[100];
    unsigned n = 0;

    for (unsigned i = 0; i < 100; i++) {
        c[i] = add(i + 1);
    }
    while (!cursor.done) {
        bt_table_step(table, &cursor, 10, visit_three, &n);
    }
    cr_expect_eq(n, 3);
    for (unsigned i = 0; i < 100; i++) {
        drop(c[i]);
    }
}

Test(table, cursor_of_an_empty_table)
{
    struct baton_cursor cursor = {0};
    unsigned steps = 0;

    while (!cursor.done) {
        cr_expect_eq(bt_table_step(table, &cursor, 10, visit, NULL), 0);
        cr_assert_lt(++steps, 1000u);
    }
}
