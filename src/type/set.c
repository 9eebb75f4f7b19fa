/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/set.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/mem.h"
#include "type/intset.h"
#include "type/object.h"

struct table {
    struct dict dict;
    size_t bytes; /* of all nodes */
};

enum form {
    INTS,
    PACK,
    TABLE
};

struct set {
    union {
        struct intset *ints;
        struct pack *pack;
        struct table *table;
    } u;
    enum form form;
};

struct node {
    struct dict_node dict;
    char text[];
};

#define NODE_BYTES offsetof(struct node, text)

static const struct dict_type members = {.key_at = NODE_BYTES};

/* ---- Keys ---- */

struct bt_slice set_key_text(struct set_key *k)
{
    if (!k->s.p) {
        k->s = bt_slice(k->text, bt_decimal_write(k->text, k->v));
    }
    return k->s;
}

static bool key_is_int(struct set_key *k)
{
    if (k->kind == SET_KEY_UNKNOWN) {
        k->kind = bt_decimal_read(k->s, &k->v) ? SET_KEY_INT : SET_KEY_TEXT;
    }
    return k->kind == SET_KEY_INT;
}

static uint32_t key_hash(struct set_key *k)
{
    if (!k->hashed) {
        k->hash = dict_hash(set_key_text(k));
        k->hashed = true;
    }
    return k->hash;
}

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
    const struct node *n = (const struct node *)d;

    set_key_init(k, bt_slice(n->text, d->key_n));
    k->hash = d->hash;
    k->hashed = true;
}

/* ---- The last form ---- */

static size_t size_of(const struct dict_node *n)
{
    return NODE_BYTES + n->key_n;
}

static void free_node(struct dict_node *n)
{
    bt_mem_put(n, size_of(n));
}

static struct table *new_table(void)
{
    struct table *t = bt_mem_get(sizeof *t);

    if (t) {
        dict_init(&t->dict, &members);
        t->bytes = 0;
    }
    return t;
}

static void free_table(struct table *t)
{
    dict_fini(&t->dict, free_node);
    bt_mem_put(t, sizeof *t);
}

static int table_add(struct table *t, struct set_key *k)
{
    struct bt_slice s = set_key_text(k);
    struct node *n = bt_mem_get(NODE_BYTES + s.n);

    if (!n) {
        return -ENOMEM;
    }
    n->dict.key_n = (uint32_t)s.n;
    if (s.n > 0) {
        memcpy(n->text, s.p, s.n);
    }
    if (dict_add(&t->dict, &n->dict, key_hash(k)) != 0) {
        free_node(&n->dict);
        return -ENOMEM;
    }
    t->bytes += bt_mem_size(size_of(&n->dict));
    return 0;
}

static void table_drop(struct table *t, struct dict_node *n)
{
    t->bytes -= bt_mem_size(size_of(n));
    free_node(n);
}

static struct table *table_of_all(const struct set *s)
{
    struct table *t = new_table();
    struct set_iter it = {0};
    struct set_key k;

    while (t && set_next(s, &it, &k)) {
        if (table_add(t, &k) != 0) {
            free_table(t);
            t = NULL;
        }
    }
    return t;
}

/* ---- The whole ---- */

static void fini(struct set *s)
{
    if (s->form == INTS) {
        intset_free(s->u.ints);
    } else if (s->form == PACK) {
        pack_free(s->u.pack);
    } else {
        free_table(s->u.table);
    }
}

static struct set *new_form(enum form form)
{
    struct set *s = bt_mem_get(sizeof *s);

    if (!s) {
        return NULL;
    }
    s->form = form;
    if (form == INTS) {
        s->u.ints = intset_new();
    } else if (form == PACK) {
        s->u.pack = pack_new();
    } else {
        s->u.table = new_table();
    }
    if (form == INTS ? !s->u.ints : form == PACK ? !s->u.pack : !s->u.table) {
        bt_mem_put(s, sizeof *s);
        s = NULL;
    }
    return s;
}

static size_t most_ints(const struct set_limits *limits)
{
    return limits->ints < INTSET_MAX ? limits->ints : INTSET_MAX - 1;
}

struct set *set_new(struct bt_slice first, size_t hint,
                    const struct set_limits *limits)
{
    int64_t v;

    if (bt_decimal_read(first, &v) && hint <= most_ints(limits)) {
        return new_form(INTS);
    }
    return new_form(hint <= limits->entries ? PACK : TABLE);
}

void set_free(struct set *s)
{
    if (s) {
        fini(s);
        bt_mem_put(s, sizeof *s);
    }
}

struct set *set_copy(const struct set *s)
{
    struct set *copy = bt_mem_get(sizeof *copy);
    bool ok;

    if (!copy) {
        return NULL;
    }
    copy->form = s->form;
    if (s->form == INTS) {
        ok = (copy->u.ints = intset_copy(s->u.ints)) != NULL;
    } else if (s->form == PACK) {
        ok = (copy->u.pack = pack_copy(s->u.pack)) != NULL;
    } else {
        ok = (copy->u.table = table_of_all(s)) != NULL;
    }
    if (!ok) {
        bt_mem_put(copy, sizeof *copy);
        copy = NULL;
    }
    return copy;
}

size_t set_count(const struct set *s)
{
    if (s->form == INTS) {
        return intset_count(s->u.ints);
    }
    return s->form == PACK ? pack_count(s->u.pack)
                           : dict_count(&s->u.table->dict);
}

size_t set_bytes(const struct set *s)
{
    size_t own = bt_mem_size(sizeof *s);

    if (s->form == INTS) {
        return own + intset_bytes(s->u.ints);
    }
    if (s->form == PACK) {
        return own + pack_bytes(s->u.pack);
    }
    return own + bt_mem_size(sizeof *s->u.table) + s->u.table->bytes +
           dict_bytes(&s->u.table->dict);
}

