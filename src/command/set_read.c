/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sets that are only read: SISMEMBER, SMISMEMBER, SCARD, SMEMBERS, SSCAN.
 */
#include "command/set.h"

#include "command/commands.h"

static void reply_has(struct call *c, const struct set *s,
                      struct bt_slice member)
{
    struct set_key k;

    set_key_init(&k, member);
    resp_int(c->out, s && set_has(s, &k));
}

void cmd_sismember(struct call *c)
{
    const struct set *s;

    if (set_cmd_read(c, c->argv[1], &s)) {
        reply_has(c, s, c->argv[2]);
    }
}

void cmd_smismember(struct call *c)
{
    const struct set *s;

    if (!set_cmd_read(c, c->argv[1], &s)) {
        return;
    }
    resp_array(c->out, c->argc - 2);
    for (size_t i = 2; i < c->argc; i++) {
        reply_has(c, s, c->argv[i]);
    }
}

void cmd_scard(struct call *c)
{
    const struct set *s;

    if (set_cmd_read(c, c->argv[1], &s)) {
        resp_int(c->out, s ? (int64_t)set_count(s) : 0);
    }
}

void set_cmd_reply_all(struct call *c, const struct set *s)
{
    struct set_iter it = {0};
    struct set_key k;

    resp_set(c->out, s ? set_count(s) : 0);
    while (s && set_next(s, &it, &k)) {
        set_cmd_reply(c, &k);
    }
}

void cmd_smembers(struct call *c)
{
    const struct set *s;

    if (set_cmd_read(c, c->argv[1], &s)) {
        set_cmd_reply_all(c, s);
    }
}

/* ---- SSCAN ---- */

struct scan {
    struct scan_options options;
    struct scan_found found;
};

static void see(void *arg, struct set_key *k)
{
    struct scan *s = arg;
    struct bt_slice member = set_key_text(k);

    if (scan_matches(&s->options, member)) {
        scan_found_add(&s->found, member);
    }
}

void cmd_sscan(struct call *c)
{
    struct scan s = {.found = {.n = 0}};
    const struct set *set;
    uint64_t cursor;

    if (!scan_cursor(c, c->argv[2], &cursor) ||
        !set_cmd_read(c, c->argv[1], &set) ||
        (set && !scan_options(c, 3, false, &s.options))) {
        return;
    }
    cursor = set ? set_scan(set, cursor, s.options.count, see, &s) : 0;
    scan_reply(c, cursor, &s.found);
    scan_found_fini(&s.found);
}
