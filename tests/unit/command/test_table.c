/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of commands: every row is found by its name, nothing else is, and
 * the rows say nothing that contradicts itself.
 */
#include <criterion/criterion.h>

#include "command/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(table, .init = cmd_table_init);

static bool has_word(const char *list, const char *want)
{
    struct bt_slice word;

    while (cmd_next_word(&list, " ", &word)) {
        if (bt_slice_eq(word, bt_str(want))) {
            return true;
        }
    }
    return false;
}

Test(table, every_name_is_found_in_any_case)
{
    cr_assert_gt(cmd_count(), 50);
    for (size_t i = 0; i < cmd_count(); i++) {
        const struct command *c = cmd_at(i);
        char name[32];

        snprintf(name, sizeof name, "%s", c->name);
        cr_assert_eq(cmd_find(bt_str(name)), c, "%s", name);
        for (size_t k = 0; name[k]; k += 2) {
            name[k] = (char)toupper((unsigned char)name[k]);
        }
        cr_assert_eq(cmd_find(bt_str(name)), c, "%s", name);
        cr_assert_eq(cmd_find_path(bt_str(name)), c, "%s", name);
    }
}

/* Each name with one byte changed, dropped, or added. */
Test(table, nothing_else_is_found)
{
    for (size_t i = 0; i < cmd_count(); i++) {
        size_t n = strlen(cmd_at(i)->name);
        char name[32];

        for (size_t k = 0; k < n; k++) {
            for (int bit = 0; bit < 8; bit++) {
                const struct command *found;

                memcpy(name, cmd_at(i)->name, n + 1);
                name[k] = (char)(name[k] ^ 1 << bit);
                found = cmd_find(bt_slice(name, n));
                cr_assert(found == NULL ||
                              bt_slice_is(bt_slice(name, n), found->name),
                          "%.*s gives %s", (int)n, name, found->name);
            }
        }
        memcpy(name, cmd_at(i)->name, n + 1);
        memcpy(name + n, "\0x", 2);
        cr_assert_null(cmd_find(bt_slice(name, n + 1)));
        cr_assert_null(cmd_find(bt_slice(name, n + 2)));
    }
    cr_assert_null(cmd_find(bt_str("")));
    cr_assert_null(cmd_find(bt_slice("getgetgetgetgetgetgetgetgetgetget", 33)));
}

Test(table, subcommands_are_found_below_their_parent)
{
    size_t n = 0;

    for (size_t i = 0; i < cmd_count(); i++) {
        const struct command *c = cmd_at(i);
        size_t len = strlen(c->name);

        for (size_t k = 0; k < cmd_count_subs(c); k++, n++) {
            const char *name = c->sub[k].name;

            cr_assert(strncmp(name, c->name, len) == 0 && name[len] == '|');
            cr_assert_eq(cmd_find_sub(c, bt_str(name + len + 1)), &c->sub[k]);
            cr_assert_eq(cmd_find_path(bt_str(name)), &c->sub[k]);
            cr_assert_null(cmd_find(bt_str(name)));
        }
        cr_assert_null(cmd_find_sub(c, bt_str("nosuch")));
        cr_assert_null(cmd_find_sub(c, bt_str("")));
    }
    cr_assert_gt(n, 20);
    cr_assert_null(cmd_find_path(bt_str("get|x")));
    cr_assert_null(cmd_find_path(bt_str("|")));
    cr_assert_null(cmd_find_path(bt_str("config|get|x")));
}

Test(table, each_row_has_a_number_of_its_own)
{
    size_t used = 0;

    for (size_t i = 0; i < cmd_rows(); i++) {
        if (cmd_row(i)) {
            cr_assert_eq(cmd_index(cmd_row(i)), i);
            used++;
        }
    }
    for (size_t i = 0; i < cmd_count(); i++) {
        cr_assert_lt(cmd_index(cmd_at(i)), cmd_rows());
        used -= 1 + cmd_count_subs(cmd_at(i));
    }
    cr_assert_eq(used, 0);
    cr_assert_null(cmd_row(cmd_rows()));
}

static size_t count_key_flags(const struct command *c)
{
    const char *list = c->key_flags;
    struct bt_slice word;
    size_t n = 0;

    while (cmd_next_word(&list, ";", &word)) {
        n++;
    }
    return n;
}

Test(table, rows_are_sound)
{
    for (size_t i = 0; i < cmd_rows(); i++) {
        const struct command *c = cmd_row(i);
        unsigned both = CMD_WRITE | CMD_READONLY;

        if (!c) {
            continue;
        }
        cr_assert_not_null(c->fn, "%s", c->name);
        cr_assert_neq(c->arity, 0, "%s", c->name);
        cr_assert_neq(c->flags & both, both, "%s", c->name);
        if (!c->keys.numkeys && !c->keys.more) {
            cr_assert_eq(c->keys.first == 0, count_key_flags(c) == 0, "%s",
                         c->name);
        }
        cr_assert_eq(c->keys.first == 0, c->keys.step == 0, "%s", c->name);
        /* The shortest request that passes has its first key; the "keys" of
         * SUNSUBSCRIBE are channels. */
        if (!(c->flags & CMD_PUBSUB)) {
            cr_assert_lt(c->keys.first, abs(c->arity), "%s", c->name);
        }
        /* Channels are no keys, and WATCH does nothing with its own. */
        if (c->keys.first > 0 && !(c->flags & CMD_PUBSUB) &&
            strcmp(c->name, "watch") != 0) {
            cr_assert_neq(c->flags & both, 0, "%s has keys", c->name);
        }
        if (c->flags & CMD_LOCKFREE) {
            cr_assert(c->flags & CMD_READONLY, "%s", c->name);
            cr_assert_eq(c->keys.first, c->keys.last, "%s", c->name);
        }
        cr_assert_eq(has_word(c->acl, "fast"), (c->flags & CMD_FAST) != 0, "%s",
                     c->name);
        cr_assert_eq(has_word(c->acl, "slow"), !(c->flags & CMD_FAST), "%s",
                     c->name);
        cr_assert_gt(strlen(c->summary), 10, "%s", c->name);
    }
}
