/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members by chance: SRANDMEMBER, SPOP.
 */
#include "command/set.h"

#include "command/commands.h"
#include "command/pick.h"
#include "db/notify.h"

static void reply_picked(void *arg, struct set_key *k)
{
    set_cmd_reply(arg, k);
}

/* ---- SRANDMEMBER ---- */

static void pick_with_repeats(struct call *c, const struct set *s, uint64_t n)
{
    struct set_place place;
    struct set_key k;

    resp_array(c->out, (size_t)n);
    while (n-- > 0 && !cmd_is_unheard(c)) {
        set_random(s, tx_random(c->tx), &place, &k);
        set_cmd_reply(c, &k);
    }
}

static void pick_different(struct call *c, const struct set *s, uint64_t want)
{
    struct dict_sample sample;
    size_t count = set_count(s), n = want < count ? (size_t)want : count;

    if (dict_sample_init(&sample, n, count, tx_random(c->tx)) != 0) {
        cmd_oom(c);
        return;
    }
    resp_array(c->out, n);
    set_sample(s, &sample, reply_picked, c);
    dict_sample_fini(&sample);
}

static void pick_some(struct call *c)
{
    const struct set *s;
    struct pick p;

    if (c->argc > 3) {
        cmd_syntax(c);
        return;
    }
    if (!pick_read(c, c->argv[2], &p) || !set_cmd_read(c, c->argv[1], &s)) {
        return;
    }
    if (!s || p.n == 0) {
        resp_array(c->out, 0);
    } else if (p.repeats) {
        pick_with_repeats(c, s, p.n);
    } else {
        pick_different(c, s, p.n);
    }
}

void cmd_srandmember(struct call *c)
{
    const struct set *s;
    struct set_place place;
    struct set_key k;

    if (c->argc > 2) {
        pick_some(c);
    } else if (set_cmd_read(c, c->argv[1], &s)) {
        if (s) {
            set_random(s, tx_random(c->tx), &place, &k);
            set_cmd_reply(c, &k);
        } else {
            resp_null(c->out);
        }
    }
}

/* ---- SPOP ---- */

/* From this many times more that go than stay, those that stay are moved. */
#define MOVE_THOSE_THAT_STAY 5

static void pop_one_by_one(struct call *c, struct set_change *w, size_t n)
{
    struct set_place place;
    struct set_key k;

    if (!set_cmd_begin(c, w, w->key, 1)) {
        return;
    }
    if (c->argc > 2) {
        resp_set(c->out, n);
    }
    while (n-- > 0) {
        set_random(w->s, tx_random(c->tx), &place, &k);
        set_cmd_reply(c, &k);
        set_remove_at(w->s, &place);
    }
    set_cmd_end(c, w, "spop");
}

static void pop_all(struct call *c, struct set_change *w)
{
    struct set_iter it = {0};
    struct set_key k;

    resp_set(c->out, set_count(w->s));
    while (set_next(w->s, &it, &k)) {
        set_cmd_reply(c, &k);
    }
    db_remove(c->tx, w->key);
    tx_notify(c->tx, NOTIFY_SET, "spop", w->key);
    tx_notify(c->tx, NOTIFY_GENERIC, "del", w->key);
}

static void stay(void *arg, struct set_key *k)
{
    struct set_change *fresh = arg;

    if (!fresh->s) {
        fresh->s = set_new(set_key_text(k), 1, &fresh->limits);
    }
    if (fresh->s && set_add(fresh->s, k, &fresh->limits) < 0) {
        set_free(fresh->s);
        fresh->s = NULL;
    }
}

/* A set of those members that are to stay; NULL: out of memory. */
static struct set *choose_to_stay(struct call *c, const struct set *s, size_t n)
{
    struct set_change fresh = {.s = NULL};
    struct dict_sample sample;

    set_cmd_limits(c, &fresh.limits);
    if (dict_sample_init(&sample, n, set_count(s), tx_random(c->tx)) != 0) {
        return NULL;
    }
    set_sample(s, &sample, stay, &fresh);
    dict_sample_fini(&sample);
    if (fresh.s && set_count(fresh.s) != n) { /* memory was short for some */
        set_free(fresh.s);
        fresh.s = NULL;
    }
    return fresh.s;
}

static int list_others(const struct set *s, const struct set *stays,
                       struct scan_found *found)
{
    struct set_iter it = {0};
    struct set_key k;

    while (set_next(s, &it, &k)) {
        if (!set_has(stays, &k)) {
            scan_found_add(found, set_key_text(&k));
        }
    }
    return found->error;
}

/* The few that stay become the key's value in place of the old one. All that
 * can fail comes before the reply. */
static void pop_most(struct call *c, struct set_change *w, size_t n)
{
    struct set *fresh = choose_to_stay(c, w->s, set_count(w->s) - n);
    struct scan_found found = {.n = 0};

    if (!fresh || list_others(w->s, fresh, &found) != 0) {
        set_free(fresh);
        cmd_oom(c);
    } else if (db_put(c->tx, w->key, DB_SET, fresh, DB_KEEP_EXPIRE) != 0) {
        cmd_oom(c);
    } else {
        set_cmd_reply_found(c, &found);
        tx_notify(c->tx, NOTIFY_SET, "spop", w->key);
    }
    scan_found_fini(&found);
}

static void pop_some(struct call *c, struct set_change *w, size_t n)
{
    size_t count = w->s ? set_count(w->s) : 0;

    if (n == 0 || count == 0) {
        resp_set(c->out, 0);
    } else if (n >= count) {
        pop_all(c, w);
    } else if (set_is_large(w->s) && n / MOVE_THOSE_THAT_STAY >= count - n) {
        pop_most(c, w, n);
    } else {
        pop_one_by_one(c, w, n);
    }
}

void cmd_spop(struct call *c)
{
    struct set_change w;
    int64_t n = 1;

    if (c->argc > 3) {
        cmd_syntax(c);
        return;
    }
    if (c->argc == 3 && (!cmd_parse_int(c->argv[2], &n) || n < 0)) {
        resp_error(c->out, "ERR value is out of range, must be positive");
        return;
    }
    if (!set_cmd_find(c, &w, c->argv[1])) {
        return;
    }
    if (c->argc == 3) {
        pop_some(c, &w, (uint64_t)n < SIZE_MAX ? (size_t)n : SIZE_MAX);
    } else if (w.s) {
        pop_one_by_one(c, &w, 1);
    } else {
        resp_null(c->out);
    }
}
