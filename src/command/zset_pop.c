/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ZPOPMIN, ZPOPMAX, ZMPOP. Those that wait are in zset_wait.c.
 */
#include "command/zset_pop.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/mpop.h"
#include "db/notify.h"

/* ---- Shared ---- */

void zset_pop_take(struct tx *tx, struct resp_reply *out, struct bt_slice key,
                   const struct db_entry *e, const struct zset_pop *p)
{
    struct zset *z = db_edit(tx, key, e);
    size_t count = zset_count(z), n = p->count < count ? p->count : count;
    struct zset_walk w;
    struct zset_item item;

    if (p->with_key) {
        resp_array(out, p->nested ? 2 : 1 + 2 * n);
        resp_bulk(out, key.p, key.n);
    }
    if (p->nested || !p->with_key) {
        resp_array(out, p->nested ? n : 2 * n);
    }
    zset_walk(z, p->max ? count - 1 : 0, p->max, &w);
    for (size_t i = 0; i < n && zset_next(&w, &item); i++) {
        zset_cmd_item(out, &item, p->nested);
    }
    zset_remove_ranks(z, p->max ? count - n : 0, n);
    tx_notify(tx, NOTIFY_ZSET, p->max ? "zpopmax" : "zpopmin", key);
    if (db_edited(tx, key, e)) {
        tx_notify(tx, NOTIFY_GENERIC, "del", key);
    }
}

bool zset_pop_find(struct call *c, const struct zset_pop_keys *keys,
                   struct bt_slice *key, const struct db_entry **e)
{
    for (size_t i = 0; i < keys->n; i++) {
        *key = c->argv[keys->first + i];
        *e = key_find_write(c, *key);
        if (*e) {
            return db_entry_type(*e) == DB_ZSET || cmd_type_error(c);
        }
    }
    *e = NULL;
    return true;
}

/* ---- One key ---- */

static void pop(struct call *c, bool max)
{
    const struct zset_pop_keys keys = {1, 1};
    struct zset_pop p = {.max = max, .count = 1};
    const struct db_entry *e;
    struct bt_slice key;

    if (c->argc > 3) {
        cmd_syntax(c);
        return;
    }
    if (c->argc == 3) {
        if (!cmd_size(c, c->argv[2], 0,
                      "value is out of range, must be positive", &p.count)) {
            return;
        }
        p.nested = c->out->proto > 2;
    }
    if (!zset_pop_find(c, &keys, &key, &e)) {
        return;
    }
    if (e && p.count > 0) {
        zset_pop_take(c->tx, c->out, key, e, &p);
    } else {
        resp_array(c->out, 0);
    }
}

void cmd_zpopmin(struct call *c)
{
    pop(c, false);
}

void cmd_zpopmax(struct call *c)
{
    pop(c, true);
}

/* ---- Several keys ---- */

bool zset_pop_args(struct call *c, size_t at, struct zset_pop_keys *keys,
                   struct zset_pop *p)
{
    struct mpop args;

    if (!mpop_args(c, at, "min", "max", &args)) {
        return false;
    }
    *keys = (struct zset_pop_keys){args.first, args.n};
    *p = (struct zset_pop){.max = args.tail,
                           .count = args.count,
                           .with_key = true,
                           .nested = true};
    return true;
}

void cmd_zmpop(struct call *c)
{
    struct zset_pop_keys keys;
    const struct db_entry *e;
    struct bt_slice key;
    struct zset_pop p;

    if (!zset_pop_args(c, 1, &keys, &p) || !zset_pop_find(c, &keys, &key, &e)) {
        return;
    }
    if (e) {
        zset_pop_take(c->tx, c->out, key, e, &p);
    } else {
        resp_null_array(c->out);
    }
}
