/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/zset_input.h"

#include <stdlib.h>

bool zset_input_open(struct call *c, struct bt_slice key, struct zset_input *in)
{
    const struct db_entry *e = tx_find(c->tx, key);

    in->z = NULL;
    in->set = NULL;
    in->weight = 1;
    in->count = 0;
    if (!e) {
        return true;
    }
    if (db_entry_type(e) == DB_ZSET) {
        in->z = db_entry_object(e);
        in->count = zset_count(in->z);
        return true;
    }
    if (db_entry_type(e) == DB_SET) {
        in->set = db_entry_object(e);
        in->count = set_count(in->set);
        return true;
    }
    return cmd_type_error(c);
}

static int compare(const void *a, const void *b)
{
    const struct zset_input *x = a, *y = b;

    if (x->count != y->count) {
        return x->count < y->count ? -1 : 1;
    }
    return (x->number > y->number) - (x->number < y->number);
}

void zset_input_sort(struct zset_input *in, size_t n)
{
    qsort(in, n, sizeof *in, compare);
}

bool zset_input_find(const struct zset_input *in, struct bt_slice member,
                     double *score)
{
    struct zset_place p;
    struct set_key key;

    if (in->z && zset_find(in->z, member, &p)) {
        *score = p.score;
        return true;
    }
    if (in->set) {
        set_key_init(&key, member);
        *score = 1;
        return set_has(in->set, &key);
    }
    return false;
}

static bool each_of_zset(const struct zset *z, zset_input_fn *fn, void *arg)
{
    struct zset_walk w;
    struct zset_item item;

    zset_walk(z, 0, false, &w);
    while (zset_next(&w, &item)) {
        if (!fn(arg, &item)) {
            return false;
        }
    }
    return true;
}

static bool each_of_set(const struct set *s, zset_input_fn *fn, void *arg)
{
    struct set_iter it = {0};
    struct set_key key;

    while (set_next(s, &it, &key)) {
        struct zset_item item = {set_key_text(&key), 1};

        if (!fn(arg, &item)) {
            return false;
        }
    }
    return true;
}

bool zset_input_each(const struct zset_input *in, zset_input_fn *fn, void *arg)
{
    if (in->z) {
        return each_of_zset(in->z, fn, arg);
    }
    return !in->set || each_of_set(in->set, fn, arg);
}
