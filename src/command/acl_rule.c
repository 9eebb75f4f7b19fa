/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One rule: by its first sign about passwords, commands, keys or channels, or a
 * word.
 */
#include "command/acl_user_parts.h"

#include <ctype.h>
#include <errno.h>

static const char syntax[] = "Syntax error";

/* ---- Keys and channels ---- */

static bool is_star(struct bt_slice s)
{
    return s.n == 1 && *s.p == '*';
}

static bool has_blank(struct bt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (isspace((unsigned char)s.p[i]) || s.p[i] == 0) {
            return true;
        }
    }
    return false;
}

/* The same pattern gets more rights instead of standing there twice. */
static int put_pattern(struct acl_patterns *list, struct bt_slice text,
                       unsigned access)
{
    for (size_t i = 0; i < list->n; i++) {
        if (bt_slice_eq(list->v[i].text, text)) {
            list->v[i].access |= access;
            return 0;
        }
    }
    return acl_patterns_add(list, text, access);
}

/* After "~*" there is nothing to add. */
static bool has_all_keys(const struct acl_user *u, const char **why)
{
    *why = "Adding a pattern after the * pattern (or the 'allkeys' flag) "
           "is not valid and does not have any effect. Try 'resetkeys' to "
           "start with an empty list of patterns";
    return u->all_keys;
}

static void all_keys(struct acl_user *u)
{
    u->all_keys = true;
    acl_patterns_clear(&u->keys);
}

static int rule_key(struct acl_user *u, struct bt_slice pattern,
                    unsigned access, const char **why)
{
    if (has_all_keys(u, why)) {
        return -EINVAL;
    }
    if (has_blank(pattern)) {
        *why = syntax;
        return -EINVAL;
    }
    return put_pattern(&u->keys, pattern, access);
}

/* "%R~pattern", without the first sign. */
static int rule_key_access(struct acl_user *u, struct bt_slice rule,
                           const char **why)
{
    unsigned access = 0;
    size_t i = 0;

    if (has_all_keys(u, why)) {
        return -EINVAL;
    }
    for (; i < rule.n && rule.p[i] != '~'; i++) {
        unsigned bit = toupper((unsigned char)rule.p[i]) == 'R'   ? ACL_READ
                       : toupper((unsigned char)rule.p[i]) == 'W' ? ACL_WRITE
                                                                  : 0;

        if (bit == 0 || access & bit) {
            *why = syntax;
            return -EINVAL;
        }
        access |= bit;
    }
    if (access == 0) {
        *why = syntax;
        return -EINVAL;
    }
    i += i < rule.n; /* without "~" it is the empty pattern, as in Redis */
    return rule_key(u, bt_slice(rule.p + i, rule.n - i), access, why);
}

static void all_channels(struct acl_user *u)
{
    u->all_channels = true;
    acl_patterns_clear(&u->channels);
}

static int rule_channel(struct acl_user *u, struct bt_slice pattern,
                        const char **why)
{
    if (u->all_channels && !is_star(pattern)) {
        *why = "Adding a pattern after the * pattern (or the 'allchannels' "
               "flag) is not valid and does not have any effect. Try "
               "'resetchannels' to start with an empty list of channels";
        return -EINVAL;
    }
    if (has_blank(pattern)) {
        *why = syntax;
        return -EINVAL;
    }
    if (is_star(pattern)) {
        all_channels(u);
        return 0;
    }
    return put_pattern(&u->channels, pattern, 0);
}

/* ---- Words ---- */

static void reset_keys(struct acl_user *u)
{
    u->all_keys = false;
    acl_patterns_clear(&u->keys);
}

static void reset_channels(struct acl_user *u)
{
    u->all_channels = false;
    acl_patterns_clear(&u->channels);
}

static void reset_passwords(struct acl_user *u)
{
    u->nopass = false;
    u->n_passwords = 0;
}

static void reset(struct acl_user *u)
{
    reset_passwords(u);
    reset_keys(u);
    reset_channels(u);
    acl_allow_all(u, false);
    u->on = false;
}

static void be_on(struct acl_user *u)
{
    u->on = true;
}

static void be_off(struct acl_user *u)
{
    u->on = false;
}

static void want_no_password(struct acl_user *u)
{
    reset_passwords(u);
    u->nopass = true;
}

static void all_commands(struct acl_user *u)
{
    acl_allow_all(u, true);
}

static void no_commands(struct acl_user *u)
{
    acl_allow_all(u, false);
}

static void nothing(struct acl_user *u)
{
    (void)u;
}

static const struct {
    const char *word;
    void (*act)(struct acl_user *u);
} words[] = {
    {"", nothing},
    {"on", be_on},
    {"off", be_off},
    {"nopass", want_no_password},
    {"resetpass", reset_passwords},
    {"allkeys", all_keys},
    {"resetkeys", reset_keys},
    {"allchannels", all_channels},
    {"resetchannels", reset_channels},
    {"allcommands", all_commands},
    {"nocommands", no_commands},
    {"reset", reset},
    /* About what is not here: RESTORE, selectors. */
    {"sanitize-payload", nothing},
    {"skip-sanitize-payload", nothing},
    {"clearselectors", nothing},
};

static int rule_word(struct acl_user *u, struct bt_slice rule, const char **why)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bt_slice_is(rule, words[i].word)) {
            words[i].act(u);
            return 0;
        }
    }
    *why = syntax;
    return -EINVAL;
}

int acl_user_rule(struct acl_user *u, struct bt_slice rule, const char **why)
{
    struct bt_slice rest = bt_slice(rule.p + 1, rule.n > 0 ? rule.n - 1 : 0);

    switch (rule.n > 0 ? *rule.p : 0) {
    case '>':
    case '<':
    case '#':
    case '!':
        return acl_rule_password(u, *rule.p, rest, why);
    case '+':
    case '-':
        return acl_rule_command(u, *rule.p == '+', rest, why);
    case '~':
        if (is_star(rest)) {
            all_keys(u);
            return 0;
        }
        return rule_key(u, rest, ACL_READ | ACL_WRITE, why);
    case '%':
        return rule_key_access(u, rest, why);
    case '&':
        return rule_channel(u, rest, why);
    default:
        return rule_word(u, rule, why);
    }
}
