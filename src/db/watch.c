/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A shard's watches hang in chains of a small table that grows with them. A
 * watch is one client's interest in one key.
 */
#include "db/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db/keyspace.h"

#define FIRST_CHAINS 8

struct db_watch {
    struct db_watch *next, **place; /* in its chain: under the shard's lock */
    struct db_watch *more;          /* of the same owner */
    atomic_bool *dirty;
    uint64_t hash;
    unsigned dbi;
    bool expired; /* its time was over already: under the shard's lock */
    size_t n;
    char key[];
};

struct db_watches {
    size_t n, mask;
    struct db_watch *chain[];
};

static struct bt_slice key_of(const struct db_watch *w)
{
    return bt_slice(w->key, w->n);
}

static struct db_shard *shard_of(struct db *db, const struct db_watch *w)
{
    return &db->shards[db_shard_of(db, w->hash)];
}

/* ---- The table of a shard, its lock held ---- */

static void link_watch(struct db_watches *t, struct db_watch *w)
{
    struct db_watch **head = &t->chain[w->hash & t->mask];

    w->next = *head;
    w->place = head;
    if (w->next) {
        w->next->place = &w->next;
    }
    *head = w;
}

static struct db_watches *grown(struct db_watches *old)
{
    size_t n = old ? 2 * (old->mask + 1) : FIRST_CHAINS;
    struct db_watches *t = calloc(1, sizeof *t + n * sizeof(struct db_watch *));

    if (!t) {
        return NULL;
    }
    t->mask = n - 1;
    t->n = old ? old->n : 0;
    for (size_t i = 0; old && i <= old->mask; i++) {
        for (struct db_watch *w = old->chain[i], *next; w; w = next) {
            next = w->next;
            link_watch(t, w);
        }
    }
    free(old);
    return t;
}

static int insert(struct db *db, struct db_watch *w)
{
    struct db_shard *s = shard_of(db, w);

    if (!s->watches || s->watches->n > s->watches->mask) {
        struct db_watches *t = grown(s->watches);

        if (t) {
            s->watches = t;
        } else if (!s->watches) {
            return -ENOMEM;
        }
    }
    link_watch(s->watches, w);
    s->watches->n++;
    /* Relaxed: whoever changes the key after us gets the lock from us. */
    atomic_fetch_add_explicit(&db->watches, 1, memory_order_relaxed);
    return 0;
}

static void take_out(struct db *db, struct db_watch *w)
{
    struct db_shard *s = shard_of(db, w);

    *w->place = w->next;
    if (w->next) {
        w->next->place = w->place;
    }
    atomic_fetch_sub_explicit(&db->watches, 1, memory_order_relaxed);
    if (--s->watches->n == 0) {
        free(s->watches);
        s->watches = NULL;
    }
}

/* ---- Owners ---- */

static bool watched(const struct db_shard *s, uint64_t hash, unsigned dbi,
                    struct bt_slice key, const atomic_bool *dirty)
{
    const struct db_watch *w =
        s->watches ? s->watches->chain[hash & s->watches->mask] : NULL;

    while (w && (w->dirty != dirty || w->hash != hash || w->dbi != dbi ||
                 !bt_slice_eq(key_of(w), key))) {
        w = w->next;
    }
    return w != NULL;
}

/* What lies at the key, its time over or not. */
static const struct db_entry *entry_of(struct tx *tx, unsigned dbi,
                                       uint64_t hash, struct bt_slice key)
{
    const struct db_table *t =
        db_table_at(tx->db, dbi, db_shard_of(tx->db, hash));

    return t ? db_table_find(t, hash, key) : NULL;
}

