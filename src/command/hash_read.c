/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hashes that are read: HGET, HMGET, HEXISTS, HLEN, HSTRLEN, HGETALL, HKEYS,
 * HVALS, HRANDFIELD, HSCAN.
 */
#include "command/hash.h"

#include "command/commands.h"
#include "command/pick.h"
#include "command/scan.h"

/* ---- One field, or some ---- */

static void reply(struct call *c, struct bt_slice s)
{
    resp_bulk(c->out, s.p, s.n);
}

static void reply_value(struct call *c, const struct hash *h,
                        struct bt_slice field)
{
    struct hash_place place;
    char buf[PACK_TEXT];

    if (h && hash_find(h, field, &place)) {
        reply(c, hash_value(h, &place, buf));
    } else {
        resp_null(c->out);
    }
}

void cmd_hget(struct call *c)
{
    const struct hash *h;

    if (hash_cmd_read(c, &h)) {
        reply_value(c, h, c->argv[2]);
    }
}

void cmd_hmget(struct call *c)
{
    const struct hash *h;

    if (!hash_cmd_read(c, &h)) {
        return;
    }
    resp_array(c->out, c->argc - 2);
    for (size_t i = 2; i < c->argc; i++) {
        reply_value(c, h, c->argv[i]);
    }
}

void cmd_hexists(struct call *c)
{
    const struct hash *h;
    struct hash_place place;

    if (hash_cmd_read(c, &h)) {
        resp_int(c->out, h && hash_find(h, c->argv[2], &place));
    }
}

void cmd_hlen(struct call *c)
{
    const struct hash *h;

    if (hash_cmd_read(c, &h)) {
        resp_int(c->out, h ? (int64_t)hash_count(h) : 0);
    }
}

void cmd_hstrlen(struct call *c)
{
    const struct hash *h;
    struct hash_place place;
    char buf[PACK_TEXT];
    int64_t n = 0;

    if (!hash_cmd_read(c, &h)) {
        return;
    }
    if (h && hash_find(h, c->argv[2], &place)) {
        n = (int64_t)hash_value(h, &place, buf).n;
    }
    resp_int(c->out, n);
}

/* ---- All fields ---- */

static void reply_all(struct call *c, const struct hash *h, bool fields,
                      bool values)
{
    struct hash_iter it = {0};
    struct hash_pair p;

    while (h && hash_next(h, &it, &p)) {
        if (fields) {
            reply(c, p.field);
        }
        if (values) {
            reply(c, p.value);
        }
    }
}

void cmd_hgetall(struct call *c)
{
    const struct hash *h;

    if (hash_cmd_read(c, &h)) {
        resp_map(c->out, h ? hash_count(h) : 0);
        reply_all(c, h, true, true);
    }
}

void cmd_hkeys(struct call *c)
{
    const struct hash *h;

    if (hash_cmd_read(c, &h)) {
        resp_array(c->out, h ? hash_count(h) : 0);
        reply_all(c, h, true, false);
    }
}

void cmd_hvals(struct call *c)
{
    const struct hash *h;

    if (hash_cmd_read(c, &h)) {
        resp_array(c->out, h ? hash_count(h) : 0);
        reply_all(c, h, false, true);
    }
}

/* ---- HRANDFIELD ---- */

struct random_reply {
    struct call *c;
    bool values;
};

static void reply_picked(void *arg, const struct hash_pair *p)
{
    const struct random_reply *r = arg;

    if (r->values && r->c->out->proto == 3) {
        resp_array(r->c->out, 2);
    }
    reply(r->c, p->field);
    if (r->values) {
        reply(r->c, p->value);
    }
}

static void pick_header(const struct random_reply *r, uint64_t n)
{
    bool flat = r->values && r->c->out->proto == 2;

    resp_array(r->c->out, (size_t)(flat ? 2 * n : n));
}

/* Each as likely every time. */
static void pick_with_repeats(struct random_reply *r, const struct hash *h,
                              uint64_t n)
{
    struct hash_pair p;

    pick_header(r, n);
    while (n-- > 0 && !cmd_is_unheard(r->c)) {
        hash_random(h, tx_random(r->c->tx), &p);
        reply_picked(r, &p);
    }
}

static void pick_different(struct random_reply *r, const struct hash *h,
                           uint64_t want)
{
    struct dict_sample sample;
    size_t count = hash_count(h), n = want < count ? (size_t)want : count;

    if (dict_sample_init(&sample, n, count, tx_random(r->c->tx)) != 0) {
        cmd_oom(r->c);
        return;
    }
    pick_header(r, n);
    hash_sample(h, &sample, reply_picked, r);
    dict_sample_fini(&sample);
}

static bool read_withvalues(struct call *c, const struct pick *p, bool *values)
{
    *values = c->argc == 4 && bt_slice_is(c->argv[3], "withvalues");
    if (c->argc > 4 || (c->argc == 4 && !*values)) {
        return cmd_syntax(c);
    }
    if (*values &&
        p->n > (uint64_t)INT64_MAX / 2) { /* twice as many are answered */
        resp_error(c->out, "ERR value is out of range");
        return false;
    }
    return true;
}

static void pick_some(struct call *c)
{
    struct random_reply r = {.c = c};
    const struct hash *h;
    struct pick p;

    if (!pick_read(c, c->argv[2], &p) || !read_withvalues(c, &p, &r.values) ||
        !hash_cmd_read(c, &h)) {
        return;
    }
    if (!h || p.n == 0) {
        resp_array(c->out, 0);
    } else if (p.repeats) {
        pick_with_repeats(&r, h, p.n);
    } else {
        pick_different(&r, h, p.n);
    }
}

void cmd_hrandfield(struct call *c)
{
    const struct hash *h;
    struct hash_pair p;

    if (c->argc > 2) {
        pick_some(c);
    } else if (hash_cmd_read(c, &h)) {
        if (h) {
            hash_random(h, tx_random(c->tx), &p);
            reply(c, p.field);
        } else {
            resp_null(c->out);
        }
    }
}

/* ---- HSCAN ---- */

struct scan {
    struct scan_options options;
    struct scan_found found;
};

static void see(void *arg, const struct hash_pair *p)
{
    struct scan *s = arg;

    if (scan_matches(&s->options, p->field)) {
        scan_found_add(&s->found, p->field);
        scan_found_add(&s->found, p->value);
    }
}

void cmd_hscan(struct call *c)
{
    struct scan s = {.found = {.n = 0}};
    const struct hash *h;
    uint64_t cursor;

    if (!scan_cursor(c, c->argv[2], &cursor) || !hash_cmd_read(c, &h) ||
        (h && !scan_options(c, 3, false, &s.options))) {
        return;
    }
    cursor = h ? hash_scan(h, cursor, s.options.count, see, &s) : 0;
    scan_reply(c, cursor, &s.found);
    scan_found_fini(&s.found);
}
