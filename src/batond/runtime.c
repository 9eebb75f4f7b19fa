/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CONFIG GET and SET. A SET is all or nothing: every pair is judged, then every
 * value is put in place, then made to count; whatever fails, the old values
 * come back in the reverse order.
 */
#include "batond/conf.h"

#include <baton/baton.h>

#include "batond/rewrite.h"
#include "batond/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One option of a SET. */
struct change {
    size_t i;
    struct option_value
        value; /* the new one; the old one once it is in place */
};

static const char *name_of(void *ctx, size_t i)
{
    size_t seen = 0;

    /* All names first, then the aliases. */
    for (size_t round = 0; round < 2; round++) {
        for (size_t k = 0; k < OPT_N; k++) {
            const struct option *o = option_at(k);
            const char *name = round == 0 ? o->name : o->alias;

            if (name && !(o->flags & OPTION_UNSEEN) && seen++ == i) {
                return name;
            }
        }
    }
    return NULL;
}

static int get(void *ctx, size_t i, struct bt_buf *out)
{
    struct config *c = ctx;
    const char *name = name_of(ctx, i);
    size_t k;
    int r;

    bt_assert(name);
    k = option_find(bt_str(name));
    if (k == OPT_maxclients && c->server) {
        return bt_buf_addf(out, "%u", baton_max_clients(c->server));
    }
    bt_mutex_lock(&c->settings.lock);
    r = bt_buf_add(out, c->value[k].text, strlen(c->value[k].text));
    bt_mutex_unlock(&c->settings.lock);
    return r;
}

static int failed(struct option_error *e, struct bt_slice name)
{
    struct option_error why = *e;

    return option_fail(e,
                       "CONFIG SET failed (possibly related to argument "
                       "'%.*s') - %s",
                       (int)(name.n < 64 ? name.n : 64), name.p, why.text);
}

/* May the options of these pairs be set at all? */
static int check_names(const struct bt_slice *pairs, size_t n,
                       struct option_error *e)
{
    for (size_t k = 0; k < n; k++) {
        struct bt_slice name = pairs[2 * k];
        size_t i = option_find(name);
        const char *why = NULL;

        if (i == OPT_N || (option_at(i)->flags & OPTION_UNSEEN)) {
            return option_fail(e,
                               "Unknown option or number of arguments for "
                               "CONFIG SET - '%.*s'",
                               (int)(name.n < 128 ? name.n : 128), name.p);
        }
        if (!(option_at(i)->flags & OPTION_SETTABLE)) {
            why = "can't set immutable config";
        } else if (option_at(i)->flags & OPTION_GUARDED) {
            why = "can't set protected config";
        }
        for (size_t before = 0; before < k && !why; before++) {
            if (option_find(pairs[2 * before]) == i) {
                why = "duplicate parameter";
            }
        }
        if (why) {
            option_fail(e, "%s", why);
            return failed(e, name);
        }
    }
    return 0;
}

/* A list is one argument of CONFIG SET. How many words were found. */
static size_t split(const struct option *o, struct bt_slice text,
                    struct bt_slice *word, size_t max)
{
    size_t n = 0, at = 0;

    if (o->kind != OPTION_WORDS && o->kind != OPTION_SPECIAL) {
        word[0] = text;
        return 1;
    }
    while (n < max && at < text.n) {
        const char *blank = memchr(text.p + at, ' ', text.n - at);
        size_t end = blank ? (size_t)(blank - text.p) : text.n;

        if (end > at) {
            word[n++] = bt_slice(text.p + at, end - at);
        }
        at = end + 1;
    }
    return n;
}

static int parse(struct config *c, struct change *change, struct bt_slice text,
                 struct option_error *e)
{
    const struct option *o = option_at(change->i);
    const char *old = c->value[change->i].text;
    struct bt_slice word[64];
    size_t n = split(o, text, word, 64);
    int r;

