/* SPDX-License-Identifier: BSD-2-Clause
 *
 * keymem -- how much memory a key takes: 14-byte keys with 64-byte values, at
 * several numbers of keys (a table that has just grown is the emptiest). Prints
 * the growth of the resident set for each key, the limit, and the verdict.
 * Skipped (77) where the resident set cannot be read, and under sanitizers,
 * which change it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/tx.h"

#define LIMIT 130.0
#define PASS  50 /* requests in a section */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* 0: cannot be told here. */
static double resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (f) {
        if (fscanf(f, "%*d %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(f);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static bool set(struct db_thread *t, unsigned i)
{
    char name[16], value[64];
    struct bt_slice key = bt_slice(name, 14);
    struct tx tx;
    int r;

    snprintf(name, sizeof name, "key:%010u", i);
    memset(value, 'v', sizeof value);
    tx_begin(&tx, t, 0);
    tx_lock(&tx, &key, 1, TX_WRITE);
    r = db_set(&tx, key, bt_slice(value, sizeof value), DB_NO_EXPIRE);
    tx_commit(&tx);
    return r == 0;
}

static bool fill(struct db_thread *t, unsigned from, unsigned to)
{
    bool ok = true;

    for (unsigned i = from; ok && i < to; i++) {
        if (i % PASS == 0) {
            db_enter(t);
        }
        ok = set(t, i);
        if (i % PASS == PASS - 1) {
            db_leave(t);
        }
    }
    return ok;
}

int main(void)
{
    static const unsigned at[] = {800000, 1000000, 1100000, 1600000};
    struct db_options options = {.threads = 1};
    struct db *db = db_new(&options);
    struct db_thread *t = db ? db_thread_new(db) : NULL;
    double start = resident();
    unsigned n = 0;
    int status = 0;

#ifdef SANITIZED
    start = 0;
#endif
    if (!t) {
        return 1;
    }
    for (unsigned i = 0; start > 0 && i < sizeof at / sizeof *at; i++) {
        double each;

        if (!fill(t, n, at[i])) {
            return 1;
        }
        n = at[i];
        each = (resident() - start) / n;
        printf("%u keys: %.1f bytes each, limit %.0f: %s\n", n, each, LIMIT,
               each <= LIMIT ? "pass" : "short");
        status |= each > LIMIT;
    }
    db_thread_free(&t);
    db_free(&db);
    return start > 0 ? status : 77;
}
