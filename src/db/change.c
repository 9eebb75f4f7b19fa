/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/change.c -- the calls of db/tx.h that change keys.
 */
#include "db/tx.h"

#include <errno.h>
#include <string.h>

#include "db/keyspace.h"
#include "db/wait_queue.h"
#include "db/use.h"

/* A key on its way to a new value. */
struct change {
    uint64_t hash;
    unsigned shard;
    struct db_table *table;
    struct db_writer writer;
    struct db_place at;
    struct db_entry *old; /* NULL: a new key, for which there is room */
    uint64_t before;      /* bytes of the table */
};

bool db_tx_expired(struct tx *tx, const struct db_entry *e)
{
    int64_t when = db_entry_ttl(e);

    return when != DB_NO_EXPIRE && tx_now(tx) > when;
}

/* The journal will listen here. */
void db_tx_changed(struct tx *tx, struct bt_slice key, enum db_change kind)
{
    /* Before the change: what a waiter does to the key belongs to it. */
    if (kind == DB_CHANGE_SET && db_wait_mark(tx, key)) {
        tx->multi = true;
    }
    db_tx_hide(tx);
    tx->thread->wrote = true;
    if (bt_unlikely(db_watching(tx->db))) {
        db_watch_changed(tx, key, kind);
    }
    if (kind == DB_CHANGE_EXPIRE) {
        db_count(&tx->thread->count.expired, 1);
        tx_notify(tx, NOTIFY_EXPIRED, "expired", key);
    } else if (kind == DB_CHANGE_EVICT) {
        db_count(&tx->thread->count.evicted, 1);
        tx_notify(tx, NOTIFY_EVICTED, "evicted", key);
    } else if (kind != DB_CHANGE_EMPTIED) {
        tx->changes++;
    }
}

void db_tx_account(struct tx *tx, const struct db_table *t, uint64_t before)
{
    _Atomic int64_t *bytes = &tx->thread->count.bytes;
    int64_t by = (int64_t)(db_table_bytes(t) - before);

    if (by != 0) {
        int64_t n = atomic_load_explicit(bytes, memory_order_relaxed);

        atomic_store_explicit(bytes, n + by, memory_order_relaxed);
    }
}

void db_tx_take_out(struct tx *tx, unsigned shard, const struct db_place *place,
                    enum db_change kind)
{
    struct db_writer w = db_tx_writer(tx, shard);
    const struct db_entry *e = db_bucket_at(place->bucket, place->slot);

    db_tx_changed(tx, db_entry_name(e), kind);
    db_table_remove(db_table_at(tx->db, tx->dbi, shard), &w, place);
}

/* Where the key is, if it is there at all. False: the shard never had one. */
static bool locate(struct tx *tx, struct bt_slice key, struct change *c)
{
    bt_assert(tx->write && !tx->made);
    c->hash = db_tx_hash(tx, key);
    c->shard = db_shard_of(tx->db, c->hash);
    c->writer = db_tx_writer(tx, c->shard);
    c->table = db_tx_table(tx, c->shard, false);
    c->old = NULL;
    if (!c->table) {
        return false;
    }
    c->before = db_table_bytes(c->table);
    c->old = db_table_locate(c->table, c->hash, key, &c->at);
    return true;
}

static void take_out(struct tx *tx, struct change *c, enum db_change kind)
{
    db_tx_take_out(tx, c->shard, &c->at, kind);
    db_table_relax(c->table, &c->writer);
    db_tx_account(tx, c->table, c->before);
}

/* As locate; but a key whose time is over is removed, and is not there. */
static bool locate_live(struct tx *tx, struct bt_slice key, struct change *c)
{
    if (!locate(tx, key, c) || !c->old) {
        return false;
    }
    if (db_tx_expired(tx, c->old)) {
        take_out(tx, c, DB_CHANGE_EXPIRE);
        return false;
    }
    return true;
}

/* The object of `old` belongs to a copy now. */
static void give_up_object(struct db_table *t, struct db_entry *old)
{
    if (db_entry_type(old) != DB_STRING) {
        db_table_add_bytes(t, -(int64_t)db_object_bytes(db_entry_type(old),
                                                        db_entry_object(old)));
        db_entry_forget(old);
    }
}

/* Its end was counted as a change already. */
static void remove_emptied(struct tx *tx, struct bt_slice key)
{
    struct change c;

    locate(tx, key, &c);
    take_out(tx, &c, DB_CHANGE_EMPTIED);
}

/* ---- New values ---- */

