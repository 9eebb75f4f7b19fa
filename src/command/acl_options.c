/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Users in the options: requirepass, and each `user`; at the start, and for
 * CONFIG SET and REWRITE.
 */
#include "command/acl.h"

#include "command/options.h"
#include "command/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_words(struct acl *a, const char *words)
{
    struct bt_slice rules[8]; /* few words */
    struct acl_change ch = {.rules = rules};

    while (cmd_next_word(&words, " ", &rules[ch.n])) {
        ch.n++;
    }
    return acl_set(a, bt_str("default"), &ch);
}

/* requirepass: the default user's only password. */
static int set_password(void *arg, const char *password)
{
    struct acl *a = arg;
    struct bt_slice rules[2] = {bt_str("resetpass"), bt_str("nopass")};
    struct acl_change ch = {.rules = rules, .n = 2};
    struct bt_buf text = {0};
    int rc = 0;

    if (*password) {
        rc = bt_buf_addf(&text, ">%s", password);
        rules[1] = bt_slice(text.p, text.n);
    }
    if (rc == 0) {
        rc = acl_set(a, bt_str("default"), &ch);
    }
    bt_buf_fini(&text);
    return rc;
}

/* One user of settings.users; the rules were checked. */
static int set_line(struct acl *a, struct bt_slice line)
{
    struct bt_slice *word = malloc((line.n + 1) * sizeof *word);
    size_t n = 0, at = 0;
    int rc = word ? 0 : -ENOMEM;

    while (word && at <= line.n) {
        const char *end =
            at < line.n ? memchr(line.p + at, ACL_WORD_END, line.n - at) : NULL;
        size_t to = end ? (size_t)(end - line.p) : line.n;

        word[n++] = bt_slice(line.p + at, to - at);
        at = to + 1;
    }
    if (rc == 0 && bt_slice_eq(word[0], bt_str("default"))) {
        rc = set_words(a, "reset");
    }
    if (rc == 0) {
        struct acl_change ch = {.rules = word + 1, .n = n - 1};

        rc = acl_set(a, word[0], &ch);
    }
    free(word);
    return rc;
}

/* The default user as requirepass makes it. */
static int describe_usual(const char *password, struct bt_buf *out)
{
    struct acl b = {.generation = 1};
    struct acl_user *u;
    int rc;

    bt_mutex_init(&b.lock, BT_RANK_LOG, 0);
    rc = set_words(&b, "on ~* &* +@all");
    rc = rc == 0 ? set_password(&b, password) : rc;
    u = acl_find(&b, bt_str("default"));
    rc = rc == 0 ? acl_user_describe(u, out) : rc;
    acl_user_release(u);
    acl_delete(&b, bt_str("default"));
    free(b.v);
    bt_mutex_fini(&b.lock);
    return rc;
}

/* A line for u, unless it is the default user and as usual. */
static int describe_user(const struct acl_user *u, const struct bt_buf *usual,
                         struct bt_buf *out)
{
    struct bt_buf text = {0};
    int rc = acl_user_describe(u, &text);

    if (rc == 0 && (!acl_user_is_default(u) ||
                    !bt_slice_eq(bt_slice(text.p, text.n),
                                 bt_slice(usual->p, usual->n)))) {
        rc = bt_buf_addf(out, "%.*s\n", (int)text.n, text.p);
    }
    bt_buf_fini(&text);
    return rc;
}

/* For CONFIG REWRITE. */
static int describe_users(void *arg, const char *password, struct bt_buf *out)
{
    struct bt_buf usual = {0};
    int rc = describe_usual(password, &usual);
    size_t n;
    struct acl_user **v = acl_all(arg, &n);

    rc = v ? rc : -ENOMEM;
    for (size_t i = 0; v && i < n; i++) {
        rc = rc == 0 ? describe_user(v[i], &usual, out) : rc;
        acl_user_release(v[i]);
    }
    free(v);
    bt_buf_fini(&usual);
    return rc;
}

int acl_configure(struct acl *a, struct settings *settings)
{
    const char *p = settings->users ? settings->users : "";
    int rc = set_words(a, "on ~* &* +@all");

    if (rc == 0) {
        rc = set_password(a, settings->requirepass);
    }
    while (rc == 0 && *p) {
        size_t n = strcspn(p, "\n");

        rc = set_line(a, bt_slice(p, n));
        p += n + (p[n] == ACL_USER_END);
    }
    settings->acl.ctx = a;
    settings->acl.set_password = set_password;
    settings->acl.describe_users = describe_users;
    return rc;
}

int acl_check_rules(const struct bt_slice *word, size_t n, char *err,
                    size_t size)
{
    struct acl_change ch = {
        .rules = word + 1, .n = n - 1, .why = "out of memory"};
    struct acl_user *u;
    int rc;

    cmd_table_init();
    u = acl_user_new(word[0]);
    rc = u ? acl_apply(u, &ch) : -ENOMEM;
    acl_user_release(u);
    if (rc != 0) {
        struct bt_slice bad = word[ch.bad + 1];

        snprintf(err, size, "Error in user declaration '%.*s': %s",
                 (int)(bad.n < 128 ? bad.n : 128), bad.p, ch.why);
        return -EINVAL;
    }
    return 0;
}
