/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sets that are changed: SADD, SREM, SMOVE; and what all set commands share.
 * What only reads is in set_read.c, members by chance in set_random.c, several
 * sets in set_several.c.
 */
#include "command/set.h"

#include "command/commands.h"
#include "command/key.h"
#include "command/service.h"
#include "command/worker.h"
#include "db/notify.h"

/* ---- Shared ---- */

void set_cmd_limits(struct call *c, struct set_limits *limits)
{
    const struct settings *s = c->worker->service->settings;

    /* Relaxed: see struct settings. */
    limits->ints =
        atomic_load_explicit(&s->set_max_intset_entries, memory_order_relaxed);
    limits->entries = atomic_load_explicit(&s->set_max_listpack_entries,
                                           memory_order_relaxed);
    limits->value =
        atomic_load_explicit(&s->set_max_listpack_value, memory_order_relaxed);
}

static bool is_set(struct call *c, const struct db_entry *e)
{
    return e == NULL || db_entry_type(e) == DB_SET || cmd_type_error(c);
}

bool set_cmd_read(struct call *c, struct bt_slice key, const struct set **s)
{
    const struct db_entry *e = tx_find(c->tx, key);

    if (!is_set(c, e)) {
        return false;
    }
    *s = e ? db_entry_object(e) : NULL;
    return true;
}

bool set_cmd_find(struct call *c, struct set_change *w, struct bt_slice key)
{
    w->key = key;
    w->begun = false;
    w->e = key_find_write(c, key);
    if (!is_set(c, w->e)) {
        return false;
    }
    w->s = w->e ? db_entry_object(w->e) : NULL;
    return true;
}

bool set_cmd_begin(struct call *c, struct set_change *w, struct bt_slice first,
                   size_t hint)
{
    set_cmd_limits(c, &w->limits);
    w->begun = true;
    w->s =
        w->e ? db_edit(c->tx, w->key, w->e) : set_new(first, hint, &w->limits);
    return w->s || cmd_oom(c);
}

bool set_cmd_end(struct call *c, struct set_change *w, const char *event)
{
    bool gone;

    if (!w->begun) {
        return true;
    }
    gone = w->e && db_edited(c->tx, w->key, w->e);
    if (!w->e && db_put(c->tx, w->key, DB_SET, w->s, DB_NO_EXPIRE) != 0) {
        return cmd_oom(c);
    }
    tx_notify(c->tx, NOTIFY_SET, event, w->key);
    if (gone) {
        tx_notify(c->tx, NOTIFY_GENERIC, "del", w->key);
    }
    return true;
}

void set_cmd_fail(struct call *c, struct set_change *w)
{
    if (!w->e) {
        set_free(w->s);
    } else {
        db_edited(c->tx, w->key, w->e);
    }
    cmd_oom(c);
}

void set_cmd_reply(struct call *c, struct set_key *k)
{
    struct bt_slice s = set_key_text(k);

    resp_bulk(c->out, s.p, s.n);
}

void set_cmd_reply_found(struct call *c, const struct scan_found *found)
{
    resp_set(c->out, found->n);
    for (size_t i = 0, at = 0; i < found->n; i++) {
        struct bt_slice s = scan_found_next(found, &at);

        resp_bulk(c->out, s.p, s.n);
    }
}

/* ---- Adding and removing ---- */

/* A member that is not in it yet, one of `hint`. */
static bool add_new(struct call *c, struct set_change *w, struct set_key *k,
                    size_t hint)
{
    if (!w->begun) {
        if (!set_cmd_begin(c, w, set_key_text(k), hint)) {
            return false;
        }
        if (set_expect(w->s, hint, &w->limits) != 0) {
            set_cmd_fail(c, w);
            return false;
        }
    }
    if (set_add_new(w->s, k, &w->limits) != 0) {
        set_cmd_fail(c, w);
        return false;
    }
    return true;
}

/* Nothing is changed before a member is found that is new. */
void cmd_sadd(struct call *c)
{
    struct set_change w;
    struct set_key k;
    int64_t added = 0;

    if (!set_cmd_find(c, &w, c->argv[1])) {
        return;
    }
    for (size_t i = 2; i < c->argc; i++) {
        set_key_init(&k, c->argv[i]);
        if (w.s && set_has(w.s, &k)) {
            continue;
        }
        if (!add_new(c, &w, &k, c->argc - 2)) {
            return;
        }
        added++;
    }
    if (set_cmd_end(c, &w, "sadd")) {
        resp_int(c->out, added);
    }
}

void cmd_srem(struct call *c)
{
    struct set_change w;
    struct set_key k;
    struct set_place place;
    int64_t removed = 0;

    if (!set_cmd_find(c, &w, c->argv[1])) {
        return;
    }
    for (size_t i = 2; w.s && i < c->argc; i++) {
        set_key_init(&k, c->argv[i]);
        if (!set_find(w.s, &k, &place)) {
            continue;
        }
        if (!w.begun && !set_cmd_begin(c, &w, c->argv[i], 1)) {
            return;
        }
        set_remove_at(w.s, &place);
        removed++;
    }
    if (set_cmd_end(c, &w, "srem")) {
        resp_int(c->out, removed);
    }
}

/* It is added first, since only that can fail; what happened is told in the
 * order of the reference. False after the error reply. */
static bool move(struct call *c, struct set_change *from, struct set_change *to,
                 struct set_key *k, const struct set_place *place)
{
    bool is_new = !to->s || !set_has(to->s, k);

    if (is_new && !add_new(c, to, k, 1)) {
        return false;
    }
    if (!set_cmd_begin(c, from, k->s, 1)) {
        return false;
    }
    set_remove_at(from->s, place);
    return set_cmd_end(c, from, "srem") && set_cmd_end(c, to, "sadd");
}

void cmd_smove(struct call *c)
{
    struct set_change from, to;
    struct set_place place;
    struct set_key k;

    set_key_init(&k, c->argv[3]);
    if (key_find_write(c, c->argv[1]) == NULL) {
        resp_int(c->out, 0); /* whatever is at the other key */
        return;
    }
    if (!set_cmd_find(c, &from, c->argv[1]) ||
        !set_cmd_find(c, &to, c->argv[2])) {
        return;
    }
    if (!set_find(from.s, &k, &place)) {
        resp_int(c->out, 0);
    } else if (from.s == to.s || move(c, &from, &to, &k, &place)) {
        resp_int(c->out, 1);
    }
}
