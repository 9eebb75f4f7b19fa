/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether a value may be is judged twice: its form at once, so that the message
 * can name the line; whether we have what it asks for at the end (conf_end.c),
 * since a later line may take it back (`save ""` after the defaults of a
 * distribution).
 */
#include "batond/conf.h"

#include "base/split.h"
#include "batond/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Life ---- */

static int set_default(struct config *c, size_t i, struct option_error *e)
{
    const struct option *o = option_at(i);
    struct bt_slice line = bt_str(o->def), word[16];
    char text[256], *to = text;
    size_t n = 0;

    bt_assert(line.n < sizeof text);
    if (o->kind == OPTION_TEXT) { /* may have blanks in it */
        word[n++] = line;
    } else {
        while (bt_split_next(&line, &to, &word[n]) > 0) {
            n++;
        }
    }
    if (n == 0 || (o->flags & OPTION_UNSEEN)) {
        c->value[i].text = strdup("");
        return c->value[i].text ? 0 : option_no_memory(e);
    }
    return option_parse(o, NULL, word, n, &c->value[i], e);
}

int config_init(struct config *c, struct option_error *e)
{
    int r = 0;

    memset(c, 0, sizeof *c);
    log_init(&c->log);
    bt_mutex_init(&c->settings.lock, BT_RANK_CONFIG, 0);
    c->settings.log = (struct bt_log){log_line, &c->log};
    c->settings.requirepass = strdup("");
    c->file = strdup("");
    if (!c->settings.requirepass || !c->file) {
        return option_no_memory(e);
    }
    for (size_t i = 0; i < OPT_N && r == 0; i++) {
        r = set_default(c, i, e);
    }
    return r;
}

void config_fini(struct config *c)
{
    for (size_t i = 0; i < OPT_N; i++) {
        free(c->value[i].text);
        free(c->value[i].origin);
    }
    free(c->settings.requirepass);
    free(c->file);
    bt_mutex_fini(&c->settings.lock);
    log_close(&c->log);
}

int64_t config_number(const struct config *c, enum option_id id)
{
    return c->value[id].number;
}

const char *config_text(const struct config *c, enum option_id id)
{
    return c->value[id].text;
}

char *config_default(size_t i)
{
    struct config plain = {0};
    struct option_error e;

    return set_default(&plain, i, &e) == 0 ? plain.value[i].text : NULL;
}

bool config_is_default(const struct config *c, size_t i)
{
    char *plain = config_default(i);
    bool same = plain && strcmp(plain, c->value[i].text) == 0;

    free(plain);
    return same;
}

/* ---- Directives ---- */

int config_locate(struct option_error *e, const char *origin, const char *shown,
                  int r)
{
    struct option_error text = *e;

    option_fail(e, "%s%s'%s%.80s%s': %s", origin ? origin : "",
                origin ? ": " : "", origin ? "" : "--", shown,
                strlen(shown) > 80 ? "..." : "", text.text);
    return r;
}

static int include(struct config *c, const struct bt_slice *word, size_t n,
                   struct option_error *e)
{
    char *path;
    int r;

    if (n != 2) {
        return option_fail(e, "wrong number of arguments");
    }
    r = value_join(word + 1, 1, &path, e);
    if (r == 0) {
        r = config_include(c, path, e);
        free(path);
    }
    return r;
}

static int take_value(struct config *c, size_t i, const struct bt_slice *word,
                      size_t n, const char *origin, struct option_error *e)
{
    struct option_value v, *old = &c->value[i];
    int r = option_parse(option_at(i), old->text, word, n, &v, e);

    if (r == 0) {
        v.origin = origin ? strdup(origin) : NULL;
        free(old->text);
        free(old->origin);
        *old = v;
    }
    return r;
}

int config_directive(struct config *c, const struct bt_slice *word, size_t n,
                     const char *origin, struct option_error *e)
{
    size_t i = option_find(word[0]);
    bool secret = i < OPT_N && (option_at(i)->flags & OPTION_SECRET);
    char *shown;
    int r = value_join(word, secret ? 1 : n, &shown, e);

    if (r != 0) {
        return r;
    }
    if (bt_slice_is(word[0], "include")) {
        r = include(c, word, n, e);
        if (r == -EINVAL && n == 2) { /* names a line of that file already */
            free(shown);
            return r;
        }
    } else if (i == OPT_N) {
        r = option_fail(e, "Bad directive or wrong number of arguments");
    } else {
        r = take_value(c, i, word + 1, n - 1, origin, e);
    }
    if (r != 0) {
        config_locate(e, origin, shown, r);
    }
    free(shown);
    return r;
}

/* Splits a line; the words lie in `text`, which is as large as the line. */
static int split_line(struct bt_slice line, char *text, struct bt_slice **words,
                      size_t *n)
{
    size_t cap = 0;
    int r;

    do {
        if (*n == cap) {
            void *more = realloc(*words, (cap + 8) * 2 * sizeof **words);

            if (!more) {
                return -ENOMEM;
            }
            *words = more;
            cap = (cap + 8) * 2;
        }
        r = bt_split_next(&line, &text, &(*words)[*n]);
        *n += r > 0;
    } while (r > 0);
    return r;
}

/* Shows the first word and not what may be a password. */
static int unbalanced(struct bt_slice line, const char *origin,
                      struct option_error *e)
{
    char name[64];
    size_t n = 0;

    while (n < line.n && n < sizeof name - 1 && !strchr(" \t", line.p[n])) {
        name[n] = line.p[n];
        n++;
    }
    name[n] = '\0';
    option_fail(e, "Unbalanced quotes in configuration line");
    return config_locate(e, origin, name, -EINVAL);
}

int config_line(struct config *c, struct bt_slice line, const char *origin,
                struct option_error *e)
{
    char *text = malloc(line.n + 1);
    struct bt_slice *words = NULL;
    size_t n = 0;
    int r = text ? split_line(line, text, &words, &n) : -ENOMEM;

    if (r == -ENOMEM) {
        option_no_memory(e);
    } else if (r != 0) {
        r = unbalanced(line, origin, e);
    } else if (n > 0) {
        r = config_directive(c, words, n, origin, e);
    }
    free(words);
    free(text);
    return r;
}