/* After this, a new value for the key cannot fail for want of memory. */
static int begin_set(struct tx *tx, struct bt_slice key, struct change *c)
{
    int r = 0;

    bt_assert(tx->write && !tx->made);
    c->hash = db_tx_hash(tx, key);
    c->shard = db_shard_of(tx->db, c->hash);
    c->writer = db_tx_writer(tx, c->shard);
    c->table = db_tx_table(tx, c->shard, true);
    if (!c->table) {
        return -ENOMEM;
    }
    c->before = db_table_bytes(c->table);
    db_table_step(c->table, &c->writer);
    c->old = db_table_locate(c->table, c->hash, key, &c->at);
    if (!c->old) {
        r = db_table_room(c->table, c->hash);
    }
    if (r != 0) {
        db_tx_account(tx, c->table, c->before);
    }
    return r;
}

static int64_t resolve_expire(struct tx *tx, const struct change *c,
                              int64_t expire_ms)
{
    if (expire_ms != DB_KEEP_EXPIRE) {
        return expire_ms;
    }
    if (!c->old || db_tx_expired(tx, c->old)) {
        return DB_NO_EXPIRE;
    }
    return db_entry_ttl(c->old);
}

static void put(struct tx *tx, struct change *c, struct db_entry *e)
{
    if (c->old) {
        db_table_replace(c->table, &c->writer, &c->at, e);
    } else {
        db_table_insert(c->table, c->hash, e);
    }
    db_tx_account(tx, c->table, c->before);
}

static void finish_set(struct tx *tx, struct change *c, struct db_entry *e)
{
    bool over = c->old && db_tx_expired(tx, c->old);

    if (over) {
        db_count(&tx->thread->count.expired, 1);
        tx_notify(tx, NOTIFY_EXPIRED, "expired", db_entry_name(e));
    }
    if (!c->old || over) {
        tx_notify(tx, NOTIFY_NEW, "new", db_entry_name(e));
    }
    db_tx_changed(tx, db_entry_name(e), DB_CHANGE_SET);
    put(tx, c, e);
}

static struct db_entry *new_string(struct tx *tx, struct bt_slice key,
                                   struct bt_slice value, bool ttl)
{
    const struct db_offer *o = tx->offer;
    struct db_entry *e = NULL;

    if (bt_unlikely(o != NULL) && o->p == value.p && o->n == value.n &&
        value.n >= DB_BLOB_MIN) {
        e = db_entry_adopt(key, o, ttl);
        tx->offer = NULL;
    }
    if (!e) {
        e = db_entry_new(key, value.n, ttl);
        if (e && value.n > 0) {
            memcpy(db_entry_value(e), value.p, value.n);
        }
    }
    return e;
}

int db_set(struct tx *tx, struct bt_slice key, struct bt_slice value,
           int64_t expire_ms)
{
    struct change c;
    struct db_entry *e;
    int r = begin_set(tx, key, &c);

    if (r != 0) {
        return r;
    }
    expire_ms = resolve_expire(tx, &c, expire_ms);
    e = new_string(tx, key, value, expire_ms != DB_NO_EXPIRE);
    if (!e) {
        db_tx_account(tx, c.table, c.before);
        return -ENOMEM;
    }
    if (expire_ms != DB_NO_EXPIRE) {
        db_entry_set_ttl(e, expire_ms);
    }
    db_use_first(tx->thread, e, c.old);
    finish_set(tx, &c, e);
    return 0;
}

int db_put(struct tx *tx, struct bt_slice key, enum db_type type, void *object,
           int64_t expire_ms)
{
    struct change c;
    struct db_entry *e;
    int r = begin_set(tx, key, &c);

    bt_assert(db_object_ops(type)->count(object) > 0);
    if (r != 0) {
        db_object_free(type, object);
        return r;
    }
    expire_ms = resolve_expire(tx, &c, expire_ms);
    e = db_entry_with(key, type, object, expire_ms != DB_NO_EXPIRE);
    if (!e) {
        db_tx_account(tx, c.table, c.before);
        return -ENOMEM;
    }
    if (expire_ms != DB_NO_EXPIRE) {
        db_entry_set_ttl(e, expire_ms);
    }
    db_use_first(tx->thread, e, c.old);
    finish_set(tx, &c, e);
    return 0;
}

/* Always with room for a time to live: which it gets is said too late. */
char *db_make(struct tx *tx, struct bt_slice key, size_t n)
{
    struct change c;

    if (begin_set(tx, key, &c) != 0) {
        return NULL;
    }
    tx->made = db_entry_new(key, n, true);
    tx->made_hash = c.hash;
    db_tx_account(tx, c.table, c.before);
    return tx->made ? db_entry_value(tx->made) : NULL;
}

/* Where the entry that was made goes, and all that is to be set in it. */
static struct db_entry *made(struct tx *tx, struct change *c, int64_t expire_ms)
{
    struct db_entry *e = tx->made;

