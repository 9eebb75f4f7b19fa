/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hashes that are changed: HSET, HMSET, HSETNX, HDEL. Numbers are in
 * hash_num.c, what only reads in hash_read.c.
 */
#include "command/hash.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/notify.h"

/* ---- Shared ---- */

static bool is_hash(struct call *c, const struct db_entry *e)
{
    return e == NULL || db_entry_type(e) == DB_HASH || cmd_type_error(c);
}

bool hash_cmd_read(struct call *c, const struct hash **h)
{
    const struct db_entry *e = tx_find(c->tx, c->argv[1]);

    if (!is_hash(c, e)) {
        return false;
    }
    *h = e ? db_entry_object(e) : NULL;
    return true;
}

bool hash_cmd_find(struct call *c, struct hash_change *w)
{
    w->e = key_find_write(c, c->argv[1]);
    if (!is_hash(c, w->e)) {
        return false;
    }
    w->h = w->e ? db_entry_object(w->e) : NULL;
    return true;
}

bool hash_cmd_begin(struct call *c, struct hash_change *w)
{
    const struct settings *s = c->worker->service->settings;

    /* Relaxed: see struct settings. */
    w->limits.entries = atomic_load_explicit(&s->hash_max_listpack_entries,
                                             memory_order_relaxed);
    w->limits.value =
        atomic_load_explicit(&s->hash_max_listpack_value, memory_order_relaxed);
    w->h = w->e ? db_edit(c->tx, c->argv[1], w->e) : hash_new();
    return w->h || cmd_oom(c);
}

/* True when there is nothing left. */
static bool put_back(struct call *c, struct hash_change *w)
{
    return w->e && db_edited(c->tx, c->argv[1], w->e);
}

bool hash_cmd_end(struct call *c, struct hash_change *w, const char *event)
{
    bool gone = put_back(c, w);

    if (!w->e && db_put(c->tx, c->argv[1], DB_HASH, w->h, DB_NO_EXPIRE) != 0) {
        return cmd_oom(c);
    }
    tx_notify(c->tx, NOTIFY_HASH, event, c->argv[1]);
    if (gone) {
        tx_notify(c->tx, NOTIFY_GENERIC, "del", c->argv[1]);
    }
    return true;
}

void hash_cmd_fail(struct call *c, struct hash_change *w)
{
    if (!w->e) {
        hash_free(w->h);
    } else {
        put_back(c, w);
    }
    cmd_oom(c);
}

/* ---- Setting ---- */

/* Memory may run out between two fields; those before have their new values
 * then, if the hash was there. -1: it did. */
static int64_t set_pairs(struct call *c, struct hash_change *w)
{
    int64_t added = 0;

    if (hash_expect(w->h, (c->argc - 2) / 2, &w->limits) != 0) {
        return -1;
    }
    for (size_t i = 2; i < c->argc; i += 2) {
        struct hash_place place;

        added += !hash_find(w->h, c->argv[i], &place);
        if (hash_put(w->h, &place, c->argv[i], c->argv[i + 1], &w->limits)) {
            return -1;
        }
    }
    return added;
}

/* How many fields are new; -1 after the error reply. */
static int64_t set_all(struct call *c)
{
    struct hash_change w;
    int64_t added;

    if (c->argc % 2 != 0) {
        cmd_arity_error(c);
        return -1;
    }
    if (!hash_cmd_find(c, &w) || !hash_cmd_begin(c, &w)) {
        return -1;
    }
    added = set_pairs(c, &w);
    if (added < 0) {
        hash_cmd_fail(c, &w);
        return -1;
    }
    return hash_cmd_end(c, &w, "hset") ? added : -1;
}

void cmd_hset(struct call *c)
{
    int64_t added = set_all(c);

    if (added >= 0) {
        resp_int(c->out, added);
    }
}

void cmd_hmset(struct call *c)
{
    if (set_all(c) >= 0) {
        resp_status(c->out, "OK");
    }
}

void cmd_hsetnx(struct call *c)
{
    struct hash_change w;
    struct hash_place place;

    if (!hash_cmd_find(c, &w)) {
        return;
    }
    if (w.h && hash_find(w.h, c->argv[2], &place)) {
        resp_int(c->out, 0);
        return;
    }
    if (!hash_cmd_begin(c, &w)) {
        return;
    }
    if (set_pairs(c, &w) < 0) {
        hash_cmd_fail(c, &w);
    } else if (hash_cmd_end(c, &w, "hset")) {
        resp_int(c->out, 1);
    }
}

/* ---- Removing ---- */

/* Nothing is changed before a field is found. */
void cmd_hdel(struct call *c)
{
    struct hash_change w;
    struct hash_place place;
    int64_t n = 0;

    if (!hash_cmd_find(c, &w)) {
        return;
    }
    for (size_t i = 2; w.h && i < c->argc; i++) {
        if (!hash_find(w.h, c->argv[i], &place)) {
            continue;
        }
        if (n == 0 && !hash_cmd_begin(c, &w)) {
            return;
        }
        hash_delete_at(w.h, &place);
        n++;
    }
    if (n == 0 || hash_cmd_end(c, &w, "hdel")) {
        resp_int(c->out, n);
    }
}
