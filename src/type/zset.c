/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/zset.h"

#include <errno.h>

#include "base/check.h"
#include "base/mem.h"
#include "type/object.h"
#include "type/zpack.h"

struct zlarge {
    struct dict dict;
    struct ztree tree;
    size_t bytes; /* of the members */
};

struct zset {
    struct pack *pack; /* NULL: large */
    struct zlarge *large;
};

static const struct dict_type members = {.key_at = offsetof(struct zmember, p)};

/* ---- Members of a large set ---- */

static size_t member_size(size_t n)
{
    return offsetof(struct zmember, p) + n;
}

static struct zmember *member_new(struct bt_slice member, double score)
{
    struct zmember *m = NULL;

    if (member.n < UINT32_MAX) {
        m = bt_mem_get(member_size(member.n));
    }
    if (m) {
        m->node.key_n = (uint32_t)member.n;
        m->score = score;
        if (member.n > 0) {
            memcpy(m->p, member.p, member.n);
        }
    }
    return m;
}

static void member_free(struct zmember *m)
{
    bt_mem_put(m, member_size(m->node.key_n));
}

static void free_node(struct dict_node *n)
{
    member_free((struct zmember *)n);
}

/* ---- A large set ---- */

static struct zlarge *large_new(void)
{
    struct zlarge *l = bt_mem_get(sizeof *l);

    if (l) {
        dict_init(&l->dict, &members);
        ztree_init(&l->tree);
        l->bytes = 0;
    }
    return l;
}

static void large_free(struct zlarge *l)
{
    if (l) {
        ztree_fini(&l->tree);
        dict_fini(&l->dict, free_node);
        bt_mem_put(l, sizeof *l);
    }
}

static int large_add(struct zlarge *l, struct bt_slice member, uint32_t hash,
                     double score)
{
    struct zmember *m = member_new(member, score);
    int r = m ? ztree_insert(&l->tree, m) : -ENOMEM;

    if (r == 0) {
        r = dict_add(&l->dict, &m->node, hash);
        if (r != 0) {
            ztree_remove(&l->tree, m);
        }
    }
    if (r == 0) {
        l->bytes += bt_mem_size(member_size(member.n));
    } else if (m) {
        member_free(m);
    }
    return r;
}

static void large_remove(struct zlarge *l, struct zmember *m)
{
    ztree_remove(&l->tree, m);
    dict_remove_node(&l->dict, &m->node);
    l->bytes -= bt_mem_size(member_size(m->node.key_n));
    member_free(m);
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

void zset_free(struct zset *z)
{
    pack_free(z->pack);
    large_free(z->large);
    bt_mem_put(z, sizeof *z);
}

bool zset_is_small(const struct zset *z)
{
    return z->pack != NULL;
}

size_t zset_count(const struct zset *z)
{
    return z->pack ? pack_count(z->pack) / 2 : dict_count(&z->large->dict);
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
        p->score = p->found ? zpack_score(z->pack, p->at) : 0;
        return p->found;
    }
    p->hash = dict_hash(member);
    p->m = (struct zmember *)dict_find(&z->large->dict, member, p->hash);
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
        large_remove(z->large, p->m);
    }
}

/* ---- In order ---- */

size_t zset_before(const struct zset *z, const struct zpoint *p)
{
    uint32_t at;

    return z->pack ? zpack_before(z->pack, p, &at)
                   : ztree_before(&z->large->tree, p);
}

size_t zset_rank(const struct zset *z, const struct zset_place *p)
{
    struct zpoint point = {.score = p->score, .member = p->member};

    return zset_before(z, &point);
}

void zset_walk(const struct zset *z, size_t rank, bool back,
               struct zset_walk *w)
{
    w->z = z;
    w->back = back;
    if (z->pack) {
        w->at = zpack_at(z->pack, rank);
    } else {
        w->place = ztree_at(&z->large->tree, rank);
    }
}

static bool next_small(struct zset_walk *w, struct zset_item *item)
{
    const struct pack *p = w->z->pack;

    if (w->at == PACK_NONE) {
        return false;
    }
    item->member = pack_text(p, w->at, w->text);
    item->score = zpack_score(p, w->at);
    w->at = w->back ? zpack_prev(p, w->at) : zpack_next(p, w->at);
    return true;
}

bool zset_next(struct zset_walk *w, struct zset_item *item)
{
    const struct zmember *m;

    if (w->z->pack) {
        return next_small(w, item);
    }
    m = ztree_member(&w->place);
    if (!m) {
        return false;
    }
    item->member = zmember_slice(m);
    item->score = m->score;
    if (w->back) {
        ztree_prev(&w->place);
    } else {
        ztree_next(&w->place);
    }
    return true;
}

void zset_remove_ranks(struct zset *z, size_t rank, size_t n)
{
    bt_assert(rank + n <= zset_count(z));
    if (n == 0) {
        return;
    }
    if (z->pack) {
        zpack_remove(&z->pack, zpack_at(z->pack, rank), (uint32_t)n);
        return;
    }
    for (; n > 0; n--) {
        struct ztree_place p = ztree_at(&z->large->tree, rank);

        large_remove(z->large, (struct zmember *)ztree_member(&p));
    }
}

/* ---- In any order ---- */

struct scan {
    zset_scan_fn *fn;
    void *arg;
};

static void scan_node(void *arg, struct dict_node *n)
{
    const struct zmember *m = (struct zmember *)n;
    struct zset_item item = {zmember_slice(m), m->score};
    struct scan *s = arg;

    s->fn(s->arg, &item);
}

uint64_t zset_scan(const struct zset *z, uint64_t cursor, size_t count,
                   zset_scan_fn *fn, void *arg)
{
    struct scan s = {fn, arg};
    struct zset_walk w;
    struct zset_item item;

    if (!z->pack) {
        return dict_scan(&z->large->dict, cursor, count, scan_node, &s);
    }
    zset_walk(z, 0, false, &w);
    while (zset_next(&w, &item)) {
        fn(arg, &item);
    }
    return 0;
}

/* ---- For the keyspace ---- */

static void object_free(void *object)
{
    zset_free(object);
}

static size_t object_bytes(const void *object)
{
    const struct zset *z = object;
    size_t n = bt_mem_size(sizeof *z);

    if (z->pack) {
        return n + pack_bytes(z->pack);
    }
    return n + bt_mem_size(sizeof *z->large) + dict_bytes(&z->large->dict) +
           ztree_bytes(&z->large->tree) + z->large->bytes;
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

/* ---- For tests ---- */

bool zset_sound(const struct zset *z)
{
    struct zset_item last = {{NULL, 0}, 0}, item;
    struct zset_walk w;
    char text[PACK_TEXT];
    size_t n = 0;

    if (!z->pack) {
        return ztree_sound(&z->large->tree) &&
               z->large->tree.count == dict_count(&z->large->dict);
    }
    zset_walk(z, 0, false, &w);
    for (; zset_next(&w, &item); n++) {
        if (n > 0 && (last.score > item.score ||
                      (last.score == item.score &&
                       zmember_compare(last.member, item.member) >= 0))) {
            return false;
        }
        last = item;
        if (item.member.p == w.text) {
            memcpy(text, w.text, sizeof text);
            last.member.p = text;
        }
    }
    return 2 * n == pack_count(z->pack);
}