    /* CONFIG SET save replaces, where a file's lines add up. */
    r = option_parse(o, bt_slice_is(bt_str(o->name), "save") ? NULL : old, word,
                     n, &change->value, e);
    if (r == 0 && o->use == OPTION_ASKS &&
        strcmp(change->value.text, old) != 0) {
        free(change->value.text);
        change->value.text = NULL;
        r = config_refuse(o, e);
    }
    return r;
}

static void swap(struct config *c, struct change *change)
{
    struct option_value v = c->value[change->i];

    c->value[change->i] = change->value;
    change->value = v;
}

/* Puts n changes in place and makes them count; -errno and *culprit, with
 * everything as it was, when one of them cannot. */
static int put_in_place(struct config *c, struct change *change, size_t n,
                        size_t *culprit, struct option_error *e)
{
    struct option_error ignored;
    size_t k;
    int r = 0;

    for (k = 0; k < n; k++) {
        swap(c, &change[k]);
    }
    for (k = 0; k < n && r == 0; k++) {
        const struct option *o = option_at(change[k].i);

        r = o->apply ? o->apply(c, e) : 0;
    }
    if (r == 0) {
        return 0;
    }
    *culprit = k - 1;
    for (size_t i = n; i-- > 0;) {
        swap(c, &change[i]);
    }
    while (k-- > 0) {
        const struct option *o = option_at(change[k].i);

        if (o->apply) {
            o->apply(c, &ignored);
        }
    }
    return r;
}

/* The library may have lowered this one, and may have to get it back. */
static int note_maxclients(struct config *c, struct option_error *e)
{
    struct option_value *v = &c->value[OPT_maxclients], now = {0};
    int r;

    if (!c->server) {
        return 0;
    }
    now.number = baton_max_clients(c->server);
    r = value_text(&now, e, "%u", (unsigned)now.number);
    if (r == 0) {
        free(v->text);
        v->text = now.text;
        v->number = now.number;
    }
    return r;
}

/* Says once that a new value tunes nothing here. */
static void warn_changed(struct config *c, const struct change *change)
{
    const struct option *o = option_at(change->i);

    if (o->use == OPTION_TUNES && !config_is_default(c, change->i)) {
        bt_logf(&c->settings.log, BT_LOG_WARNING,
                "CONFIG SET '%s' has no effect (%s)", o->name, o->help);
    }
}

static int set_locked(struct config *c, const struct bt_slice *pairs, size_t n,
                      struct option_error *e)
{
    struct change *change = calloc(n, sizeof *change);
    size_t k = 0, culprit = 0;
    int r;

    if (!change) {
        option_fail(e, "out of memory");
        return -EINVAL;
    }
    r = check_names(pairs, n, e);
    if (r == 0) {
        r = note_maxclients(c, e);
    }
    if (r == 0) {
        for (k = 0; k < n && r == 0; k++) {
            change[k].i = option_find(pairs[2 * k]);
            r = parse(c, &change[k], pairs[2 * k + 1], e);
        }
        culprit = k - (r != 0);
        if (r == 0) {
            r = put_in_place(c, change, n, &culprit, e);
        }
        if (r != 0) {
            r = failed(e, bt_str(option_at(change[culprit].i)->name));
        }
    }
    for (k = 0; k < n; k++) {
        if (r == 0) {
            warn_changed(c, &change[k]);
        }
        free(change[k].value.text);
        free(change[k].value.origin);
    }
    free(change);
    return r;
}

static int set(void *ctx, const struct bt_slice *pairs, size_t n, char *err,
               size_t err_size)
{
    struct config *c = ctx;
    struct option_error e = {{0}};
    int r;

    if (n == 0) {
        return 0;
    }
    bt_mutex_lock(&c->settings.lock);
    r = set_locked(c, pairs, n, &e);
    bt_mutex_unlock(&c->settings.lock);
    if (r != 0) {
        snprintf(err, err_size, "%s", e.text);
        r = -EINVAL;
    }
    return r;
}

static int rewrite(void *ctx)
{
    return config_rewrite(ctx);
}

const struct options_ops *config_ops(struct config *c)
{
    c->ops = (struct options_ops){
        .ctx = c, .name = name_of, .get = get, .set = set, .rewrite = rewrite};
    return &c->ops;
}
