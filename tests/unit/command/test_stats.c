/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What one worker counts: error codes are taken off the texts of replies.
 */
#include <criterion/criterion.h>

#include "command/stats.h"

#include <stdio.h>
#include <string.h>

static struct cmd_counters counters;

static void init(void)
{
    cr_assert_eq(cmd_counters_init(&counters), 0);
}

static void fini(void)
{
    cmd_counters_fini(&counters);
}

TestSuite(stats, .init = init, .fini = fini);

static void count(const char *text)
{
    cmd_count_error(&counters, text, strlen(text));
}

static uint64_t counted(const char *code)
{
    for (unsigned i = 0; i < counters.n_codes; i++) {
        if (strcmp(counters.codes[i].code, code) == 0) {
            return counters.codes[i].n;
        }
    }
    return 0;
}

Test(stats, by_code)
{
    count("ERR unknown command");
    count("ERR syntax error");
    count("WRONGTYPE Operation against");
    count("NOAUTH");
    cr_assert_eq(counted("ERR"), 2);
    cr_assert_eq(counted("WRONGTYPE"), 1);
    cr_assert_eq(counted("NOAUTH"), 1);
    cr_assert_eq(counters.n_codes, 3);
}

Test(stats, one_code_that_begins_like_another)
{
    count("NOAUTH x");
    count("NO x");
    count("NOAUTHX x");
    cr_assert_eq(counters.n_codes, 3);
    cr_assert_eq(counted("NO"), 1);
}

Test(stats, texts_without_a_code)
{
    count("");
    count("lower case");
    cr_assert_eq(counted("ERR"), 2);
}

Test(stats, codes_are_bounded)
{
    char text[64];

    memset(text, 'A', sizeof text);
    cmd_count_error(&counters, text, sizeof text);
    cr_assert_eq(strlen(counters.codes[0].code), STATS_CODE_SIZE - 1);
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "%c%c x", 'A' + i / 26, 'A' + i % 26);
        count(text);
    }
    cr_assert_eq(counters.n_codes, STATS_MAX_ERRORS);
}
