/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BZPOPMIN, BZPOPMAX, BZMPOP: as their siblings in zset_pop.c, but when there
 * is nothing they wait (command/block.h).
 */
#include "command/block.h"
#include "command/commands.h"
#include "command/score.h"
#include "command/zset_pop.h"

/* What is kept of a request that waits. */
struct waiting {
    struct zset_pop pop;
    struct zset_limits limits;
};

static void serve(struct tx *tx, struct resp_reply *out, const void *args,
                  struct bt_slice key, struct bt_slice to,
                  const struct db_entry *e)
{
    const struct waiting *w = args;

    (void)to;
    zset_pop_take(tx, out, key, e, &w->pop);
}

/* ---- Giving back ---- */

/* The next value of a reply that we wrote ourselves, a bulk or a double,
 * without the heads of arrays in front of it; *rest moves behind it. */
static struct bt_slice next_value(struct bt_slice *rest)
{
    struct bt_slice line;
    size_t n = 0;
    char kind;

    do {
        const char *end = memchr(rest->p, '\n', rest->n);

        bt_assert(end);
        kind = rest->p[0];
        line = bt_slice(rest->p + 1, (size_t)(end - rest->p) - 2);
        *rest = bt_slice(end + 1, rest->n - (size_t)(end + 1 - rest->p));
    } while (kind == '*');
    if (kind != '$') {
        return line;
    }
    for (size_t i = 0; i < line.n; i++) {
        n = n * 10 + (size_t)(line.p[i] - '0');
    }
    line = bt_slice(rest->p, n);
    *rest = bt_slice(rest->p + n + 2, rest->n - n - 2);
    return line;
}

/* Who is there again by now keeps the new score. */
static void put_back(struct zset *z, const struct zset_limits *limits,
                     struct bt_slice reply)
{
    next_value(&reply); /* the key */
    while (reply.n > 0) {
        struct bt_slice member = next_value(&reply);
        struct zset_place p;
        double score;

        if (score_parse(next_value(&reply), &score) &&
            !zset_find(z, member, &p) && zset_add(z, &p, score, limits) != 0) {
            return;
        }
    }
}

/* A key that has become something else by now cannot take them. */
static void give_back(struct tx *tx, const void *args, struct bt_slice key,
                      struct bt_slice reply, int proto)
{
    const struct waiting *w = args;
    const struct db_entry *e = tx_find_quiet(tx, key);
    struct zset *z;

    (void)proto;
    if (e && db_entry_type(e) == DB_ZSET) {
        put_back(db_edit(tx, key, e), &w->limits, reply);
        db_edited(tx, key, e);
    } else if (!e && (z = zset_new())) {
        put_back(z, &w->limits, reply);
        if (zset_count(z) > 0) {
            db_put(tx, key, DB_ZSET, z, DB_NO_EXPIRE);
        } else {
            zset_free(z);
        }
    }
}

/* ---- Commands ---- */

static void pop_or_wait(struct call *c, const struct zset_pop_keys *keys,
                        const struct zset_pop *p, int64_t ms)
{
    struct waiting w = {*p, zset_cmd_limits(c)};
    const struct db_entry *e;
    struct bt_slice key;

    if (!zset_pop_find(c, keys, &key, &e)) {
        return;
    }
    if (e) {
        zset_pop_take(c->tx, c->out, key, e, p);
        return;
    }
    block_client(c, &(struct block_request){.type = DB_ZSET,
                                            .keys = &c->argv[keys->first],
                                            .n_keys = keys->n,
                                            .serve = serve,
                                            .give_back = give_back,
                                            .args = &w,
                                            .args_n = sizeof w,
                                            .timeout_ms = ms});
}

static void pop_one(struct call *c, bool max)
{
    const struct zset_pop_keys keys = {1, c->argc - 2};
    const struct zset_pop p = {.max = max, .count = 1, .with_key = true};
    int64_t ms;

    if (block_timeout(c, c->argv[c->argc - 1], &ms)) {
        pop_or_wait(c, &keys, &p, ms);
    }
}

void cmd_bzpopmin(struct call *c)
{
    pop_one(c, false);
}

void cmd_bzpopmax(struct call *c)
{
    pop_one(c, true);
}

void cmd_bzmpop(struct call *c)
{
    struct zset_pop_keys keys;
    struct zset_pop p;
    int64_t ms;

    if (zset_pop_args(c, 2, &keys, &p) && block_timeout(c, c->argv[1], &ms)) {
        pop_or_wait(c, &keys, &p, ms);
    }
}
