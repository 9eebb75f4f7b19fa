/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The patterns of BY and GET: "#", "before*behind", "before*behind->field".
 */
#include "command/sort.h"

#include "type/hash.h"

#include <errno.h>
#include <string.h>

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
