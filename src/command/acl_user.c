/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What may be run is a bit for each row of the table. The rules are kept beside
 * it as text, since a bit does not say whether it came from a category.
 */
#include "command/acl_user.h"

#include "command/table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char unknown[] = "Unknown command or category name in ACL";
static const char syntax[] = "Syntax error";

static const char *const categories[] = {
    "keyspace",  "read",     "write",     "set",        "sortedset",
    "list",      "hash",     "string",    "bitmap",     "hyperloglog",
    "geo",       "stream",   "pubsub",    "admin",      "fast",
    "slow",      "blocking", "dangerous", "connection", "transaction",
    "scripting", NULL};

const char *acl_category(size_t i)
{
    return categories[i];
}

bool acl_in_category(const struct command *c, struct bt_slice category)
{
    const char *list = c->acl;
    struct bt_slice word;

    while (cmd_next_word(&list, " ", &word)) {
        if (word.n == category.n &&
            strncasecmp(word.p, category.p, word.n) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- Life ---- */

static size_t command_bytes(void)
{
    return (cmd_rows() + 7) / 8;
}

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
    u->commands = calloc(1, command_bytes());
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

static void free_patterns(struct acl_patterns *list)
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
    free_patterns(&u->keys);
    free_patterns(&u->channels);
    bt_buf_fini(&u->rules);
    free(u->commands);
    free(u);
}

static int add_pattern(struct acl_patterns *list, struct bt_slice text,
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
        rc = add_pattern(to, from->v[i].text, from->v[i].access);
    }
    return rc;
}

static int add_password(struct acl_user *u, const char *digest)
{
    void *more =
        realloc(u->password, (u->n_passwords + 1) * sizeof *u->password);

    if (!more) {
        return -ENOMEM;
    }
    u->password = more;
    memcpy(u->password[u->n_passwords++], digest, ACL_HASH_CHARS);
    u->password[u->n_passwords - 1][ACL_HASH_CHARS] = 0;
    return 0;
}

static int copy_parts(struct acl_user *to, const struct acl_user *from)
{
    int rc = copy_patterns(&to->keys, &from->keys);

    if (rc == 0) {
        rc = copy_patterns(&to->channels, &from->channels);
    }
    for (size_t i = 0; i < from->n_passwords && rc == 0; i++) {
        rc = add_password(to, from->password[i]);
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
    memcpy(new->commands, u->commands, command_bytes());
    if (copy_parts(new, u) != 0) {
        acl_user_release(new);
        return NULL;
    }
    return new;
}

/* ---- Rules: passwords ---- */

static void digest_of(struct bt_slice password, char out[ACL_HASH_CHARS + 1])
{
    unsigned char digest[BT_SHA256_BYTES];

    bt_sha256(password.p, password.n, digest);
    for (int i = 0; i < BT_SHA256_BYTES; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    out[ACL_HASH_CHARS] = 0;
}

static size_t find_password(const struct acl_user *u, const char *digest)
{
    size_t i = 0;

    while (i < u->n_passwords &&
           memcmp(u->password[i], digest, ACL_HASH_CHARS) != 0) {
        i++;
    }
    return i;
}

/* sign: '>' and '<' of a password, '#' and '!' of its digest. */
static int rule_password(struct acl_user *u, char sign, struct bt_slice text,
                         const char **why)
{
    char digest[ACL_HASH_CHARS + 1];
    size_t i;

    if (sign == '>' || sign == '<') {
        digest_of(text, digest);
    } else {
        for (i = 0; i < text.n && strchr("0123456789abcdef", text.p[i]) &&
                    text.p[i];) {
            i++;
        }
        if (text.n != ACL_HASH_CHARS || i != text.n) {
            *why =
                "The password hash must be exactly 64 characters and contain "
                "only lowercase hexadecimal characters";
            return -EINVAL;
        }
        memcpy(digest, text.p, ACL_HASH_CHARS);
    }
    i = find_password(u, digest);
    if (sign == '>' || sign == '#') {
        u->nopass = false;
        return i < u->n_passwords ? 0 : add_password(u, digest);
    }
    if (i == u->n_passwords) {
        *why = "The password you are trying to remove from the user does not "
               "exist";
        return -EINVAL;
    }
    memmove(&u->password[i], &u->password[i + 1],
            (u->n_passwords - i - 1) * sizeof *u->password);
    u->n_passwords--;
    return 0;
}

/* ---- Rules: commands ---- */

static void set_bit(struct acl_user *u, const struct command *c, bool allow)
{
    size_t i = cmd_index(c);
    unsigned char bit = (unsigned char)(1u << i % 8);

    if (allow) {
        u->commands[i / 8] |= bit;
    } else {
        u->commands[i / 8] &= (unsigned char)~bit;
    }
}

/* A command, and what is below it. */
static void allow_command(struct acl_user *u, const struct command *c,
                          bool allow)
{
    set_bit(u, c, allow);
    for (size_t i = 0; i < cmd_count_subs(c); i++) {
        set_bit(u, &c->sub[i], allow);
    }
}

static void allow_category(struct acl_user *u, struct bt_slice category,
                           bool allow)
{
    for (size_t i = 0; i < cmd_count(); i++) {
        const struct command *c = cmd_at(i);

        if (acl_in_category(c, category)) {
            allow_command(u, c, allow);
        }
        for (size_t k = 0; k < cmd_count_subs(c); k++) {
            if (acl_in_category(&c->sub[k], category)) {
                set_bit(u, &c->sub[k], allow);
            }
        }
    }
}

/* Is `old`, without its sign, made void by a rule about `new`? */
static bool made_void(struct bt_slice old, struct bt_slice new)
{
    return old.n >= new.n &&memcmp(old.p, new.p, new.n) == 0 &&
           (old.n == new.n || old.p[new.n] == '|');
}

/* Appends a rule, and drops those before it that it makes void. */
static int note_rule(struct acl_user *u, bool allow, struct bt_slice name)
{
    struct bt_buf kept = {0};
    const char *p = u->rules.p, *end = p ? p + u->rules.n : NULL;
    int rc = 0;

    while (rc == 0 && p && p < end) {
        const char *blank = memchr(p, ' ', (size_t)(end - p));
        size_t n = (size_t)((blank ? blank : end) - p);

        if (!made_void(bt_slice(p + 1, n - 1), name)) {
            rc = bt_buf_addf(&kept, "%.*s ", (int)n, p);
        }
        p += n + (blank != NULL);
    }
    if (rc == 0) {
        rc = bt_buf_addf(&kept, "%c%.*s", allow ? '+' : '-', (int)name.n,
                         name.p);
    }
    if (rc != 0) {
        bt_buf_fini(&kept);
        return rc;
    }
    bt_buf_fini(&u->rules);
    u->rules = kept;
    return 0;
}

static void allow_all(struct acl_user *u, bool allow)
{
    memset(u->commands, allow ? 0xff : 0, command_bytes());
    u->base_all = allow;
    u->rules.n = 0;
}

static bool is_category(struct bt_slice name)
{
    for (size_t i = 0; categories[i];) {
        if (bt_slice_is(name, categories[i++])) {
            return true;
        }
    }
    return false;
}

/* "get", "config|get", "@read"; the sign is off. */
static int rule_command(struct acl_user *u, bool allow, struct bt_slice name,
                        const char **why)
{
    const struct command *c;
    char small[64];

    if (bt_slice_is(name, "@all")) {
        allow_all(u, allow);
        return 0;
    }
    *why = unknown;
    if (name.n == 0 || name.n >= sizeof small) {
        return -EINVAL;
    }
    for (size_t i = 0; i < name.n; i++) {
        small[i] = (char)tolower((unsigned char)name.p[i]);
    }
    name.p = small;
    if (*small == '@') {
        if (!is_category(bt_slice(small + 1, name.n - 1))) {
            return -EINVAL;
        }
        allow_category(u, bt_slice(small + 1, name.n - 1), allow);
        return note_rule(u, allow, name);
    }
    c = cmd_find_path(name);
    if (!c) {
        return -EINVAL;
    }
    allow_command(u, c, allow);
    return note_rule(u, allow, name);
}

/* ---- Rules: keys and channels ---- */

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
    return add_pattern(list, text, access);
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
    free_patterns(&u->keys);
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
        u->all_channels = true;
        free_patterns(&u->channels);
        return 0;
    }
    return put_pattern(&u->channels, pattern, 0);
}

/* ---- Rules: words ---- */

static void reset_keys(struct acl_user *u)
{
    u->all_keys = false;
    free_patterns(&u->keys);
}

static void reset_channels(struct acl_user *u)
{
    u->all_channels = false;
    free_patterns(&u->channels);
}

static void reset_passwords(struct acl_user *u)
{
    u->nopass = false;
    u->n_passwords = 0;
}

static int rule_word(struct acl_user *u, struct bt_slice rule, const char **why)
{
    if (bt_slice_is(rule, "on") || bt_slice_is(rule, "off")) {
        u->on = bt_slice_is(rule, "on");
    } else if (bt_slice_is(rule, "nopass")) {
        reset_passwords(u);
        u->nopass = true;
    } else if (bt_slice_is(rule, "resetpass")) {
        reset_passwords(u);
    } else if (bt_slice_is(rule, "allkeys")) {
        all_keys(u);
    } else if (bt_slice_is(rule, "resetkeys")) {
        reset_keys(u);
    } else if (bt_slice_is(rule, "allchannels")) {
        return rule_channel(u, bt_str("*"), why);
    } else if (bt_slice_is(rule, "resetchannels")) {
        reset_channels(u);
    } else if (bt_slice_is(rule, "allcommands")) {
        allow_all(u, true);
    } else if (bt_slice_is(rule, "nocommands")) {
        allow_all(u, false);
    } else if (bt_slice_is(rule, "reset")) {
        reset_passwords(u);
        reset_keys(u);
        reset_channels(u);
        allow_all(u, false);
        u->on = false;
    } else if (rule.n > 0 && !bt_slice_is(rule, "sanitize-payload") &&
               !bt_slice_is(rule, "skip-sanitize-payload") &&
               !bt_slice_is(rule, "clearselectors")) {
        *why = syntax;
        return -EINVAL;
    }
    return 0;
}

int acl_user_rule(struct acl_user *u, struct bt_slice rule, const char **why)
{
    struct bt_slice rest = bt_slice(rule.p + 1, rule.n > 0 ? rule.n - 1 : 0);

    switch (rule.n > 0 ? *rule.p : 0) {
    case '>':
    case '<':
    case '#':
    case '!':
        return rule_password(u, *rule.p, rest, why);
    case '+':
    case '-':
        return rule_command(u, *rule.p == '+', rest, why);
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

/* ---- Questions ---- */

bool acl_user_is_free(const struct acl_user *u)
{
    return u->all_keys && u->all_channels && u->base_all && u->rules.n == 0;
}

bool acl_user_may_run(const struct acl_user *u, const struct command *c)
{
    size_t i = cmd_index(c);

    return c->flags & CMD_NO_AUTH || u->commands[i / 8] >> i % 8 & 1;
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

bool acl_user_knows(const struct acl_user *u, struct bt_slice password)
{
    char digest[ACL_HASH_CHARS + 1];
    bool known = false;

    digest_of(password, digest);
    for (size_t i = 0; i < u->n_passwords; i++) {
        unsigned diff = 0;

        for (size_t k = 0; k < ACL_HASH_CHARS; k++) {
            diff |= (unsigned char)digest[k] ^ (unsigned char)u->password[i][k];
        }
        known |= diff == 0;
    }
    return known;
}

/* ---- Texts ---- */

int acl_user_commands(const struct acl_user *u, struct bt_buf *out)
{
    int rc = bt_buf_addf(out, "%s", u->base_all ? "+@all" : "-@all");

    if (rc == 0 && u->rules.n > 0) {
        rc = bt_buf_addf(out, " %.*s", (int)u->rules.n, u->rules.p);
    }
    return rc;
}

static int add_with(struct bt_buf *out, const char *before, struct bt_slice s)
{
    int rc = bt_buf_addf(out, "%s", before);

    return rc == 0 ? bt_buf_add(out, s.p, s.n) : rc;
}

int acl_user_keys(const struct acl_user *u, struct bt_buf *out)
{
    static const char *const signs[] = {"", "%R~", "%W~", "~"};
    int rc = u->all_keys ? bt_buf_add(out, "~*", 2) : 0;

    for (size_t i = 0; i < u->keys.n && rc == 0; i++) {
        rc = i > 0 ? bt_buf_add(out, " ", 1) : 0;
        if (rc == 0) {
            rc = add_with(out, signs[u->keys.v[i].access], u->keys.v[i].text);
        }
    }
    return rc;
}

int acl_user_channels(const struct acl_user *u, struct bt_buf *out)
{
    int rc = u->all_channels ? bt_buf_add(out, "&*", 2) : 0;

    for (size_t i = 0; i < u->channels.n && rc == 0; i++) {
        rc = add_with(out, i > 0 ? " &" : "&", u->channels.v[i].text);
    }
    return rc;
}

int acl_user_describe(const struct acl_user *u, struct bt_buf *out)
{
    size_t before;
    int rc = add_with(out, "user ", u->name);

    if (rc == 0) {
        rc = bt_buf_addf(out, " %s %s", u->on ? "on" : "off",
                         u->nopass ? "nopass " : "");
    }
    for (size_t i = 0; i < u->n_passwords && rc == 0; i++) {
        rc = bt_buf_addf(out, "#%s ", u->password[i]);
    }
    before = out->n;
    if (rc == 0) {
        rc = acl_user_keys(u, out);
    }
    if (rc == 0) {
        rc = bt_buf_addf(out, "%s%s", out->n > before ? " " : "",
                         u->all_channels ? "" : "resetchannels ");
    }
    before = out->n;
    if (rc == 0) {
        rc = acl_user_channels(u, out);
    }
    if (rc == 0) {
        rc = bt_buf_addf(out, "%s", out->n > before ? " " : "");
    }
    return rc == 0 ? acl_user_commands(u, out) : rc;
}
