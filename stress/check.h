/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/check.h -- how the checks of baton-stress's parts count.
 *
 * Threads    one; included by one file of each program.
 */
#ifndef STRESS_CHECK_H
#define STRESS_CHECK_H

#include <stdio.h>

static int failed, checks;

#define CHECK(x) check((x), #x, __LINE__)

static void check(int ok, const char *what, int line)
{
    checks++;
    if (!ok) {
        failed++;
        printf("line %d: %s\n", line, what);
    }
}

static int check_result(void)
{
    printf("%d checks, %d failed\n", checks, failed);
    return failed > 0;
}

#endif
