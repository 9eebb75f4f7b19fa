/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A user as a whole: how it comes, is copied and goes, and what it may touch and
 * hear. Its rules are acl_rule.c's.
 */
#include "command/acl_user.h"

#include "command/acl_user_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Life ---- */

static struct bt_slice copy_text(struct bt_slice s)
{
    char *p = malloc(s.n + 1);

    if (p) {
        memcpy(p, s.p, s.n);
        p[s.n] = 0;
    }
    return bt_slice(p, s.n);
}

static void free_text(struct bt_slice s)
{
    free((char *)s.p);
}

struct acl_user *acl_user_new(struct bt_slice name)
{
    struct acl_user *u = calloc(1, sizeof *u);

    if (!u) {
        return NULL;
    }
    atomic_init(&u->refs, 1);
    u->name = copy_text(name);
    u->commands = calloc(1, acl_command_bytes());
    if (!u->name.p || !u->commands) {
        acl_user_release(u);
        return NULL;
    }
    return u;
}

struct acl_user *acl_user_hold(struct acl_user *u)
{
    atomic_fetch_add(&u->refs, 1);
    return u;
}

void acl_patterns_clear(struct acl_patterns *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free_text(list->v[i].text);
    }
    free(list->v);
    *list = (struct acl_patterns){0};
}

void acl_user_release(struct acl_user *u)
{
    if (!u || atomic_fetch_sub(&u->refs, 1) != 1) {
        return;
    }
    free_text(u->name);
    free(u->password);
    acl_patterns_clear(&u->keys);
    acl_patterns_clear(&u->channels);
    bt_buf_fini(&u->rules);
    free(u->commands);
    free(u);
}

int acl_patterns_add(struct acl_patterns *list, struct bt_slice text,
                     unsigned access)
{
    struct acl_pattern *v = realloc(list->v, (list->n + 1) * sizeof *v);

    if (!v) {
        return -ENOMEM;
    }
    list->v = v;
    v[list->n] = (struct acl_pattern){copy_text(text), access};
    if (!v[list->n].text.p) {
        return -ENOMEM;
    }
    list->n++;
    return 0;
}

static int copy_patterns(struct acl_patterns *to,
                         const struct acl_patterns *from)
{
    int rc = 0;

    for (size_t i = 0; i < from->n && rc == 0; i++) {
        rc = acl_patterns_add(to, from->v[i].text, from->v[i].access);
    }
    return rc;
}

static int copy_parts(struct acl_user *to, const struct acl_user *from)
{
    int rc = copy_patterns(&to->keys, &from->keys);

    if (rc == 0) {
        rc = copy_patterns(&to->channels, &from->channels);
    }
    for (size_t i = 0; i < from->n_passwords && rc == 0; i++) {
        rc = acl_password_add(to, from->password[i]);
    }
    if (rc == 0 && from->rules.n > 0) {
        rc = bt_buf_add(&to->rules, from->rules.p, from->rules.n);
    }
    return rc;
}

struct acl_user *acl_user_copy(const struct acl_user *u)
{
    struct acl_user *new = acl_user_new(u->name);

    if (!new) {
        return NULL;
    }
    new->on = u->on;
    new->nopass = u->nopass;
    new->all_keys = u->all_keys;
    new->all_channels = u->all_channels;
    new->base_all = u->base_all;
    memcpy(new->commands, u->commands, acl_command_bytes());
    if (copy_parts(new, u) != 0) {
        acl_user_release(new);
        return NULL;
    }
    return new;
}

/* ---- Questions ---- */

bool acl_user_is_free(const struct acl_user *u)
{
    return u->all_keys && u->all_channels && u->base_all && u->rules.n == 0;
}

bool acl_user_may_touch(const struct acl_user *u, struct bt_slice key,
                        unsigned access)
{
    for (size_t i = 0; i < u->keys.n && !u->all_keys; i++) {
        const struct acl_pattern *p = &u->keys.v[i];

        if ((p->access & access) == access && cmd_glob(p->text, key, false)) {
            return true;
        }
    }
    return u->all_keys;
}

bool acl_user_may_hear(const struct acl_user *u, struct bt_slice channel,
                       bool literal)
{
    for (size_t i = 0; i < u->channels.n && !u->all_channels; i++) {
        struct bt_slice p = u->channels.v[i].text;

        if (literal ? bt_slice_eq(p, channel) : cmd_glob(p, channel, false)) {
            return true;
        }
    }
    return u->all_channels;
}

static bool has_channel(const struct acl_user *u, struct bt_slice pattern)
{
    size_t i = 0;

    while (i < u->channels.n && !bt_slice_eq(u->channels.v[i].text, pattern)) {
        i++;
    }
    return i < u->channels.n;
}

bool acl_user_hears_less(const struct acl_user *now,
                         const struct acl_user *before)
{
    bool less = before->all_channels;

    for (size_t i = 0; i < before->channels.n && !less; i++) {
        less = !has_channel(now, before->channels.v[i].text);
    }
    return less && !now->all_channels;
}
