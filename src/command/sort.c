/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SORT, SORT_RO. With a BY or GET pattern that leads to other keys all shards
 * are locked.
 */
#include "command/sort.h"

#include "command/commands.h"
#include "command/keys.h"
#include "command/list.h"
#include "db/notify.h"

/* ---- Which keys ---- */

static bool leads_to_keys(struct bt_slice pattern)
{
    return memchr(pattern.p, '*', pattern.n) != NULL;
}

/* Words that the command will refuse are passed over. */
static int find_keys(const struct bt_slice *argv, size_t argc, bool may_store,
                     struct cmd_key_list *list)
{
    size_t store = 0;
    bool all = false;
    int r = 0;

    for (size_t i = 2; i + 1 < argc; i++) {
        if (bt_slice_is(argv[i], "limit")) {
            i += 2;
        } else if (bt_slice_is(argv[i], "get") || bt_slice_is(argv[i], "by")) {
            all |= leads_to_keys(argv[++i]);
        } else if (may_store && bt_slice_is(argv[i], "store")) {
            store = ++i; /* the last one holds */
        }
    }
    if (store > 0) {
        r = cmd_keys_add(list, store);
    }
    return r == 0 && all ? CMD_KEYS_ALL : r;
}

int sort_keys(const struct bt_slice *argv, size_t argc,
              struct cmd_key_list *list)
{
    return find_keys(argv, argc, true, list);
}

int sort_ro_keys(const struct bt_slice *argv, size_t argc,
                 struct cmd_key_list *list)
{
    return find_keys(argv, argc, false, list);
}

/* ---- Options ---- */

static void read_by(struct sort *s, struct bt_slice pattern)
{
    s->by = pattern;
    s->asis |= !leads_to_keys(pattern);
}

/* How many words the option at argv[i] has; 0 after the error reply. */
static size_t read_option(struct sort *s, size_t i, bool may_store)
{
    struct call *c = s->call;
    struct bt_slice word = c->argv[i];
    size_t left = c->argc - i - 1;

    if (bt_slice_is(word, "asc") || bt_slice_is(word, "desc")) {
        s->desc = bt_slice_is(word, "desc");
    } else if (bt_slice_is(word, "alpha")) {
        s->alpha = true;
    } else if (bt_slice_is(word, "limit") && left >= 2) {
        return cmd_int(c, c->argv[i + 1], &s->skip) &&
                       cmd_int(c, c->argv[i + 2], &s->count)
                   ? 3
                   : 0;
    } else if (may_store && bt_slice_is(word, "store") && left >= 1) {
        s->store = &c->argv[i + 1];
        return 2;
    } else if (bt_slice_is(word, "by") && left >= 1) {
        read_by(s, c->argv[i + 1]);
        return 2;
    } else if (bt_slice_is(word, "get") && left >= 1) {
        s->n_get++;
        return 2;
    } else {
        cmd_syntax(c);
        return 0;
    }
    return 1;
}

static bool read_options(struct sort *s, bool may_store)
{
    size_t n;

    for (size_t i = 2; i < s->call->argc; i += n) {
        n = read_option(s, i, may_store);
        if (n == 0) {
            return false;
        }
    }
    return true;
}

/* ---- Where it goes ---- */

struct output {
    struct sort *sort;
    struct list *list; /* NULL: a reply */
};

/* value.p == NULL: there is none, which a list cannot say. */
static bool put(struct output *o, struct bt_slice value)
{
    struct call *c = o->sort->call;

    if (o->list) {
        value = value.p ? value : bt_slice("", 0);
        return list_push(o->list, LIST_TAIL, value) == 0 || cmd_oom(c);
    }
    if (value.p) {
        resp_bulk(c->out, value.p, value.n);
    } else {
        resp_null(c->out);
    }
    return true;
}

static bool put_looked_up(struct output *o, struct bt_slice pattern,
                          struct bt_slice element)
{
    struct bt_slice value = {NULL, 0};
    char text[SORT_TEXT];

    /* Without memory for a key's name there is nothing. */
    if (sort_lookup(o->sort, pattern, element, text, &value) != 1) {
        value.p = NULL;
    }
    return put(o, value);
}

/* What the GETs say of one element. The options were read before. */
static bool put_got(struct output *o, struct bt_slice element)
{
    const struct call *c = o->sort->call;

    for (size_t i = 2; i < c->argc; i++) {
        if (bt_slice_is(c->argv[i], "limit")) {
            i += 2;
        } else if (bt_slice_is(c->argv[i], "by") ||
                   bt_slice_is(c->argv[i], "store")) {
            i++;
        } else if (bt_slice_is(c->argv[i], "get")) {
            if (!put_looked_up(o, c->argv[++i], element)) {
                return false;
            }
        }
    }
    return true;
}

static bool put_all(struct output *o)
{
    const struct sort *s = o->sort;

    for (size_t i = s->first; i < s->first + s->n; i++) {
        struct bt_slice element = s->items[i].element;

        if (!(s->n_get > 0 ? put_got(o, element) : put(o, element))) {
            return false;
        }
    }
    return true;
}

static void reply(struct sort *s)
{
    struct output o = {s, NULL};

    resp_array(s->call->out, s->n * (s->n_get > 0 ? s->n_get : 1));
    put_all(&o);
}

/* Nothing is a list that cannot be stored: the key goes then. */
static void store(struct sort *s)
{
    struct call *c = s->call;
    struct output o = {s, NULL};
    size_t n = s->n * (s->n_get > 0 ? s->n_get : 1);

    if (n == 0) {
        if (db_remove(c->tx, *s->store)) {
            tx_notify(c->tx, NOTIFY_GENERIC, "del", *s->store);
        }
        resp_int(c->out, 0);
        return;
    }
    o.list = list_new(lists_fill(c));
    if (!o.list) {
        cmd_oom(c);
    } else if (!put_all(&o)) {
        list_free(o.list);
    } else if (db_put(c->tx, *s->store, DB_LIST, o.list, DB_NO_EXPIRE) != 0) {
        cmd_oom(c);
    } else {
        tx_notify(c->tx, NOTIFY_LIST, "sortstore", *s->store);
        resp_int(c->out, (int64_t)n);
    }
}

/* ---- The commands ---- */

static bool can_be_sorted(struct call *c, const struct db_entry *e)
{
    enum db_type type = e ? db_entry_type(e) : DB_LIST;

    return type == DB_LIST || type == DB_SET || type == DB_ZSET ||
           cmd_type_error(c);
}

static void sort(struct call *c, bool may_store)
{
    struct sort s = {.call = c, .count = -1};
    const struct db_entry *e;

    if (!read_options(&s, may_store)) {
        return;
    }
    e = tx_find(c->tx, c->argv[1]);
    if (!can_be_sorted(c, e)) {
        return;
    }
    /* A set has no order of its own that could be kept. */
    if (s.asis && s.store && e && db_entry_type(e) == DB_SET) {
        s.asis = false;
        s.alpha = true;
        s.by.p = NULL;
    }
    if (sort_items(&s, e)) {
        if (s.store) {
            store(&s);
        } else {
            reply(&s);
        }
    }
    sort_fini(&s);
}

void cmd_sort(struct call *c)
{
    sort(c, true);
}

void cmd_sort_ro(struct call *c)
{
    sort(c, false);
}