    bt_assert(e);
    tx->made = NULL;
    c->hash = tx->made_hash;
    c->shard = db_shard_of(tx->db, c->hash);
    c->writer = db_tx_writer(tx, c->shard);
    c->table = db_tx_table(tx, c->shard, false);
    c->before = db_table_bytes(c->table);
    c->old = db_table_locate(c->table, c->hash, db_entry_name(e), &c->at);
    db_entry_set_ttl(e, resolve_expire(tx, c, expire_ms));
    db_use_first(tx->thread, e, c->old);
    return e;
}

static void make_raw(struct db_entry *e)
{
    e->flags |= ENTRY_RAW;
    db_entry_lock_blob(e);
}

void db_publish(struct tx *tx, int64_t expire_ms, bool raw)
{
    struct change c;
    struct db_entry *e = made(tx, &c, expire_ms);

    if (raw) {
        make_raw(e);
    }
    finish_set(tx, &c, e);
}

static void publish_same(struct tx *tx)
{
    struct change c;
    struct db_entry *e = made(tx, &c, DB_KEEP_EXPIRE);

    bt_assert(c.old);
    make_raw(e);
    put(tx, &c, e);
}

/* Of the new value, all that the change is to find there. */
static char *make_longer(struct tx *tx, const struct change *c,
                         struct bt_slice key, size_t n)
{
    const struct db_entry *old = c->old;
    struct bt_slice was = old ? db_entry_string(old) : bt_slice("", 0);
    char *p;

    n = n > was.n ? n : was.n;
    tx->made = db_entry_new(key, n, true);
    tx->made_hash = c->hash;
    if (!tx->made) {
        return NULL;
    }
    p = db_entry_value(tx->made);
    memcpy(p, was.p, was.n);
    memset(p + was.n, 0, n - was.n);
    return p;
}

static char *rewrite_in_place(const struct change *c, size_t n)
{
    int64_t bytes = (int64_t)db_entry_bytes(c->old);

    if (db_entry_lengthen(c->old, n) != 0) {
        return NULL;
    }
    db_table_add_bytes(c->table, (int64_t)db_entry_bytes(c->old) - bytes);
    return db_entry_value(c->old);
}

char *db_rewrite(struct tx *tx, struct bt_slice key, size_t n)
{
    struct change c;
    char *p;

    if (begin_set(tx, key, &c) != 0) {
        return NULL;
    }
    if (c.old &&
        (db_tx_expired(tx, c.old) || db_entry_type(c.old) != DB_STRING)) {
        c.old = NULL;
    }
    p = c.old && db_entry_changeable(c.old) ? rewrite_in_place(&c, n)
                                            : make_longer(tx, &c, key, n);
    db_tx_account(tx, c.table, c.before);
    return p;
}

/* A change in place is told now: nobody saw it yet, for the lock is held. */
void db_rewritten(struct tx *tx, struct bt_slice key, bool changed)
{
    if (!tx->made && changed) {
        db_tx_changed(tx, key, DB_CHANGE_SET);
    } else if (tx->made && changed) {
        db_publish(tx, DB_KEEP_EXPIRE, true);
    } else if (tx->made) {
        publish_same(tx);
    }
}

void db_discard(struct tx *tx)
{
    if (tx->made) {
        db_entry_free(tx->made);
        tx->made = NULL;
    }
}

/* ---- Changes in place ---- */

static struct db_table *table_of(struct tx *tx, struct bt_slice key)
{
    return db_tx_table(tx, db_shard_of(tx->db, db_tx_hash(tx, key)), false);
}

/* Between the two calls the value's memory is not counted at all. */
void *db_edit(struct tx *tx, struct bt_slice key, const struct db_entry *e)
{
    void *object = db_entry_object(e);
    int64_t bytes = (int64_t)db_object_bytes(db_entry_type(e), object);
    struct db_table *t = table_of(tx, key);
    uint64_t before = db_table_bytes(t);

    bt_assert(tx->write && !tx->made);
    db_tx_changed(tx, key, DB_CHANGE_SET);
    db_table_add_bytes(t, -bytes);
    db_tx_account(tx, t, before);
    return object;
}

bool db_edited(struct tx *tx, struct bt_slice key, const struct db_entry *e)
{
    enum db_type type = db_entry_type(e);
    const void *object = db_entry_object(e);
    struct db_table *t = table_of(tx, key);
    uint64_t before = db_table_bytes(t);

    db_table_add_bytes(t, (int64_t)db_object_bytes(type, object));
    db_tx_account(tx, t, before);
    if (db_object_ops(type)->count(object) > 0) {
        return false;
    }
    remove_emptied(tx, key);
    return true;
}

/* ---- Removal, time to live, rename ---- */

bool db_remove(struct tx *tx, struct bt_slice key)
{
    struct change c;

    if (!locate_live(tx, key, &c)) {
        return false;
    }
    take_out(tx, &c, DB_CHANGE_REMOVE);
    return true;
}

