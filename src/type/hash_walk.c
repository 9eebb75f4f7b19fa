/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/hash_walk.c -- fields one after another, by chance, and by a cursor.
 */
#include "type/hash_form.h"

static void show_node(const struct dict_node *d, struct hash_pair *p)
{
    const struct hash_node *n = (const struct hash_node *)d;

    p->field = hash_node_field(n);
    p->value = hash_node_value(n);
}

/* Goes on to what is behind it. */
static void show_packed(const struct pack *pack, uint32_t *at,
                        struct hash_pair *p)
{
    p->field = pack_text(pack, *at, p->field_text);
    *at = pack_next(pack, *at);
    p->value = pack_text(pack, *at, p->value_text);
    *at = pack_next(pack, *at);
}

/* ---- All of them ---- */

static bool next_packed(const struct pack *pack, struct hash_iter *it,
                        struct hash_pair *p)
{
    if (!it->begun) {
        it->begun = true;
        it->at = pack_first(pack);
    }
    if (it->at == PACK_NONE) {
        return false;
    }
    show_packed(pack, &it->at, p);
    return true;
}

bool hash_next(const struct hash *h, struct hash_iter *it, struct hash_pair *p)
{
    const struct dict_node *n;

    if (h->pack) {
        return next_packed(h->pack, it, p);
    }
    n = dict_next(&h->table->dict, &it->dict);
    if (n) {
        show_node(n, p);
    }
    return n != NULL;
}

/* ---- One of them, or some ---- */

void hash_pair_at(const struct hash *h, size_t i, struct hash_pair *p)
{
    uint32_t at = pack_index(h->pack, 2 * (int64_t)i);

    show_packed(h->pack, &at, p);
}

void hash_random(const struct hash *h, uint64_t *random, struct hash_pair *p)
{
    if (h->pack) {
        hash_pair_at(h, dict_random_below(random, hash_count(h)), p);
    } else {
        show_node(dict_random(&h->table->dict, random), p);
    }
}

struct scan {
    hash_scan_fn *fn;
    void *arg;
};

static void see(void *arg, struct dict_node *n)
{
    const struct scan *s = arg;
    struct hash_pair p;

    show_node(n, &p);
    s->fn(s->arg, &p);
}

void hash_sample(const struct hash *h, struct dict_sample *sample,
                 hash_scan_fn *fn, void *arg)
{
    struct scan s = {fn, arg};
    struct hash_iter it = {0};
    struct hash_pair p;

    if (h->table) {
        dict_sample_each(&h->table->dict, sample, see, &s);
        return;
    }
    while (sample->n > 0 && hash_next(h, &it, &p)) {
        if (dict_sample_take(sample)) {
            fn(arg, &p);
        }
    }
}

/* ---- By a cursor ---- */

uint64_t hash_scan(const struct hash *h, uint64_t cursor, size_t count,
                   hash_scan_fn *fn, void *arg)
{
    struct scan s = {fn, arg};
    struct hash_iter it = {0};
    struct hash_pair p;

    if (h->table) {
        return dict_scan(&h->table->dict, cursor, count, see, &s);
    }
    while (hash_next(h, &it, &p)) {
        fn(arg, &p);
    }
    return 0;
}
