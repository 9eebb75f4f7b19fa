/* SPDX-License-Identifier: BSD-2-Clause
 *
 * type/zset_walk.c -- ranks, ranges and scans.
 */
#include "type/zset_form.h"

#include "base/check.h"

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
    uint32_t next;

    if (w->at == PACK_NONE) {
        return false;
    }
    item->member = pack_text(p, w->at, w->text);
    next = zpack_get(p, w->at, &item->score);
    w->at = w->back ? zpack_prev(p, w->at) : next;
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

        zset_large_remove(z->large, (struct zmember *)ztree_member(&p));
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
        return dict_scan(&z->large->table.dict, cursor, count, scan_node, &s);
    }
    zset_walk(z, 0, false, &w);
    while (zset_next(&w, &item)) {
        fn(arg, &item);
    }
    return 0;
}

/* ---- For tests ---- */

bool zset_sound(const struct zset *z)
{
    struct zset_item last = {{NULL, 0}, 0}, item;
    struct zset_walk w;
    char text[PACK_TEXT];
    size_t n = 0;

    if (!z->pack) {
        return ztree_sound(&z->large->tree) &&
               z->large->tree.count == dict_count(&z->large->table.dict);
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
