/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The notation of arguments, and that every command has a row in it.
 */
#include <criterion/criterion.h>

#include "command/syntax.h"
#include "command/table.h"

#include <errno.h>
#include <string.h>

static struct syntax s;

static const struct syntax_arg *arg(int i)
{
    cr_assert(i >= 0 && i < s.n);
    return &s.v[i];
}

static void expect_name(int i, const char *name, enum syntax_type type)
{
    cr_assert(bt_slice_eq(arg(i)->name, bt_str(name)), "%.*s is not %s",
              (int)arg(i)->name.n, arg(i)->name.p, name);
    cr_assert_eq(arg(i)->type, type, "%s", name);
}

/* Whatever one lands for the table: its arguments are told, and they speak of
 * keys where the command has some. */
Test(syntax, every_command_has_a_row)
{
    cmd_table_init();
    for (size_t i = 0; i < cmd_rows(); i++) {
        const struct command *c = cmd_row(i);

        if (c) {
            cr_assert_eq(syntax_read(c->name, &s), 0, "%s", c->name);
            cr_assert(c->arity == 1 || c->arity == -1 || s.first >= 0 ||
                          strchr(c->name, '|') || c->sub ||
                          strcmp(c->name, "debug") == 0,
                      "%s takes arguments", c->name);
        }
    }
    cr_assert_eq(syntax_read("nosuch", &s), -ENOENT);
}

static bool speaks_of_keys(void)
{
    for (int i = 0; i < s.n; i++) {
        if (s.v[i].type == SYNTAX_KEY) {
            return true;
        }
    }
    return false;
}

Test(syntax, keys_are_told)
{
    cmd_table_init();
    for (size_t i = 0; i < cmd_rows(); i++) {
        const struct command *c = cmd_row(i);

        if (c && c->keys.first > 0 && syntax_read(c->name, &s) == 0) {
            bool channels = strstr(c->acl, "pubsub") != NULL;

            cr_assert(speaks_of_keys() != channels, "%s", c->name);
        }
    }
}

Test(syntax, arguments_in_a_row)
{
    cr_assert_eq(syntax_parse("key newkey#1 value:integer field...", &s), 0);
    expect_name(0, "key", SYNTAX_KEY);
    cr_assert_eq(arg(0)->key_spec, 0);
    cr_assert_eq(arg(0)->next, 1);
    expect_name(1, "newkey", SYNTAX_KEY);
    cr_assert_eq(arg(1)->key_spec, 1);
    expect_name(2, "value", SYNTAX_INTEGER);
    cr_assert_eq(arg(2)->key_spec, -1);
    expect_name(3, "field", SYNTAX_STRING);
    cr_assert_eq(arg(3)->flags, SYNTAX_MULTIPLE);
    cr_assert_eq(arg(3)->next, -1);
    cr_assert_eq(syntax_parse("", &s), 0);
    cr_assert_eq(s.first, -1);
}

Test(syntax, words_and_what_they_announce)
{
    cr_assert_eq(syntax_parse("[NX@3.0.2] change=CH EX seconds "
                              "[(GET pattern#1)...] ip:port@6.2.0",
                              &s),
                 0);
    expect_name(0, "NX", SYNTAX_TOKEN);
    cr_assert_eq(arg(0)->flags, SYNTAX_OPTIONAL | SYNTAX_SMALL);
    cr_assert(bt_slice_eq(arg(0)->since, bt_str("3.0.2")));
    expect_name(1, "change", SYNTAX_TOKEN);
    cr_assert(bt_slice_eq(arg(1)->token, bt_str("CH")));
    expect_name(2, "seconds", SYNTAX_INTEGER);
    cr_assert(bt_slice_eq(arg(2)->token, bt_str("EX")));
    expect_name(3, "pattern", SYNTAX_PATTERN);
    cr_assert_eq(arg(3)->flags,
                 SYNTAX_OPTIONAL | SYNTAX_MULTIPLE | SYNTAX_MULTIPLE_TOKEN);
    cr_assert_eq(arg(3)->key_spec, 1);
    expect_name(4, "ip:port", SYNTAX_STRING);
}

Test(syntax, groups)
{
    cr_assert_eq(syntax_parse("[condition: NX | EX seconds]@1.2.3 "
                              "(pair: key value)...",
                              &s),
                 0);
    expect_name(0, "condition", SYNTAX_ONEOF);
    cr_assert_eq(arg(0)->flags, SYNTAX_OPTIONAL);
    cr_assert(bt_slice_eq(arg(0)->since, bt_str("1.2.3")));
    expect_name(arg(0)->first, "NX", SYNTAX_TOKEN);
    expect_name(arg(arg(0)->first)->next, "seconds", SYNTAX_INTEGER);
    expect_name(arg(0)->next, "pair", SYNTAX_BLOCK);
    cr_assert_eq(arg(arg(0)->next)->flags, SYNTAX_MULTIPLE);
    expect_name(arg(arg(0)->next)->first, "key", SYNTAX_KEY);
}

Test(syntax, faults_are_found)
{
    static const char *const bad[] = {
        "[key",    "key]",      "(a b)",    "(x: a",       "[a | b]",
        "(x: a |", "(x: a | )", "(x: )",    "a | b",       "(x: a | b c)",
        "()",      "...",       "(x: a b]", "(x: a b | c)"};
    char many[4 * (SYNTAX_MAX + 1) + 1] = "";

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(syntax_parse(bad[i], &s), -EINVAL, "%s", bad[i]);
    }
    for (int i = 0; i <= SYNTAX_MAX; i++) {
        strcat(many, "abc ");
    }
    cr_assert_eq(syntax_parse(many, &s), -EINVAL);
    cr_assert_eq(syntax_parse(many + 4, &s), 0);
}
