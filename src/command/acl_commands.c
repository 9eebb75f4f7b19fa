/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which commands a user may run: a bit for each row of the table. The rules are
 * kept beside it as text, since a bit does not say whether it came from a
 * category.
 */
#include "command/acl_user_parts.h"

#include "command/table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Categories ---- */

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

static bool is_category(struct bt_slice name)
{
    for (size_t i = 0; categories[i]; i++) {
        if (bt_slice_is(name, categories[i])) {
            return true;
        }
    }
    return false;
}

/* ---- Bits ---- */

size_t acl_command_bytes(void)
{
    return (cmd_rows() + 7) / 8;
}

bool acl_user_may_run(const struct acl_user *u, const struct command *c)
{
    size_t i = cmd_index(c);

    return c->flags & CMD_NO_AUTH || u->commands[i / 8] >> i % 8 & 1;
}

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

void acl_allow_all(struct acl_user *u, bool allow)
{
    memset(u->commands, allow ? 0xff : 0, acl_command_bytes());
    u->base_all = allow;
    u->rules.n = 0;
}

int acl_rule_command(struct acl_user *u, bool allow, struct bt_slice name,
                     const char **why)
{
    const struct command *c;
    char small[64];

    if (bt_slice_is(name, "@all")) {
        acl_allow_all(u, allow);
        return 0;
    }
    *why = "Unknown command or category name in ACL";
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
