/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists: random changes against a plain array, for each kind of limit; what
 * form a list has.
 */
#include "type/list.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MODEL_MAX 3000

static uint64_t seed = 77;

static uint32_t dice(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

struct model {
    unsigned n;
    struct bt_slice at[MODEL_MAX];
};

static struct bt_slice random_element(void)
{
    size_t n = dice(40) == 0 ? dice(20000) : dice(dice(5) ? 20 : 300);
    char *p = malloc(n + 24);

    if (dice(3) == 0) {
        n = (size_t)snprintf(p, 24, "%d", (int)dice(200000) - 100000);
    } else {
        memset(p, 'a' + (int)dice(3), n);
    }
    return bt_slice(p, n);
}

static void model_insert(struct model *m, unsigned i, struct bt_slice s)
{
    memmove(&m->at[i + 1], &m->at[i], (m->n - i) * sizeof *m->at);
    m->at[i] = s;
    m->n++;
}

static void model_remove(struct model *m, unsigned i, unsigned n)
{
    for (unsigned k = i; k < i + n; k++) {
        free((char *)m->at[k].p);
    }
    memmove(&m->at[i], &m->at[i + n], (m->n - i - n) * sizeof *m->at);
    m->n -= n;
}

static void check_at(struct list_at at, struct bt_slice s)
{
    struct pack_value v = pack_value_of(s), got;
    char buf[PACK_TEXT];

    cr_assert(list_at_is(&at));
    cr_assert(list_is(&at, &v));
    list_get(&at, &got);
    cr_assert_eq(got.p != NULL, v.p != NULL);
    cr_assert(bt_slice_eq(pack_text(at.pack, at.at, buf), s));
}

static void check_same(const struct list *l, const struct model *m)
{
    struct list_at at = list_end_at(l, LIST_HEAD),
                   back = list_end_at(l, LIST_TAIL);

    cr_assert_eq(list_count(l), m->n);
    cr_assert_eq(list_ops.count(l), m->n);
    cr_assert_gt(list_ops.bytes(l), m->n);
    for (unsigned i = 0; i < m->n; i++) {
        check_at(at, m->at[i]);
        check_at(back, m->at[m->n - 1 - i]);
        list_next(&at);
        list_prev(&back);
    }
    cr_assert_not(list_at_is(&at));
    cr_assert_not(list_at_is(&back));
}

static void check_index(const struct list *l, const struct model *m)
{
    struct list_at at;

    for (unsigned k = 0; k < 4 && m->n > 0; k++) {
        unsigned i = dice(m->n);

        check_at(list_index(l, i), m->at[i]);
        check_at(list_index(l, (int64_t)i - m->n), m->at[i]);
    }
    at = list_index(l, m->n);
    cr_assert_not(list_at_is(&at));
    at = list_index(l, -(int64_t)m->n - 1);
    cr_assert_not(list_at_is(&at));
}

static void add_one(struct list *l, struct model *m)
{
    struct bt_slice s = random_element();
    unsigned i = m->n > 0 ? dice(m->n) : 0;
    bool after = dice(2);

    if (m->n == 0 || dice(3) == 0) {
        bool head = dice(2);

        cr_assert_eq(list_push(l, head ? LIST_HEAD : LIST_TAIL, s), 0);
        model_insert(m, head ? 0 : m->n, s);
    } else if (dice(2)) {
        cr_assert_eq(list_insert(l, list_index(l, i), after, s), 0);
        model_insert(m, i + after, s);
    } else {
        cr_assert_eq(list_replace(l, list_index(l, i), s), 0);
        model_remove(m, i, 1);
        model_insert(m, i, s);
    }
}

/* As LREM: some of those in a row, either way. */
static void remove_some(struct list *l, struct model *m)
{
    unsigned i = dice(m->n), n = 1 + dice(5);
    struct list_at at = list_index(l, i);
    bool back = dice(2);

    while (n-- > 0 && list_at_is(&at)) {
        check_at(at, m->at[i]);
        if (dice(3) > 0) {
            list_remove(l, &at, back);
            model_remove(m, i, 1);
            i -= back;
        } else if (back) {
            list_prev(&at);
            i--;
        } else {
            list_next(&at);
            i++;
        }
    }
}

static void cut_some(struct list *l, struct model *m)
{
    unsigned i = dice(m->n), n = dice(dice(20) ? 8 : m->n + 1);

    n = n < m->n - i ? n : m->n - i;
    list_cut(l, i, n);
    model_remove(m, i, n);
}

static void random_walk(int fill)
{
    struct list *l = list_new(fill), *copy;
    struct model *m = calloc(1, sizeof *m);

    for (unsigned step = 0; step < 12000; step++) {
        unsigned what = dice(10);

        if (m->n == 0 || (what < 6 && m->n < MODEL_MAX - 2)) {
            add_one(l, m);
        } else if (what < 9) {
            remove_some(l, m);
        } else {
            cut_some(l, m);
        }
        if (dice(10) == 0) {
            list_shrink(l);
        }
        check_index(l, m);
        if (step % 64 == 0) {
            check_same(l, m);
        }
    }
    copy = list_ops.copy(l);
    check_same(l, m);
    list_free(l);
    check_same(copy, m);
    list_cut(copy, 0, m->n);
    cr_assert_eq(list_count(copy), 0);
    list_free(copy);
    model_remove(m, 0, m->n);
    free(m);
}

Test(list, random_8k, .timeout = 60)
{
    random_walk(-2);
}

Test(list, random_64k, .timeout = 60)
{
    random_walk(-5);
}

Test(list, random_one_each, .timeout = 60)
{
    random_walk(1);
}

Test(list, random_by_count, .timeout = 60)
{
    random_walk(7);
}

Test(list, form)
{
    struct list *l = list_new(3);
    char text[200];

    cr_assert_str_eq(list_ops.encoding(l), "listpack");
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(list_push(l, LIST_TAIL, bt_str("x")), 0);
    }
    cr_assert_str_eq(list_ops.encoding(l), "listpack");
    cr_assert_eq(list_push(l, LIST_TAIL, bt_str("x")), 0);
    cr_assert_str_eq(list_ops.encoding(l), "quicklist");
    list_cut(l, 1, 3);
    list_shrink(l);
    cr_assert_str_eq(list_ops.encoding(l), "listpack");
    list_free(l);

    l = list_new(-1);
    memset(text, 'x', sizeof text);
    for (unsigned i = 0; i < 19; i++) {
        cr_assert_eq(list_push(l, LIST_HEAD, bt_slice(text, 200)), 0);
        cr_assert_str_eq(list_ops.encoding(l), "listpack");
    }
    cr_assert_eq(list_push(l, LIST_HEAD, bt_slice(text, 200)), 0);
    cr_assert_eq(list_push(l, LIST_HEAD, bt_slice(text, 200)), 0);
    cr_assert_str_eq(list_ops.encoding(l), "quicklist");
    cr_assert_gt(list_ops.effort(l), 2);
    list_free(l);
}

/* Many small elements in the middle do not leave many small nodes. */
Test(list, inserts_fill_nodes)
{
    struct list *l = list_new(-2);
    struct list_at at;
    size_t plain;

    for (unsigned i = 0; i < 20000; i++) {
        cr_assert_eq(list_push(l, LIST_TAIL, bt_str("0123456789x")), 0);
    }
    plain = list_ops.bytes(l);
    for (unsigned i = 0; i < 20000; i++) {
        at = list_index(l, 10000);
        cr_assert_eq(list_insert(l, at, i % 2, bt_str("0123456789x")), 0);
    }
    cr_assert_lt(list_ops.bytes(l), plain * 5 / 2 + 65536);
    list_free(l);
}
