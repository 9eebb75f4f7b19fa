/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/zset.c -- a sorted set as a whole, and single members.
 */
#include "type/zset.h"

#include <errno.h>

#include "base/check.h"
#include "type/zset_form.h"

/* ---- A large set ---- */

static const struct dict_type members = {.key_at = offsetof(struct zmember, p)};

static size_t member_size(size_t n)
{
    return offsetof(struct zmember, p) + n;
}

static void free_node(struct dict_node *n)
{
    bt_mem_put(n, member_size(n->key_n));
}

static struct zlarge *large_new(void)
{
    struct zlarge *l = bt_mem_get(sizeof *l);

    if (l) {
        table_init(&l->table, &members);
        ztree_init(&l->tree);
    }
    return l;
}

static void large_free(struct zlarge *l)
{
    if (l) {
        ztree_fini(&l->tree);
        table_fini(&l->table, free_node);
        bt_mem_put(l, sizeof *l);
    }
}

static int large_add(struct zlarge *l, struct bt_slice member, uint32_t hash,
                     double score)
{
    size_t size = member_size(member.n);
    struct zmember *m = member.n < UINT32_MAX ? bt_mem_get(size) : NULL;
    int r;

    if (!m) {
        return -ENOMEM;
    }
    m->node.key_n = (uint32_t)member.n;
    m->score = score;
    bt_slice_copy(m->p, member);
    r = table_add(&l->table, &m->node, size, hash);
    if (r == 0) {
        r = ztree_insert(&l->tree, m);
        if (r != 0) {
            dict_remove_node(&l->table.dict, &m->node);
            table_drop(&l->table, &m->node, size);
        }
    }
    return r;
}

void zset_large_remove(struct zlarge *l, struct zmember *m)
{
    ztree_remove(&l->tree, m);
    dict_remove_node(&l->table.dict, &m->node);
    table_drop(&l->table, &m->node, member_size(m->node.key_n));
}

/* ---- The whole ---- */

struct zset *zset_new(void)
{
    struct zset *z = bt_mem_get(sizeof *z);

    if (!z) {
        return NULL;
    }
    z->large = NULL;
    z->pack = pack_new();
    if (!z->pack) {
        bt_mem_put(z, sizeof *z);
        return NULL;
    }
    return z;
}

bool zset_is_small(const struct zset *z)
{
    return z->pack != NULL;
}

size_t zset_count(const struct zset *z)
{
    return z->pack ? pack_count(z->pack) / 2
                   : dict_count(&z->large->table.dict);
}

static struct zlarge *large_of(const struct zset *z)
{
    struct zlarge *l = large_new();
    struct zset_walk w;
    struct zset_item item;

    zset_walk(z, 0, false, &w);
    while (l && zset_next(&w, &item)) {
        if (large_add(l, item.member, dict_hash(item.member), item.score)) {
            large_free(l);
            l = NULL;
        }
    }
    return l;
}

static int enlarge(struct zset *z)
{
    struct zlarge *l = large_of(z);

    if (!l) {
        return -ENOMEM;
    }
    z->large = l;
    pack_free(z->pack);
    z->pack = NULL;
    return 0;
}

static struct pack *pack_of(const struct zset *z, size_t longest)
{
    struct pack *p = pack_new();
    struct zset_walk w;
    struct zset_item item;

    zset_walk(z, 0, false, &w);
    while (p && zset_next(&w, &item)) {
        if (item.member.n > longest ||
            zpack_append(&p, item.member, item.score) != 0) {
            pack_free(p);
            p = NULL;
        }
    }
    return p;
}

void zset_compact(struct zset *z, const struct zset_limits *l)
{
    if (!z->pack && zset_count(z) <= l->entries) {
        z->pack = pack_of(z, l->value);
    }
    if (z->pack && z->large) {
        large_free(z->large);
        z->large = NULL;
    }
}

/* ---- One member ---- */

bool zset_find(const struct zset *z, struct bt_slice member,
               struct zset_place *p)
{
    p->member = member;
    if (z->pack) {
        p->at = zpack_find(z->pack, member);
        p->found = p->at != PACK_NONE;
        p->score = 0;
        if (p->found) {
            zpack_get(z->pack, p->at, &p->score);
        }
        return p->found;
    }
    p->hash = dict_hash(member);
    p->m = (struct zmember *)dict_find(&z->large->table.dict, member, p->hash);
    p->found = p->m != NULL;
    p->score = p->found ? p->m->score : 0;
    return p->found;
}

int zset_add(struct zset *z, const struct zset_place *p, double score,
             const struct zset_limits *l)
{
    int r;

    if (!z->pack) {
        return large_add(z->large, p->member, p->hash, score);
    }
    if (zset_count(z) < l->entries && p->member.n <= l->value) {
        r = zpack_insert(&z->pack, p->member, score);
        if (r != -EFBIG) {
            return r;
        }
    }
    r = enlarge(z);
    if (r != 0) {
        return r;
    }
    return large_add(z->large, p->member, dict_hash(p->member), score);
}

int zset_move(struct zset *z, const struct zset_place *p, double score)
{
    int r;

    if (!z->pack) {
        return ztree_move(&z->large->tree, p->m, score);
    }
    r = zpack_move(&z->pack, p->at, p->member, score);
    if (r == -EFBIG && enlarge(z) == 0) {
        struct zset_place again;

        zset_find(z, p->member, &again);
        return ztree_move(&z->large->tree, again.m, score);
    }
    return r != 0 ? -ENOMEM : 0;
}

void zset_remove(struct zset *z, const struct zset_place *p)
{
    bt_assert(p->found);
    if (z->pack) {
        zpack_remove(&z->pack, p->at, 1);
    } else {
        zset_large_remove(z->large, p->m);
    }
}

/* ---- For the keyspace ---- */

static void object_free(void *object)
{
    struct zset *z = object;

    pack_free(z->pack);
    large_free(z->large);
    bt_mem_put(z, sizeof *z);
}

static size_t object_bytes(const void *object)
{
    const struct zset *z = object;
    size_t n = bt_mem_size(sizeof *z);

    if (z->pack) {
        return n + pack_bytes(z->pack);
    }
    return n + bt_mem_size(sizeof *z->large) + table_bytes(&z->large->table) +
           ztree_bytes(&z->large->tree);
}

static size_t object_count(const void *object)
{
    return zset_count(object);
}

static size_t object_effort(const void *object)
{
    const struct zset *z = object;

    return z->pack ? 2 : zset_count(z);
}

static const char *object_encoding(const void *object)
{
    return zset_is_small(object) ? "listpack" : "skiplist";
}

static void *object_copy(const void *object)
{
    const struct zset *from = object;
    struct zset *z = bt_mem_get(sizeof *z);

    if (!z) {
        return NULL;
    }
    z->pack = from->pack ? pack_copy(from->pack) : NULL;
    z->large = from->pack ? NULL : large_of(from);
    if (!z->pack && !z->large) {
        bt_mem_put(z, sizeof *z);
        return NULL;
    }
    return z;
}

const struct object_ops zset_ops = {
    .name = "zset",
    .free = object_free,
    .bytes = object_bytes,
    .count = object_count,
    .effort = object_effort,
    .encoding = object_encoding,
    .copy = object_copy,
};
