/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elements are copied out of the collection first, with what they are sorted
 * by: a small form has no addresses for what it keeps as a number.
 */
#include "command/sort.h"

#include "type/list.h"
#include "type/set.h"
#include "type/zset.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Elements ---- */

/* While `texts` grows a slice holds how far from its start the bytes are. */
static int keep(struct sort *s, struct bt_slice text, struct bt_slice *kept)
{
    size_t at = s->texts.n;

    /* One more, so that there is a place even for nothing. */
    if (bt_buf_reserve(&s->texts, text.n + 1) != 0) {
        return -ENOMEM;
    }
    bt_buf_add(&s->texts, text.p, text.n);
    s->texts.n++;
    *kept = bt_slice((const char *)(uintptr_t)(at + 1), text.n);
    return 0;
}

static struct bt_slice place(const struct sort *s, struct bt_slice kept)
{
    if (kept.p) {
        kept.p = s->texts.p + ((uintptr_t)kept.p - 1);
    }
    return kept;
}

static int add(struct sort *s, struct bt_slice element)
{
    struct sort_item *item = &s->items[s->n_items];

    *item = (struct sort_item){.order = s->n_items++};
    return keep(s, element, &item->element);
}

static int add_list(struct sort *s, const struct list *l, bool back)
{
    struct list_at at = list_end_at(l, back ? LIST_TAIL : LIST_HEAD);
    char text[PACK_TEXT];
    int r = 0;

    while (r == 0 && list_at_is(&at)) {
        r = add(s, pack_text(at.pack, at.at, text));
        if (back) {
            list_prev(&at);
        } else {
            list_next(&at);
        }
    }
    return r;
}

static int add_set(struct sort *s, const struct set *set)
{
    struct set_iter it = {0};
    struct set_key k;
    int r = 0;

    while (r == 0 && set_next(set, &it, &k)) {
        r = add(s, set_key_text(&k));
    }
    return r;
}

static int add_zset(struct sort *s, const struct zset *z, bool back)
{
    struct zset_item item;
    struct zset_walk w;
    int r = 0;

    if (zset_count(z) == 0) {
        return 0;
    }
    zset_walk(z, back ? zset_count(z) - 1 : 0, back, &w);
    while (r == 0 && zset_next(&w, &item)) {
        r = add(s, item.member);
    }
    return r;
}

static size_t count_of(const struct db_entry *e)
{
    const void *object = e ? db_entry_object(e) : NULL;

    if (!e) {
        return 0;
    }
    if (db_entry_type(e) == DB_LIST) {
        return list_count(object);
    }
    return db_entry_type(e) == DB_SET ? set_count(object) : zset_count(object);
}

/* Unsorted ones come in the order that DESC asks for, where there is one. */
static int add_all(struct sort *s, const struct db_entry *e)
{
    bool back = s->asis && s->desc;

    if (!e) {
        return 0;
    }
    if (db_entry_type(e) == DB_LIST) {
        return add_list(s, db_entry_object(e), back);
    }
    if (db_entry_type(e) == DB_SET) {
        return add_set(s, db_entry_object(e));
    }
    return add_zset(s, db_entry_object(e), back);
}

/* ---- What they are sorted by ---- */

/* As strtod reads it, to the end or to a zero byte. */
static bool read_score(struct bt_slice text, double *score)
{
    char few[64], *copy = few, *end;
    bool ok;

    if (text.n >= sizeof few) {
        copy = malloc(text.n + 1);
        if (!copy) {
            return false;
        }
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    errno = 0;
    *score = strtod(copy, &end);
    ok = *end == '\0' && errno != ERANGE && !isnan(*score);
    if (copy != few) {
        free(copy);
    }
    return ok;
}

/* 0, -ENOMEM, or -EDOM: it is no number. */
static int judge(struct sort *s, struct sort_item *item)
{
    struct bt_slice value = place(s, item->element);
    char text[SORT_TEXT];
    int r = s->by.p ? sort_lookup(s, s->by, value, text, &value) : 1;

    if (r <= 0) {
        return r;
    }
    if (!s->alpha) {
        return read_score(value, &item->score) ? 0 : -EDOM;
    }
    return s->by.p ? keep(s, value, &item->by) : 0;
}

/* ---- All of it ---- */

static void limit(struct sort *s)
{
    int64_t n = (int64_t)s->n_items;
    int64_t skip = s->skip < 0 ? 0 : s->skip < n ? s->skip : n;
    int64_t count = s->count < 0 || s->count > n - skip ? n - skip : s->count;

    s->first = (size_t)skip;
    s->n = (size_t)count;
}

static bool fail(struct sort *s, int error)
{
    if (error == -EDOM) {
        resp_error(s->call->out,
                   "ERR One or more scores can't be converted into double");
        return false;
    }
    return cmd_oom(s->call);
}

bool sort_items(struct sort *s, const struct db_entry *e)
{
    size_t count = count_of(e);
    int r;

    s->items = malloc((count + 1) * sizeof *s->items);
    r = s->items ? add_all(s, e) : -ENOMEM;
    for (size_t i = 0; r == 0 && !s->asis && i < s->n_items; i++) {
        r = judge(s, &s->items[i]);
    }
    if (r != 0) {
        return fail(s, r);
    }
    for (size_t i = 0; i < s->n_items; i++) {
        s->items[i].element = place(s, s->items[i].element);
        s->items[i].by = place(s, s->items[i].by);
    }
    if (!s->asis) {
        sort_in_order(s);
    }
    limit(s);
    return true;
}

void sort_fini(struct sort *s)
{
    free(s->items);
    bt_buf_fini(&s->texts);
    bt_buf_fini(&s->key);
}