int db_expire_at(struct tx *tx, struct bt_slice key, int64_t expire_ms)
{
    struct change c;
    struct db_entry *e;
    int64_t was;

    if (!locate_live(tx, key, &c)) {
        return -ENOENT;
    }
    was = db_entry_ttl(c.old);
    if (expire_ms == DB_KEEP_EXPIRE ||
        (expire_ms == was && was == DB_NO_EXPIRE)) {
        return 0;
    }
    /* The same time once more counts as a change to those who watch. */
    if (c.old->flags & ENTRY_TTL) {
        db_tx_changed(tx, key, DB_CHANGE_TTL);
        db_entry_set_ttl(c.old, expire_ms);
        db_table_ttl_changed(c.table, &c.at,
                             (expire_ms != DB_NO_EXPIRE) -
                                 (was != DB_NO_EXPIRE));
        return 0;
    }
    e = db_entry_copy(c.old, key, expire_ms);
    if (!e) {
        return -ENOMEM;
    }
    db_tx_changed(tx, key, DB_CHANGE_TTL);
    give_up_object(c.table, c.old);
    db_table_replace(c.table, &c.writer, &c.at, e);
    db_tx_account(tx, c.table, c.before);
    return 0;
}

/* An entry for the key `to` with the value of `from`: the same one, or a copy of
 * its own. NULL: out of memory. */
static struct db_entry *entry_for(struct tx *tx, const struct db_entry *from,
                                  struct bt_slice to, bool copy)
{
    enum db_type type = db_entry_type(from);
    int64_t expire_ms = db_entry_ttl(from);
    struct db_entry *e;
    void *object;

    if (!copy || type == DB_STRING) {
        e = db_entry_copy(from, to, expire_ms);
    } else {
        object = db_object_ops(type)->copy(db_entry_object(from));
        e = object ? db_entry_with(to, type, object, expire_ms != DB_NO_EXPIRE)
                   : NULL;
        if (e && expire_ms != DB_NO_EXPIRE) {
            db_entry_set_ttl(e, expire_ms);
        }
    }
    if (e && copy) {
        db_use_first(tx->thread, e, NULL);
    }
    return e;
}

struct target {
    struct bt_slice key;
    unsigned dbi;
};

/* What `from` holds, for `to` as well. */
static int carry(struct tx *tx, struct bt_slice from, const struct target *to,
                 bool copy)
{
    unsigned home = tx->dbi;
    struct change c, source;
    struct db_entry *e;
    int r;

    tx->dbi = to->dbi;
    r = begin_set(tx, to->key, &c);
    tx->dbi = home;
    if (r != 0) {
        return r;
    }
    locate(tx, from, &source); /* again: begin_set may have moved it */
    e = entry_for(tx, source.old, to->key, copy);
    if (!e) {
        db_tx_account(tx, c.table, c.before);
        return -ENOMEM;
    }
    tx->dbi = to->dbi;
    if (c.old && !db_tx_expired(tx, c.old)) { /* Redis removes it first */
        tx_notify(tx, NOTIFY_NEW, "new", to->key);
    }
    finish_set(tx, &c, e);
    tx->dbi = home;
    return 0;
}

/* `to` is set before `from` goes, since the removal may take away the room that
 * was made; readers see neither before both are done. */
static int move(struct tx *tx, struct bt_slice from, const struct target *to)
{
    struct change gone;
    int r;

    if (!locate_live(tx, from, &gone)) {
        return -ENOENT;
    }
    if (to->dbi == tx->dbi && bt_slice_eq(from, to->key)) {
        return 0;
    }
    r = carry(tx, from, to, false);
    if (r == 0) {
        locate(tx, from, &gone);
        give_up_object(gone.table, gone.old);
        take_out(tx, &gone, DB_CHANGE_REMOVE);
    }
    return r;
}

int db_rename(struct tx *tx, struct bt_slice from, struct bt_slice to)
{
    const struct target t = {to, tx->dbi};

    bt_assert(tx->multi || bt_slice_eq(from, to));
    return move(tx, from, &t);
}

int db_move(struct tx *tx, struct bt_slice key, unsigned dbi)
{
    const struct target t = {key, dbi};

    bt_assert(dbi != tx->dbi && dbi < tx->db->databases);
    tx->multi = true; /* one shard, but two changes */
    return move(tx, key, &t);
}

int db_copy(struct tx *tx, struct bt_slice from, struct bt_slice to,
            unsigned dbi)
{
    const struct target t = {to, dbi};
    struct change c;

    bt_assert(dbi < tx->db->databases);
    bt_assert(dbi != tx->dbi || !bt_slice_eq(from, to));
    return locate_live(tx, from, &c) ? carry(tx, from, &t, true) : -ENOENT;
}

void db_touch(struct tx *tx, const struct db_entry *e)
{
    db_use_note(tx->thread, e);
}
