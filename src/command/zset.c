/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sorted sets: what all of their commands need, and those that look at or take
 * away single members: ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZREM.
 */
#include "command/zset.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/notify.h"
#include "type/object.h"

/* ---- Shared ---- */

static bool is_zset(struct call *c, const struct db_entry *e)
{
    return e == NULL || db_entry_type(e) == DB_ZSET || cmd_type_error(c);
}

bool zset_cmd_read(struct call *c, struct bt_slice key, const struct zset **z)
{
    const struct db_entry *e = tx_find(c->tx, key);

    if (!is_zset(c, e)) {
        return false;
    }
    *z = e ? db_entry_object(e) : NULL;
    return true;
}

bool zset_cmd_find(struct call *c, struct bt_slice key, struct zset_change *w)
{
    w->key = key;
    w->e = key_find_write(c, key);
    w->begun = false;
    if (!is_zset(c, w->e)) {
        return false;
    }
    w->z = w->e ? db_entry_object(w->e) : NULL;
    return true;
}

struct zset_limits zset_cmd_limits(struct call *c)
{
    const struct settings *s = c->worker->service->settings;

    /* Relaxed: see struct settings. */
    return (struct zset_limits){
        atomic_load_explicit(&s->zset_max_listpack_entries,
                             memory_order_relaxed),
        atomic_load_explicit(&s->zset_max_listpack_value,
                             memory_order_relaxed)};
}

bool zset_cmd_begin(struct call *c, struct zset_change *w)
{
    if (w->begun) {
        return true;
    }
    w->limits = zset_cmd_limits(c);
    w->z = w->e ? db_edit(c->tx, w->key, w->e) : zset_new();
    w->begun = w->z != NULL;
    return w->begun || cmd_oom(c);
}

/* True when there is nothing left. */
static bool put_back(struct call *c, struct zset_change *w)
{
    return w->e && db_edited(c->tx, w->key, w->e);
}

bool zset_cmd_end(struct call *c, struct zset_change *w, const char *event)
{
    bool gone;

    if (!w->begun) {
        return true;
    }
    gone = put_back(c, w);
    if (!w->e && db_put(c->tx, w->key, DB_ZSET, w->z, DB_NO_EXPIRE) != 0) {
        return cmd_oom(c);
    }
    tx_notify(c->tx, NOTIFY_ZSET, event, w->key);
    if (gone) {
        tx_notify(c->tx, NOTIFY_GENERIC, "del", w->key);
    }
    return true;
}

void zset_cmd_fail(struct call *c, struct zset_change *w)
{
    if (w->begun && w->e) {
        put_back(c, w);
    } else if (w->begun) {
        zset_free(w->z);
    }
    cmd_oom(c);
}

void zset_cmd_store(struct call *c, struct bt_slice key, struct zset *z,
                    const char *event)
{
    size_t n = zset_count(z);

    if (n == 0) {
        zset_free(z);
        if (db_remove(c->tx, key)) {
            tx_notify(c->tx, NOTIFY_GENERIC, "del", key);
        }
    } else if (db_put(c->tx, key, DB_ZSET, z, DB_NO_EXPIRE) != 0) {
        cmd_oom(c);
        return;
    } else {
        tx_notify(c->tx, NOTIFY_ZSET, event, key);
    }
    resp_int(c->out, (int64_t)n);
}

/* ---- Replies ---- */

void zset_cmd_item(struct resp_reply *out, const struct zset_item *item,
                   bool pair)
{
    if (pair) {
        resp_array(out, 2);
    }
    resp_bulk(out, item->member.p, item->member.n);
    resp_double(out, item->score);
}

void zset_cmd_reply(struct call *c, const struct zset *z, size_t rank, size_t n,
                    bool back, bool scores)
{
    bool pairs = scores && c->out->proto > 2;
    struct zset_walk w;
    struct zset_item item;

    resp_array(c->out, scores && !pairs ? 2 * n : n);
    if (n == 0) {
        return;
    }
    zset_walk(z, rank, back, &w);
    for (; n > 0 && zset_next(&w, &item); n--) {
        if (scores) {
            zset_cmd_item(c->out, &item, pairs);
        } else {
            resp_bulk(c->out, item.member.p, item.member.n);
        }
    }
    bt_assert(n == 0);
}

/* ---- Looking ---- */

void cmd_zcard(struct call *c)
{
    const struct zset *z;

    if (zset_cmd_read(c, c->argv[1], &z)) {
        resp_int(c->out, z ? (int64_t)zset_count(z) : 0);
    }
}

static void reply_score(struct call *c, const struct zset *z,
                        struct bt_slice member)
{
    struct zset_place p;

    if (z && zset_find(z, member, &p)) {
        resp_double(c->out, p.score);
    } else {
        resp_null(c->out);
    }
}

void cmd_zscore(struct call *c)
{
    const struct zset *z;

    if (zset_cmd_read(c, c->argv[1], &z)) {
        reply_score(c, z, c->argv[2]);
    }
}

void cmd_zmscore(struct call *c)
{
    const struct zset *z;

    if (!zset_cmd_read(c, c->argv[1], &z)) {
        return;
    }
    resp_array(c->out, c->argc - 2);
    for (size_t i = 2; i < c->argc; i++) {
        reply_score(c, z, c->argv[i]);
    }
}

static void reply_rank(struct call *c, const struct zset *z, bool back,
                       bool with_score)
{
    struct zset_place p;
    size_t rank;

    if (!z || !zset_find(z, c->argv[2], &p)) {
        if (with_score) {
            resp_null_array(c->out);
        } else {
            resp_null(c->out);
        }
        return;
    }
    rank = zset_rank(z, &p);
    if (with_score) {
        resp_array(c->out, 2);
    }
    resp_int(c->out, (int64_t)(back ? zset_count(z) - 1 - rank : rank));
    if (with_score) {
        resp_double(c->out, p.score);
    }
}

static void rank(struct call *c, bool back)
{
    const struct zset *z;

    if (c->argc > 4) {
        cmd_arity_error(c);
        return;
    }
    if (c->argc == 4 && !bt_slice_is(c->argv[3], "withscore")) {
        cmd_syntax(c);
        return;
    }
    if (zset_cmd_read(c, c->argv[1], &z)) {
        reply_rank(c, z, back, c->argc == 4);
    }
}

void cmd_zrank(struct call *c)
{
    rank(c, false);
}

void cmd_zrevrank(struct call *c)
{
    rank(c, true);
}

/* ---- Removing ---- */

/* Nothing is changed before a member is found. */
void cmd_zrem(struct call *c)
{
    struct zset_change w;
    struct zset_place p;
    int64_t n = 0;

    if (!zset_cmd_find(c, c->argv[1], &w)) {
        return;
    }
    for (size_t i = 2; w.z && i < c->argc; i++) {
        if (zset_find(w.z, c->argv[i], &p)) {
            if (!zset_cmd_begin(c, &w)) {
                return;
            }
            zset_remove(w.z, &p);
            n++;
        }
    }
    if (zset_cmd_end(c, &w, "zrem")) {
        resp_int(c->out, n);
    }
}
