/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/set_walk.c -- members one after another, by chance, and by a cursor.
 */
#include "type/set_form.h"

static void show_int(struct set_key *k, int64_t v)
{
    k->s.p = NULL;
    k->v = v;
    k->kind = SET_KEY_INT;
    k->hashed = false;
}

static void show_packed(struct set_key *k, const struct pack *p, uint32_t at)
{
    struct pack_value v;

    pack_get(p, at, &v);
    if (v.p) {
        k->s = bt_slice(v.p, v.n);
        k->kind = SET_KEY_TEXT;
        k->hashed = false;
    } else {
        show_int(k, v.i);
    }
}

static void show_node(struct set_key *k, const struct dict_node *d)
{
    const struct set_node *n = (const struct set_node *)d;

    set_key_init(k, bt_slice(n->text, d->key_n));
    k->hash = d->hash;
    k->hashed = true;
}

/* ---- All of them ---- */

static bool next_packed(const struct pack *p, struct set_iter *it,
                        struct set_key *k)
{
    uint32_t at = it->begun ? (uint32_t)it->at : pack_first(p);

    it->begun = true;
    it->at = at;
    if (at == PACK_NONE) {
        return false;
    }
    show_packed(k, p, at);
    it->at = pack_next(p, at);
    return true;
}

bool set_next(const struct set *s, struct set_iter *it, struct set_key *k)
{
    const struct dict_node *n;

    if (s->form == SET_INTS) {
        if (it->at >= intset_count(s->u.ints)) {
            return false;
        }
        show_int(k, intset_at(s->u.ints, it->at++));
        return true;
    }
    if (s->form == SET_PACK) {
        return next_packed(s->u.pack, it, k);
    }
    n = dict_next(&s->u.table->dict, &it->dict);
    if (n) {
        show_node(k, n);
    }
    return n != NULL;
}

void set_random(const struct set *s, uint64_t *random, struct set_place *place,
                struct set_key *k)
{
    size_t i;

    if (s->form == SET_TABLE) {
        place->node = dict_random(&s->u.table->dict, random);
        show_node(k, place->node);
        return;
    }
    i = dict_random_below(random, set_count(s));
    if (s->form == SET_INTS) {
        place->at = i;
        show_int(k, intset_at(s->u.ints, i));
    } else {
        place->at = pack_index(s->u.pack, (int64_t)i);
        show_packed(k, s->u.pack, (uint32_t)place->at);
    }
}

struct scan {
    set_scan_fn *fn;
    void *arg;
};

static void see(void *arg, struct dict_node *n)
{
    const struct scan *s = arg;
    struct set_key k;

    show_node(&k, n);
    s->fn(s->arg, &k);
}

void set_sample(const struct set *s, struct dict_sample *sample,
                set_scan_fn *fn, void *arg)
{
    struct scan scan = {fn, arg};
    struct set_iter it = {0};
    struct set_key k;

    if (s->form == SET_TABLE) {
        dict_sample_each(&s->u.table->dict, sample, see, &scan);
        return;
    }
    while (sample->n > 0 && set_next(s, &it, &k)) {
        if (dict_sample_take(sample)) {
            fn(arg, &k);
        }
    }
}

uint64_t set_scan(const struct set *s, uint64_t cursor, size_t count,
                  set_scan_fn *fn, void *arg)
{
    struct scan scan = {fn, arg};
    struct set_iter it = {0};
    struct set_key k;

    if (s->form == SET_TABLE) {
        return dict_scan(&s->u.table->dict, cursor, count, see, &scan);
    }
    while (set_next(s, &it, &k)) {
        fn(arg, &k);
    }
    return 0;
}
