/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/set_form.h"

#include <errno.h>

static const struct dict_type members = {.key_at =
                                             offsetof(struct set_node, text)};

static void free_node(struct dict_node *n)
{
    bt_mem_put(n, set_node_size(n->key_n));
}

int set_table_add(struct table *t, struct set_key *k)
{
    struct bt_slice s = set_key_text(k);
    size_t size = set_node_size(s.n);
    struct set_node *n = bt_mem_get(size);

    if (!n) {
        return -ENOMEM;
    }
    n->dict.key_n = (uint32_t)s.n;
    bt_slice_copy(n->text, s);
    return table_add(t, &n->dict, size, set_key_hash(k));
}

/* ---- All members in another form ---- */

static struct table *table_of_all(const struct set *s)
{
    struct table *t = table_new(&members);
    struct set_iter it = {0};
    struct set_key k;

    while (t && set_next(s, &it, &k)) {
        if (set_table_add(t, &k) != 0) {
            table_free(t, free_node);
            t = NULL;
        }
    }
    return t;
}

static struct pack *pack_of_all(const struct set *s)
{
    struct pack *p = pack_new();
    struct set_iter it = {0};
    struct set_key k;

    while (p && set_next(s, &it, &k)) {
        if (pack_append(&p, set_key_text(&k)) != 0) {
            pack_free(p);
            p = NULL;
        }
    }
    return p;
}

int set_to_table(struct set *s)
{
    struct table *t = table_of_all(s);

    if (!t) {
        return -ENOMEM;
    }
    set_form_fini(s);
    s->u.table = t;
    s->form = SET_TABLE;
    return 0;
}

int set_to_pack(struct set *s)
{
    struct pack *p = pack_of_all(s);

    if (!p) {
        return -ENOMEM;
    }
    set_form_fini(s);
    s->u.pack = p;
    s->form = SET_PACK;
    return 0;
}

static size_t digits(const struct intset *ints, size_t i)
{
    char text[BT_DECIMAL_MAX];

    return bt_decimal_write(text, intset_at(ints, i));
}

bool set_fits_pack(const struct set *s, size_t n,
                   const struct set_limits *limits)
{
    size_t count = set_count(s);

    if (count >= limits->entries || n > limits->value) {
        return false;
    }
    if (s->form == SET_PACK) {
        return pack_used(s->u.pack) < PACK_MAX / 2;
    }
    return count == 0 || (digits(s->u.ints, 0) <= limits->value &&
                          digits(s->u.ints, count - 1) <= limits->value);
}

/* ---- The whole ---- */

/* What a form begins with; false: out of memory. */
static bool make(struct set *s, enum set_form form)
{
    s->form = form;
    if (form == SET_INTS) {
        return (s->u.ints = intset_new()) != NULL;
    }
    if (form == SET_PACK) {
        return (s->u.pack = pack_new()) != NULL;
    }
    return (s->u.table = table_new(&members)) != NULL;
}

struct set *set_form_new(enum set_form form)
{
    struct set *s = bt_mem_get(sizeof *s);

    if (s && !make(s, form)) {
        bt_mem_put(s, sizeof *s);
        s = NULL;
    }
    return s;
}

int set_form_copy(struct set *to, const struct set *from)
{
    bool ok;

    to->form = from->form;
    if (from->form == SET_INTS) {
        ok = (to->u.ints = intset_copy(from->u.ints)) != NULL;
    } else if (from->form == SET_PACK) {
        ok = (to->u.pack = pack_copy(from->u.pack)) != NULL;
    } else {
        ok = (to->u.table = table_of_all(from)) != NULL;
    }
    return ok ? 0 : -ENOMEM;
}

void set_form_fini(struct set *s)
{
    if (s->form == SET_INTS) {
        intset_free(s->u.ints);
    } else if (s->form == SET_PACK) {
        pack_free(s->u.pack);
    } else {
        table_free(s->u.table, free_node);
    }
}
