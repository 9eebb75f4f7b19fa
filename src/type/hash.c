/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/hash.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "type/object.h"

struct table {
    struct dict dict;
    size_t bytes; /* of all nodes */
};

/* One of the two is NULL. */
struct hash {
    struct pack *pack;
    struct table *table;
};

struct node {
    struct dict_node dict;
    uint32_t value_n;
    char text[]; /* the field, then the value */
};

#define NODE_BYTES offsetof(struct node, text)

static const struct dict_type fields = {.key_at = NODE_BYTES};

/* ---- Nodes ---- */

static size_t node_size(size_t field_n, size_t value_n)
{
    return NODE_BYTES + field_n + value_n;
}

static size_t size_of(const struct node *n)
{
    return node_size(n->dict.key_n, n->value_n);
}

static void free_node(struct dict_node *d)
{
    bt_mem_put(d, size_of((struct node *)d));
}

static void copy_bytes(char *to, struct bt_slice s)
{
    if (s.n > 0) {
        memcpy(to, s.p, s.n);
    }
}

static struct node *new_node(struct bt_slice field, struct bt_slice value)
{
    struct node *n = bt_mem_get(node_size(field.n, value.n));

    if (n) {
        n->dict.key_n = (uint32_t)field.n;
        n->value_n = (uint32_t)value.n;
        copy_bytes(n->text, field);
        copy_bytes(n->text + field.n, value);
    }
    return n;
}

static void show_node(const struct node *n, struct hash_pair *p)
{
    p->field = bt_slice(n->text, n->dict.key_n);
    p->value = bt_slice(n->text + n->dict.key_n, n->value_n);
}

/* ---- The large form ---- */

static struct table *new_table(void)
{
    struct table *t = bt_mem_get(sizeof *t);

    if (t) {
        dict_init(&t->dict, &fields);
        t->bytes = 0;
    }
    return t;
}

static void free_table(struct table *t)
{
    if (t) {
        dict_fini(&t->dict, free_node);
        bt_mem_put(t, sizeof *t);
    }
}

static int table_add(struct table *t, uint32_t hash, struct bt_slice field,
                     struct bt_slice value)
{
    struct node *n = new_node(field, value);

    if (!n) {
        return -ENOMEM;
    }
    if (dict_add(&t->dict, &n->dict, hash) != 0) {
        free_node(&n->dict);
        return -ENOMEM;
    }
    t->bytes += bt_mem_size(size_of(n));
    return 0;
}

static int table_replace(struct table *t, struct dict_node **link,
                         struct bt_slice value)
{
    struct node *n = (struct node *)*link;
    size_t was = size_of(n), size = node_size(n->dict.key_n, value.n);

    n = bt_mem_resize(n, was, size);
    if (!n) {
        return -ENOMEM;
    }
    *link = &n->dict;
    n->value_n = (uint32_t)value.n;
    copy_bytes(n->text + n->dict.key_n, value);
    t->bytes += bt_mem_size(size) - bt_mem_size(was);
    return 0;
}

static struct table *table_of_all(const struct hash *h)
{
    struct table *t = new_table();
    struct hash_iter it = {0};
    struct hash_pair p;

    while (t && hash_next(h, &it, &p)) {
        if (table_add(t, dict_hash(p.field), p.field, p.value) != 0) {
            free_table(t);
            t = NULL;
        }
    }
    return t;
}

static int enlarge(struct hash *h)
{
    struct table *t = table_of_all(h);

    if (!t) {
        return -ENOMEM;
    }
    pack_free(h->pack);
    h->pack = NULL;
    h->table = t;
    return 0;
}

/* ---- The whole ---- */

struct hash *hash_new(void)
{
    struct hash *h = bt_mem_get(sizeof *h);

    if (h) {
        h->table = NULL;
        h->pack = pack_new();
        if (!h->pack) {
            bt_mem_put(h, sizeof *h);
            h = NULL;
        }
    }
    return h;
}

void hash_free(struct hash *h)
{
    if (h) {
        pack_free(h->pack);
        free_table(h->table);
        bt_mem_put(h, sizeof *h);
    }
}

struct hash *hash_copy(const struct hash *h)
{
    struct hash *copy = bt_mem_get(sizeof *copy);

    if (!copy) {
        return NULL;
    }
    copy->pack = h->pack ? pack_copy(h->pack) : NULL;
    copy->table = h->pack ? NULL : table_of_all(h);
    if (!copy->pack && !copy->table) {
        bt_mem_put(copy, sizeof *copy);
        copy = NULL;
    }
    return copy;
}

size_t hash_count(const struct hash *h)
{
    return h->pack ? pack_count(h->pack) / 2 : dict_count(&h->table->dict);
}

size_t hash_bytes(const struct hash *h)
{
    return bt_mem_size(sizeof *h) +
           (h->pack ? pack_bytes(h->pack)
                    : bt_mem_size(sizeof *h->table) + h->table->bytes +
                          dict_bytes(&h->table->dict));
}

bool hash_is_small(const struct hash *h)
{
    return h->pack != NULL;
}

/* ---- One field ---- */

