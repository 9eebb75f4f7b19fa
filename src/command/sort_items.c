/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Elements are copied out of the collection first, with what they are sorted by:
 * a small form has no addresses for what it keeps as a number.
 */
#include "command/sort.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "type/hash.h"
#include "type/list.h"
#include "type/set.h"
#include "type/zset.h"

/* ---- Patterns ---- */

/* The key of a pattern "before*behind->field" for an element. */
static int make_key(struct sort *s, struct bt_slice before,
                    struct bt_slice element, struct bt_slice behind)
{
    size_t n = before.n + element.n + behind.n;

    s->key.n = 0;
    if (bt_buf_reserve(&s->key, n + 1) != 0) {
        return -ENOMEM;
    }
    bt_buf_add(&s->key, before.p, before.n);
    bt_buf_add(&s->key, element.p, element.n);
    bt_buf_add(&s->key, behind.p, behind.n);
    return 0;
}

/* "->" with something behind it. */
static const char *find_arrow(const char *p, const char *end)
{
    for (; end - p >= 2; p++) {
        if (p[0] == '-' && p[1] == '>') {
            return end - p > 2 ? p : NULL;
        }
    }
    return NULL;
}

static int value_of(const struct db_entry *e, struct bt_slice field,
                    char text[SORT_TEXT], struct bt_slice *value)
{
    enum db_type want = field.p ? DB_HASH : DB_STRING;
    struct hash_place place;

    if (!e || db_entry_type(e) != want) {
        return 0;
    }
    if (!field.p) {
        *value = db_entry_string(e);
        return 1;
    }
    if (!hash_find(db_entry_object(e), field, &place)) {
        return 0;
    }
    *value = hash_value(db_entry_object(e), &place, text);
    return 1;
}

int sort_lookup(struct sort *s, struct bt_slice pattern,
                struct bt_slice element, char text[SORT_TEXT],
                struct bt_slice *value)
{
    const char *end = pattern.p + pattern.n;
    const char *star = memchr(pattern.p, '*', pattern.n), *arrow;
    struct bt_slice field = {NULL, 0}, behind;

    _Static_assert(SORT_TEXT >= PACK_TEXT, "room for a value");
    if (bt_slice_eq(pattern, bt_str("#"))) {
        *value = element;
        return 1;
    }
    if (!star) {
        return 0;
    }
    arrow = find_arrow(star + 1, end);
    behind = bt_slice(star + 1, (size_t)((arrow ? arrow : end) - star - 1));
    if (arrow) {
        field = bt_slice(arrow + 2, (size_t)(end - arrow - 2));
    }
    if (make_key(s, bt_slice(pattern.p, (size_t)(star - pattern.p)), element,
                 behind) != 0) {
        return -ENOMEM;
    }
    return value_of(tx_find(s->call->tx, bt_slice(s->key.p, s->key.n)), field,
                    text, value);
}

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

static int compare_texts(struct bt_slice a, struct bt_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int r = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return r != 0 ? r : a.n < b.n ? -1 : a.n > b.n;
}

/* By the values of BY: those without one come first. */
static int compare_by(struct bt_slice a, struct bt_slice b)
{
    if (!a.p || !b.p) {
        return (a.p != NULL) - (b.p != NULL);
    }
    return compare_texts(a, b);
}

static int in_order(const struct sort_item *a, const struct sort_item *b)
{
    return a->order < b->order ? -1 : 1;
}

static int by_score(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;

    if (a->score != b->score) {
        return a->score < b->score ? -1 : 1;
    }
    return compare_texts(a->element, b->element);
}

static int by_text(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;

    return compare_texts(a->element, b->element);
}

static int by_value(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;
    int r = compare_by(a->by, b->by);

    return r != 0 ? r : in_order(a, b);
}

static int by_value_desc(const void *x, const void *y)
{
    const struct sort_item *a = x, *b = y;
    int r = compare_by(b->by, a->by);

    return r != 0 ? r : in_order(a, b);
}

static int by_score_desc(const void *x, const void *y)
{
    return by_score(y, x);
}

static int by_text_desc(const void *x, const void *y)
{
    return by_text(y, x);
}

static void put_in_order(struct sort *s)
{
    int (*compare)(const void *, const void *);

    if (!s->alpha) {
        compare = s->desc ? by_score_desc : by_score;
    } else if (s->by.p) {
        compare = s->desc ? by_value_desc : by_value;
    } else {
        compare = s->desc ? by_text_desc : by_text;
    }
    qsort(s->items, s->n_items, sizeof *s->items, compare);
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
        put_in_order(s);
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
