/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SCAN and KEYS.
 *
 * Keys are copied out of the keyspace in batches and compared with the pattern
 * afterwards, since the database holds a shard's lock while it shows us keys
 * and a client's pattern may be slow. KEYS is no snapshot: it tells each key
 * that was there throughout.
 */
#include "command/key.h"

#include "command/commands.h"
#include "command/scan.h"

#define BATCH 1024 /* keys for which db_scan is asked at once, at most */

struct scan {
    struct scan_options options;
    struct scan_found seen; /* of one batch */
    struct scan_found found;
    uint64_t cursor;
};

static void see_key(void *arg, const struct db_entry *e)
{
    struct scan *s = arg;
    const struct bt_slice *type = s->options.type;

    if (type == NULL || bt_slice_is(*type, db_type_name(db_entry_type(e)))) {
        scan_found_add(&s->seen, db_entry_key(e));
    }
}

static void scan_fini(struct scan *s)
{
    scan_found_fini(&s->seen);
    scan_found_fini(&s->found);
}

/* False: no memory. */
static bool scan_batch(struct call *c, struct scan *s, size_t count)
{
    s->seen.bytes.n = s->seen.n = 0;
    s->cursor = db_scan(c->tx, s->cursor, count, see_key, s);
    for (size_t i = 0, at = 0; i < s->seen.n; i++) {
        struct bt_slice key = scan_found_next(&s->seen, &at);

        if (scan_matches(&s->options, key)) {
            scan_found_add(&s->found, key);
        }
    }
    s->found.error = s->seen.error ? s->seen.error : s->found.error;
    return s->found.error == 0;
}

void cmd_keys(struct call *c)
{
    struct scan s = {.options = {.pattern = c->argv[1]}};

    if (bt_slice_eq(c->argv[1], bt_str("*"))) {
        s.options.pattern.p = NULL;
    }
    cmd_slow_begin(c);
    while (scan_batch(c, &s, BATCH) && s.cursor != 0) {
        continue;
    }
    cmd_slow_end(c);
    if (s.found.error == 0) {
        scan_reply_found(c, &s.found);
    } else {
        cmd_oom(c);
    }
    scan_fini(&s);
}

/* Goes on until about as many keys were looked at as were asked for. */
static void scan(struct call *c, struct scan *s)
{
    size_t count = s->options.count, n;

    do {
        n = count < BATCH ? count : BATCH;
        count -= n;
    } while (scan_batch(c, s, n) && s->cursor != 0 && count != 0);
}

void cmd_scan(struct call *c)
{
    struct scan s = {.cursor = 0};
    bool slow;

    if (!scan_cursor(c, c->argv[1], &s.cursor) ||
        !scan_options(c, 2, true, &s.options)) {
        return;
    }
    slow = s.options.count > BATCH;
    if (slow) {
        cmd_slow_begin(c);
    }
    scan(c, &s);
    if (slow) {
        cmd_slow_end(c);
    }
    scan_reply(c, s.cursor, &s.found);
    scan_fini(&s);
}