bool hash_find(const struct hash *h, struct bt_slice field,
               struct hash_place *place)
{
    if (h->pack) {
        place->at = pack_find(h->pack, pack_first(h->pack), field, 1);
        return place->at != PACK_NONE;
    }
    place->hash = dict_hash(field);
    place->link = dict_find_link(&h->table->dict, field, place->hash);
    return place->link != NULL;
}

struct bt_slice hash_value(const struct hash *h, const struct hash_place *place,
                           char buf[PACK_TEXT])
{
    struct hash_pair p;

    if (h->pack) {
        return pack_text(h->pack, pack_next(h->pack, place->at), buf);
    }
    show_node((const struct node *)*place->link, &p);
    return p.value;
}

/* Field and value, or neither. */
static int pack_pair(struct pack **pp, struct bt_slice field,
                     struct bt_slice value)
{
    int r = pack_append(pp, field);

    if (r == 0) {
        r = pack_append(pp, value);
        if (r != 0) {
            pack_remove(pp, pack_last(*pp), 1);
        }
    }
    return r;
}

static int put_small(struct hash *h, uint32_t at, struct bt_slice field,
                     struct bt_slice value, const struct hash_limits *limits)
{
    if (at != PACK_NONE) {
        return pack_replace(&h->pack, pack_next(h->pack, at), value);
    }
    if (hash_count(h) < limits->entries) {
        return pack_pair(&h->pack, field, value);
    }
    if (enlarge(h) != 0) {
        return -ENOMEM;
    }
    return table_add(h->table, dict_hash(field), field, value);
}

static int put_large(struct hash *h, uint32_t hash, struct dict_node **link,
                     struct bt_slice field, struct bt_slice value)
{
    return link ? table_replace(h->table, link, value)
                : table_add(h->table, hash, field, value);
}

int hash_put(struct hash *h, const struct hash_place *place,
             struct bt_slice field, struct bt_slice value,
             const struct hash_limits *limits)
{
    uint32_t hash;

    if (field.n >= UINT32_MAX / 4 || value.n >= UINT32_MAX / 2) {
        return -EFBIG;
    }
    if (!h->pack) {
        return put_large(h, place->hash, place->link, field, value);
    }
    if (field.n <= limits->value && value.n <= limits->value &&
        pack_used(h->pack) < PACK_MAX / 2) {
        return put_small(h, place->at, field, value, limits);
    }
    if (enlarge(h) != 0) {
        return -ENOMEM;
    }
    hash = dict_hash(field);
    return put_large(h, hash, dict_find_link(&h->table->dict, field, hash),
                     field, value);
}

void hash_delete_at(struct hash *h, const struct hash_place *place)
{
    if (h->pack) {
        pack_remove(&h->pack, place->at, 2);
    } else {
        struct node *n = (struct node *)*place->link;

        h->table->bytes -= bt_mem_size(size_of(n));
        dict_remove_link(&h->table->dict, place->link);
        free_node(&n->dict);
    }
}

bool hash_delete(struct hash *h, struct bt_slice field)
{
    struct hash_place place;
    bool there = hash_find(h, field, &place);

    if (there) {
        hash_delete_at(h, &place);
    }
    return there;
}

int hash_expect(struct hash *h, size_t n, const struct hash_limits *limits)
{
    return h->pack && n > limits->entries ? enlarge(h) : 0;
}

/* ---- All of them ---- */

static void show_packed(const struct pack *pack, uint32_t at,
                        struct hash_pair *p)
{
    p->field = pack_text(pack, at, p->field_text);
    p->value = pack_text(pack, pack_next(pack, at), p->value_text);
}

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
    p->field = pack_text(pack, it->at, p->field_text);
    it->at = pack_next(pack, it->at);
    p->value = pack_text(pack, it->at, p->value_text);
    it->at = pack_next(pack, it->at);
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
        show_node((const struct node *)n, p);
    }
    return n != NULL;
}

void hash_pair_at(const struct hash *h, size_t i, struct hash_pair *p)
{
    show_packed(h->pack, pack_index(h->pack, 2 * (int64_t)i), p);
}

void hash_random(const struct hash *h, uint64_t *random, struct hash_pair *p)
{
    if (h->pack) {
        hash_pair_at(h, dict_random_below(random, hash_count(h)), p);
    } else {
        show_node((struct node *)dict_random(&h->table->dict, random), p);
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

    show_node((struct node *)n, &p);
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

/* ---- For the keyspace ---- */

static void object_free(void *h)
{
    hash_free(h);
}

static size_t object_bytes(const void *h)
{
    return hash_bytes(h);
}

static size_t object_count(const void *h)
{
    return hash_count(h);
}

static size_t object_effort(const void *object)
{
    const struct hash *h = object;

    return h->pack ? 2 : hash_count(h) + 2;
}

static const char *object_encoding(const void *h)
{
    return hash_is_small(h) ? "listpack" : "hashtable";
}

static void *object_copy(const void *h)
{
    return hash_copy(h);
}

const struct object_ops hash_ops = {
    .name = "hash",
    .free = object_free,
    .bytes = object_bytes,
    .count = object_count,
    .effort = object_effort,
    .encoding = object_encoding,
    .copy = object_copy,
};
