/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slices, words of a line, the log.
 */
#include <criterion/criterion.h>

#include "base/log.h"
#include "base/slice.h"
#include "base/split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

Test(slice, equality)
{
    cr_expect(bt_slice_eq(bt_str("abc"), bt_slice("abcd", 3)));
    cr_expect_not(bt_slice_eq(bt_str("abc"), bt_str("abd")));
    cr_expect_not(bt_slice_eq(bt_str("abc"), bt_str("ab")));
    cr_expect(bt_slice_eq(bt_slice(NULL, 0), bt_str("")));
    cr_expect_not(bt_slice_eq(bt_str("abc"), bt_str("Abc")));
}

Test(slice, words_in_any_case)
{
    cr_expect(bt_slice_is(bt_str("GeT"), "get"));
    cr_expect(bt_slice_is(bt_str("get"), "GET"));
    cr_expect_not(bt_slice_is(bt_str("get"), "gets"));
    cr_expect_not(bt_slice_is(bt_str("gets"), "get"));
    cr_expect_not(bt_slice_is(bt_str("ge["), "ge{"), "letters only");
    cr_expect_not(bt_slice_is(bt_slice("ge\0", 3), "ge"));
    cr_expect(bt_slice_is(bt_slice(NULL, 0), ""));
    cr_expect_not(bt_slice_is(bt_str("\xc4"), "\xe4"), "ASCII only");
}

/* Splits a copy of exactly n bytes; gives the words with "|" behind each. */
static const char *split_n(const char *text, size_t n)
{
    static char shown[512];
    char *copy = malloc(n ? n : 1), *words = malloc(n ? n : 1), *to = words;
    struct bt_slice line = bt_slice(copy, n), word;
    size_t len = 0;
    int r;

    memcpy(copy, text, n);
    while ((r = bt_split_next(&line, &to, &word)) > 0) {
        cr_assert(word.p >= words && word.p + word.n == to);
        cr_assert_leq((size_t)(to - words), n);
        memcpy(shown + len, word.p, word.n);
        len += word.n;
        shown[len++] = '|';
    }
    shown[len] = '\0';
    free(copy);
    free(words);
    if (r < 0) {
        cr_expect_eq(r, -EINVAL);
        return "unbalanced";
    }
    return shown;
}

static const char *split(const char *text)
{
    return split_n(text, strlen(text));
}

Test(split, words)
{
    cr_expect_str_eq(split(""), "");
    cr_expect_str_eq(split(" \t\r\n\v\f"), "");
    cr_expect_str_eq(split("a"), "a|");
    cr_expect_str_eq(split("  set key   value "), "set|key|value|");
    cr_expect_str_eq(split("a\tb\nc\rd"), "a|b|c|d|");
    cr_expect_str_eq(split("a\vb \vc"), "a\vb|c|");
}

Test(split, double_quotes)
{
    cr_expect_str_eq(split("\"a b\" c"), "a b|c|");
    cr_expect_str_eq(split("\"\""), "|");
    cr_expect_str_eq(split("x\"y z\""), "xy z|");
    cr_expect_str_eq(split("\"\\n\\r\\t\\b\\a\""), "\n\r\t\b\a|");
    cr_expect_str_eq(split("\"\\x41\\x4a\\x6D\""), "AJm|");
    cr_expect_str_eq(split("\"\\x4\\xg1\\q\\\\\\\"\""), "x4xg1q\\\"|");
    cr_expect_str_eq(split("\"'\""), "'|");
}

Test(split, single_quotes)
{
    cr_expect_str_eq(split("'a b' c"), "a b|c|");
    cr_expect_str_eq(split("''"), "|");
    cr_expect_str_eq(split("'it\\'s' '\\n\\'"), "unbalanced");
    cr_expect_str_eq(split("'it\\'s'"), "it's|");
    cr_expect_str_eq(split("'\\n\"\\x41'"), "\\n\"\\x41|");
}

Test(split, backslash_outside_quotes_is_a_character)
{
    cr_expect_str_eq(split("a\\nb \\"), "a\\nb|\\|");
}

Test(split, unbalanced)
{
    static const char *const lines[] = {
        "\"",         "'",     "\"a",     "'a",   "\"a\"b", "'a'b",
        "\"a\"\"b\"", "\"a\\", "\"a\\\"", "'\\'", "a \"b",  "\"\\x4"};

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        cr_expect_str_eq(split(lines[i]), "unbalanced", "%s", lines[i]);
    }
}

Test(split, zero_bytes_are_bytes)
{
    char line[] = "a\0b c", *to = line;
    struct bt_slice rest = bt_slice(line, 5), word;

    cr_assert_eq(bt_split_next(&rest, &to, &word), 1);
    cr_expect(bt_slice_eq(word, bt_slice("a\0b", 3)), "in place, too");
}

static char seen[2048];
static int seen_level;

static void catch_line(void *arg, int level, const char *line)
{
    cr_assert_eq(arg, seen);
    seen_level = level;
    strcpy(seen, line);
}

Test(log, formats_and_hands_over)
{
    struct bt_log log = {catch_line, seen};

    bt_logf(&log, BT_LOG_NOTICE, "%s %d", "port", 6379);
    cr_expect_str_eq(seen, "port 6379");
    cr_expect_eq(seen_level, BT_LOG_NOTICE);
}

Test(log, cuts_long_lines)
{
    struct bt_log log = {catch_line, seen};
    char text[1500];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    bt_logf(&log, BT_LOG_WARNING, "%s", text);
    cr_expect_eq(strlen(seen), 1023);
}

Test(log, nobody_listens)
{
    bt_logf(NULL, BT_LOG_DEBUG, "%s", "x");
    bt_logf(&(struct bt_log){0}, BT_LOG_DEBUG, "%s", "x");
}
