/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/hash.c -- a hash as a whole, and single fields.
 */
#include "type/hash.h"

#include <errno.h>

#include "type/hash_form.h"

static const struct dict_type fields = {.key_at =
                                            offsetof(struct hash_node, text)};

/* ---- The large form ---- */

static size_t node_size(size_t field_n, size_t value_n)
{
    return offsetof(struct hash_node, text) + field_n + value_n;
}

static size_t size_of(const struct hash_node *n)
{
    return node_size(n->dict.key_n, n->value_n);
}

static void free_node(struct dict_node *d)
{
    bt_mem_put(d, size_of((struct hash_node *)d));
}

static int add_pair(struct table *t, uint32_t hash, struct bt_slice field,
                    struct bt_slice value)
{
    size_t size = node_size(field.n, value.n);
    struct hash_node *n = bt_mem_get(size);

    if (!n) {
        return -ENOMEM;
    }
    n->dict.key_n = (uint32_t)field.n;
    n->value_n = (uint32_t)value.n;
    bt_slice_copy(n->text, field);
    bt_slice_copy(n->text + field.n, value);
    return table_add(t, &n->dict, size, hash);
}

static int replace_value(struct table *t, struct dict_node **link,
                         struct bt_slice value)
{
    struct hash_node *n = (struct hash_node *)*link;
    size_t was = size_of(n), size = node_size(n->dict.key_n, value.n);

    n = bt_mem_resize(n, was, size);
    if (!n) {
        return -ENOMEM;
    }
    *link = &n->dict;
    n->value_n = (uint32_t)value.n;
    bt_slice_copy(n->text + n->dict.key_n, value);
    t->bytes += bt_mem_size(size) - bt_mem_size(was);
    return 0;
}

static struct table *table_of_all(const struct hash *h)
{
    struct table *t = table_new(&fields);
    struct hash_iter it = {0};
    struct hash_pair p;

    while (t && hash_next(h, &it, &p)) {
        if (add_pair(t, dict_hash(p.field), p.field, p.value) != 0) {
            table_free(t, free_node);
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

size_t hash_count(const struct hash *h)
{
    return h->pack ? pack_count(h->pack) / 2 : dict_count(&h->table->dict);
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
    if (h->pack) {
        return pack_text(h->pack, pack_next(h->pack, place->at), buf);
    }
    return hash_node_value((const struct hash_node *)*place->link);
}

static int put_small(struct hash *h, uint32_t at, struct bt_slice field,
                     struct bt_slice value, const struct hash_limits *limits)
{
    if (at != PACK_NONE) {
        return pack_replace(&h->pack, pack_next(h->pack, at), value);
    }
    if (hash_count(h) < limits->entries) {
        return pack_append_pair(&h->pack, field, value);
    }
    if (enlarge(h) != 0) {
        return -ENOMEM;
    }
    return add_pair(h->table, dict_hash(field), field, value);
}

static int put_large(struct hash *h, uint32_t hash, struct dict_node **link,
                     struct bt_slice field, struct bt_slice value)
{
    return link ? replace_value(h->table, link, value)
                : add_pair(h->table, hash, field, value);
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
        struct hash_node *n = (struct hash_node *)*place->link;

        dict_remove_link(&h->table->dict, place->link);
        table_drop(h->table, &n->dict, size_of(n));
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

/* ---- For the keyspace ---- */

static void object_free(void *object)
{
    struct hash *h = object;

    pack_free(h->pack);
    table_free(h->table, free_node);
    bt_mem_put(h, sizeof *h);
}

static size_t object_bytes(const void *object)
{
    const struct hash *h = object;

    return bt_mem_size(sizeof *h) +
           (h->pack ? pack_bytes(h->pack)
                    : bt_mem_size(sizeof *h->table) + table_bytes(h->table));
}

static size_t object_count(const void *object)
{
    return hash_count(object);
}

static size_t object_effort(const void *object)
{
    return hash_is_small(object) ? 2 : hash_count(object) + 2;
}

static const char *object_encoding(const void *object)
{
    return hash_is_small(object) ? "listpack" : "hashtable";
}

static void *object_copy(const void *object)
{
    const struct hash *h = object;
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

const struct object_ops hash_ops = {
    .name = "hash",
    .free = object_free,
    .bytes = object_bytes,
    .count = object_count,
    .effort = object_effort,
    .encoding = object_encoding,
    .copy = object_copy,
};
