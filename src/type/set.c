/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/set.c -- a set as a whole, and single members.
 */
#include "type/set.h"

#include <errno.h>

#include "type/set_form.h"

void set_key_write(struct set_key *k)
{
    k->s = bt_slice(k->text, bt_decimal_write(k->text, k->v));
}

/* ---- The whole ---- */

struct set *set_new(struct bt_slice first, size_t hint,
                    const struct set_limits *limits)
{
    int64_t v;

    if (bt_decimal_read(first, &v) && hint <= set_most_ints(limits)) {
        return set_form_new(SET_INTS);
    }
    return set_form_new(hint <= limits->entries ? SET_PACK : SET_TABLE);
}

size_t set_count(const struct set *s)
{
    if (s->form == SET_INTS) {
        return intset_count(s->u.ints);
    }
    return s->form == SET_PACK ? pack_count(s->u.pack)
                               : dict_count(&s->u.table->dict);
}

bool set_is_large(const struct set *s)
{
    return s->form == SET_TABLE;
}

int set_expect(struct set *s, size_t n, const struct set_limits *limits)
{
    if ((s->form == SET_PACK && n > limits->entries) ||
        (s->form == SET_INTS && n > set_most_ints(limits))) {
        return set_to_table(s);
    }
    return 0;
}

/* ---- One member ---- */

static inline bool find(const struct set *s, struct set_key *k,
                        struct set_place *place)
{
    uint32_t at;

    if (s->form == SET_INTS) {
        return set_key_is_int(k) && intset_find(s->u.ints, k->v, &place->at);
    }
    if (s->form == SET_PACK) {
        at = pack_find(s->u.pack, pack_first(s->u.pack), set_key_text(k), 0);
        place->at = at;
        return at != PACK_NONE;
    }
    place->node =
        dict_find(&s->u.table->dict, set_key_text(k), set_key_hash(k));
    return place->node != NULL;
}

bool set_has(const struct set *s, struct set_key *k)
{
    struct set_place place;

    return find(s, k, &place);
}

bool set_find(const struct set *s, struct set_key *k, struct set_place *place)
{
    return find(s, k, place);
}

static int add_int(struct set *s, struct set_key *k,
                   const struct set_limits *limits)
{
    size_t at;

    if (intset_count(s->u.ints) >= set_most_ints(limits)) {
        return set_to_table(s) != 0 ? -ENOMEM : set_table_add(s->u.table, k);
    }
    intset_find(s->u.ints, k->v, &at);
    return intset_add_at(&s->u.ints, at, k->v);
}

/* It cannot stay among integers. */
static int add_text(struct set *s, struct set_key *k,
                    const struct set_limits *limits)
{
    struct bt_slice text = set_key_text(k);
    int r = 0;

    if (text.n >= UINT32_MAX / 2) {
        return -EFBIG;
    }
    if (s->form != SET_TABLE && set_fits_pack(s, text.n, limits)) {
        if (s->form == SET_INTS) {
            r = set_to_pack(s);
        }
        return r != 0 ? r : pack_append(&s->u.pack, text);
    }
    if (s->form != SET_TABLE) {
        r = set_to_table(s);
    }
    return r != 0 ? r : set_table_add(s->u.table, k);
}

int set_add_new(struct set *s, struct set_key *k,
                const struct set_limits *limits)
{
    return s->form == SET_INTS && set_key_is_int(k) ? add_int(s, k, limits)
                                                    : add_text(s, k, limits);
}

int set_add(struct set *s, struct set_key *k, const struct set_limits *limits)
{
    struct set_place place;
    int r;

    if (find(s, k, &place)) {
        return 0;
    }
    r = set_add_new(s, k, limits);
    return r != 0 ? r : 1;
}

void set_remove_at(struct set *s, const struct set_place *place)
{
    if (s->form == SET_INTS) {
        intset_remove_at(&s->u.ints, place->at);
    } else if (s->form == SET_PACK) {
        pack_remove(&s->u.pack, (uint32_t)place->at, 1);
    } else {
        dict_remove_node(&s->u.table->dict, place->node);
        table_drop(s->u.table, place->node, set_node_size(place->node->key_n));
    }
}

bool set_remove(struct set *s, struct set_key *k)
{
    struct set_place place;
    bool there = set_find(s, k, &place);

    if (there) {
        set_remove_at(s, &place);
    }
    return there;
}

/* ---- For the keyspace ---- */

static void object_free(void *object)
{
    struct set *s = object;

    set_form_fini(s);
    bt_mem_put(s, sizeof *s);
}

static size_t object_bytes(const void *object)
{
    const struct set *s = object;
    size_t own = bt_mem_size(sizeof *s);

    if (s->form == SET_INTS) {
        return own + intset_bytes(s->u.ints);
    }
    if (s->form == SET_PACK) {
        return own + pack_bytes(s->u.pack);
    }
    return own + bt_mem_size(sizeof *s->u.table) + table_bytes(s->u.table);
}

static size_t object_count(const void *object)
{
    return set_count(object);
}

static size_t object_effort(const void *object)
{
    return set_is_large(object) ? set_count(object) + 2 : 2;
}

static const char *object_encoding(const void *object)
{
    static const char *const names[] = {"intset", "listpack", "hashtable"};

    return names[((const struct set *)object)->form];
}

static void *object_copy(const void *object)
{
    struct set *copy = bt_mem_get(sizeof *copy);

    if (copy && set_form_copy(copy, object) != 0) {
        bt_mem_put(copy, sizeof *copy);
        copy = NULL;
    }
    return copy;
}

const struct object_ops set_ops = {
    .name = "set",
    .free = object_free,
    .bytes = object_bytes,
    .count = object_count,
    .effort = object_effort,
    .encoding = object_encoding,
    .copy = object_copy,
};