bool set_is_large(const struct set *s)
{
    return s->form == TABLE;
}

const char *set_encoding(const struct set *s)
{
    static const char *const names[] = {"intset", "listpack", "hashtable"};

    return names[s->form];
}

/* ---- From form to form ---- */

static int to_table(struct set *s)
{
    struct table *t = table_of_all(s);

    if (!t) {
        return -ENOMEM;
    }
    fini(s);
    s->u.table = t;
    s->form = TABLE;
    return 0;
}

static int to_pack(struct set *s)
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
    if (!p) {
        return -ENOMEM;
    }
    fini(s);
    s->u.pack = p;
    s->form = PACK;
    return 0;
}

int set_expect(struct set *s, size_t n, const struct set_limits *limits)
{
    if ((s->form == PACK && n > limits->entries) ||
        (s->form == INTS && n > most_ints(limits))) {
        return to_table(s);
    }
    return 0;
}

static size_t digits(const struct intset *ints, size_t i)
{
    char text[BT_DECIMAL_MAX];

    return bt_decimal_write(text, intset_at(ints, i));
}

/* The integers and a text fit into a pack. */
static bool fits_pack(const struct set *s, size_t n,
                      const struct set_limits *limits)
{
    size_t count = set_count(s);

    if (count >= limits->entries || n > limits->value) {
        return false;
    }
    if (s->form == PACK) {
        return pack_used(s->u.pack) < PACK_MAX / 2;
    }
    return count == 0 || (digits(s->u.ints, 0) <= limits->value &&
                          digits(s->u.ints, count - 1) <= limits->value);
}

/* ---- One member ---- */

static bool find_packed(const struct set *s, struct set_key *k, uint32_t *at)
{
    *at = pack_find(s->u.pack, pack_first(s->u.pack), set_key_text(k), 0);
    return *at != PACK_NONE;
}

bool set_has(const struct set *s, struct set_key *k)
{
    uint32_t at;
    size_t i;

    if (s->form == INTS) {
        return key_is_int(k) && intset_find(s->u.ints, k->v, &i);
    }
    if (s->form == PACK) {
        return find_packed(s, k, &at);
    }
    return dict_find(&s->u.table->dict, set_key_text(k), key_hash(k)) != NULL;
}

bool set_find(const struct set *s, struct set_key *k, struct set_place *place)
{
    uint32_t at = 0;
    bool there;

    if (s->form == INTS) {
        return key_is_int(k) && intset_find(s->u.ints, k->v, &place->at);
    }
    if (s->form == PACK) {
        there = find_packed(s, k, &at);
        place->at = at;
        return there;
    }
    place->node = dict_find(&s->u.table->dict, set_key_text(k), key_hash(k));
    return place->node != NULL;
}

static int add_int(struct set *s, struct set_key *k,
                   const struct set_limits *limits)
{
    size_t at;

    if (intset_count(s->u.ints) >= most_ints(limits)) {
        return to_table(s) != 0 ? -ENOMEM : table_add(s->u.table, k);
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
    if (s->form != TABLE && fits_pack(s, text.n, limits)) {
        if (s->form == INTS) {
            r = to_pack(s);
        }
        return r != 0 ? r : pack_append(&s->u.pack, text);
    }
    if (s->form != TABLE) {
        r = to_table(s);
    }
    return r != 0 ? r : table_add(s->u.table, k);
}

int set_add_new(struct set *s, struct set_key *k,
                const struct set_limits *limits)
{
    return s->form == INTS && key_is_int(k) ? add_int(s, k, limits)
                                            : add_text(s, k, limits);
}

int set_add(struct set *s, struct set_key *k, const struct set_limits *limits)
{
    int r;

    if (set_has(s, k)) {
        return 0;
    }
    r = set_add_new(s, k, limits);
    return r != 0 ? r : 1;
}

void set_remove_at(struct set *s, const struct set_place *place)
{
    if (s->form == INTS) {
        intset_remove_at(&s->u.ints, place->at);
    } else if (s->form == PACK) {
        pack_remove(&s->u.pack, (uint32_t)place->at, 1);
    } else {
        dict_remove_node(&s->u.table->dict, place->node);
        table_drop(s->u.table, place->node);
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

    if (s->form == INTS) {
        if (it->at >= intset_count(s->u.ints)) {
            return false;
        }
        show_int(k, intset_at(s->u.ints, it->at++));
        return true;
    }
    if (s->form == PACK) {
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

    if (s->form == TABLE) {
        place->node = dict_random(&s->u.table->dict, random);
        show_node(k, place->node);
        return;
    }
    i = dict_random_below(random, set_count(s));
    if (s->form == INTS) {
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

    if (s->form == TABLE) {
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

    if (s->form == TABLE) {
        return dict_scan(&s->u.table->dict, cursor, count, see, &scan);
    }
    while (set_next(s, &it, &k)) {
        fn(arg, &k);
    }
    return 0;
}

/* ---- For the keyspace ---- */

static void object_free(void *s)
{
    set_free(s);
}

static size_t object_bytes(const void *s)
{
    return set_bytes(s);
}

static size_t object_count(const void *s)
{
    return set_count(s);
}

static size_t object_effort(const void *object)
{
    const struct set *s = object;

    return s->form == TABLE ? set_count(s) + 2 : 2;
}

static const char *object_encoding(const void *s)
{
    return set_encoding(s);
}

static void *object_copy(const void *s)
{
    return set_copy(s);
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