int db_watch_add(struct tx *tx, struct db_watch **list, struct bt_slice key,
                 atomic_bool *dirty)
{
    uint64_t hash = db_tx_hash(tx, key);
    unsigned shard = db_shard_of(tx->db, hash);
    const struct db_entry *e;
    struct db_watch *w;

    bt_assert(tx->locked);
    if (watched(&tx->db->shards[shard], hash, tx->dbi, key, dirty)) {
        return 0;
    }
    w = malloc(sizeof *w + key.n);
    if (!w) {
        return -ENOMEM;
    }
    e = entry_of(tx, tx->dbi, hash, key);
    *w = (struct db_watch){.more = *list,
                           .dirty = dirty,
                           .hash = hash,
                           .dbi = tx->dbi,
                           .expired = e && db_tx_expired(tx, e),
                           .n = key.n};
    memcpy(w->key, key.p, key.n);
    if (insert(tx->db, w) != 0) {
        free(w);
        return -ENOMEM;
    }
    *list = w;
    return 0;
}

bool db_watch_next(const struct db_watch *list, const struct db_watch **at,
                   struct bt_slice *key)
{
    *at = *at ? (*at)->more : list;
    if (*at) {
        *key = key_of(*at);
    }
    return *at != NULL;
}

bool db_watch_expired(struct tx *tx, const struct db_watch *list)
{
    for (const struct db_watch *w = list; w; w = w->more) {
        const struct db_entry *e;

        if (w->expired) {
            continue;
        }
        e = entry_of(tx, w->dbi, w->hash, key_of(w));
        if (e && db_tx_expired(tx, e)) {
            return true;
        }
    }
    return false;
}

static void end(struct db *db, struct db_watch **list, bool lock)
{
    for (struct db_watch *w = *list, *more; w; w = more) {
        struct bt_mutex *m = &shard_of(db, w)->lock;

        more = w->more;
        if (lock) {
            bt_mutex_lock(m);
        }
        take_out(db, w);
        if (lock) {
            bt_mutex_unlock(m);
        }
        free(w);
    }
    *list = NULL;
}

void db_watch_end(struct tx *tx, struct db_watch **list)
{
    end(tx->db, list, !tx->locked);
}

void db_watch_drop(struct db *db, struct db_watch **list)
{
    end(db, list, true);
}

/* ---- Changes: the shard's lock is held ---- */

/* Relaxed: whoever relies on it has the lock after us. */
static void make_dirty(struct db_watch *w)
{
    atomic_store_explicit(w->dirty, true, memory_order_relaxed);
}

void db_watch_changed(struct tx *tx, struct bt_slice key, enum db_change kind)
{
    uint64_t hash = db_tx_hash(tx, key);
    struct db_watches *t = tx->db->shards[db_shard_of(tx->db, hash)].watches;

    for (struct db_watch *w = t ? t->chain[hash & t->mask] : NULL; w;
         w = w->next) {
        if (w->hash != hash || w->dbi != tx->dbi ||
            !bt_slice_eq(key_of(w), key)) {
            continue;
        }
        if (w->expired && kind == DB_CHANGE_EXPIRE) {
            w->expired = false; /* it was not there before, nor is it now */
        } else {
            make_dirty(w);
        }
    }
}

void db_watch_flushed(struct tx *tx, unsigned dbi, unsigned shard)
{
    struct db_watches *t = tx->db->shards[shard].watches;

    for (size_t i = 0; t && i <= t->mask; i++) {
        for (struct db_watch *w = t->chain[i]; w; w = w->next) {
            if (w->dbi != dbi || !entry_of(tx, dbi, w->hash, key_of(w))) {
                continue;
            }
            if (w->expired) {
                w->expired = false;
            } else {
                make_dirty(w);
            }
        }
    }
}

/* A key that is in neither of the two is in neither afterwards. */
void db_watch_swapped(struct tx *tx, unsigned a, unsigned b, unsigned shard)
{
    struct db_watches *t = tx->db->shards[shard].watches;

    for (size_t i = 0; t && i <= t->mask; i++) {
        for (struct db_watch *w = t->chain[i]; w; w = w->next) {
            if ((w->dbi == a || w->dbi == b) &&
                (entry_of(tx, a, w->hash, key_of(w)) ||
                 entry_of(tx, b, w->hash, key_of(w)))) {
                w->expired = false;
                make_dirty(w);
            }
        }
    }
}
