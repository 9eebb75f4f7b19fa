/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Replies into memory: of any length, in both protocols, with references.
 */
#include "resp/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static unsigned released;

static void release(void *arg)
{
    released++;
    free(arg);
}

Test(memory, short_reply)
{
    struct resp_memory m;
    struct resp_reply r;

    resp_memory_begin(&m, &r, 2);
    resp_array(&r, 2);
    resp_bulk(&r, "key", 3);
    resp_null(&r);
    resp_memory_end(&m, &r);
    cr_assert_not(m.failed);
    cr_assert_eq(m.n, strlen("*2\r\n$3\r\nkey\r\n$-1\r\n"));
    cr_assert_eq(memcmp(m.p, "*2\r\n$3\r\nkey\r\n$-1\r\n", m.n), 0);
    resp_memory_fini(&m);

    resp_memory_begin(&m, &r, 3);
    resp_null_array(&r);
    resp_memory_end(&m, &r);
    cr_assert_eq(m.n, 3);
    cr_assert_eq(memcmp(m.p, "_\r\n", 3), 0);
    resp_memory_fini(&m);
}

Test(memory, long_replies)
{
    char *text = malloc(300000);

    memset(text, 'x', 300000);
    for (size_t n = 0; n <= 300000; n = n * 3 + 1) {
        struct resp_memory m;
        struct resp_reply r;
        char *copy = malloc(n + 1);
        size_t head;

        memcpy(copy, text, n);
        resp_memory_begin(&m, &r, 2);
        resp_bulk(&r, text, n);
        head = (size_t)(r.p - r.start); /* whatever was not turned in yet */
        cr_assert_leq(head, n + 64);
        resp_bulk_ref(&r, copy, n, release, copy);
        resp_bulk_int(&r, -12);
        resp_memory_end(&m, &r);
        cr_assert_not(m.failed);
        cr_assert_gt(m.n, 2 * n);
        cr_assert_eq(memcmp(m.p + m.n - 9, "$3\r\n-12\r\n", 9), 0);
        for (size_t i = 0, seen = 0; i <= m.n; i++) {
            if (i == m.n) {
                cr_assert_eq(seen, 2 * n);
            } else {
                seen += m.p[i] == 'x';
            }
        }
        resp_memory_fini(&m);
    }
    cr_assert_gt(released, 10);
    free(text);
}
