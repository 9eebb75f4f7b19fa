/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/flush.c -- empties whole databases.
 *
 * With all locks held, the levels are taken out of their tables, which is a few
 * stores for each shard whatever is in them. Readers without a lock may still be
 * in there, so the levels are retired; what is retired goes either straight
 * back to the system, on the thread that flushed, or onto a list for a helper
 * thread.
 */
#include "db/tx.h"

#include "db/keyspace.h"
#include "db/wait.h"

static void flush_database(struct tx *tx, unsigned dbi, bool lazy)
{
    struct db *db = tx->db;

    for (unsigned s = 0; s < db->n_shards; s++) {
        struct db_table *t = db_table_at(db, dbi, s);
        uint64_t before = t ? db_table_bytes(t) : 0;
        struct db_level *l, *next;

        if (!t) {
            continue;
        }
        if (db_watching(db)) {
            db_watch_flushed(tx, dbi, s);
        }
        tx->changes += db_table_keys(t);
        for (l = db_table_detach(t); l; l = next) {
            next = l->next;
            l->next = tx->flushed;
            l->lazy = lazy ? &db->lazy : NULL;
            tx->flushed = l;
        }
        db_tx_account(tx, t, before);
    }
}

void db_flush(struct tx *tx, int dbi, bool lazy)
{
    bt_assert(tx->all && tx->write && dbi < (int)tx->db->databases);
    db_discard(tx);
    db_tx_hide(tx);
    tx->thread->wrote = true;
    for (unsigned i = 0; i < tx->db->databases; i++) {
        if ((dbi < 0 || i == (unsigned)dbi) && db_touched(tx->db, i)) {
            flush_database(tx, i, lazy);
        }
    }
}

static void swap_tables(struct db *db, unsigned a, unsigned b)
{
    for (unsigned s = 0; s < db->n_shards; s++) {
        _Atomic(struct db_table *) *x =
            &db->tables[(size_t)a * db->n_shards + s];
        _Atomic(struct db_table *) *y =
            &db->tables[(size_t)b * db->n_shards + s];
        struct db_table *t = atomic_load_explicit(x, memory_order_relaxed);

        /* Release: partner of db_table_at. */
        atomic_store_explicit(x, atomic_load_explicit(y, memory_order_relaxed),
                              memory_order_release);
        atomic_store_explicit(y, t, memory_order_release);
    }
}

/* A reader without a lock that looks meanwhile finds the shards hidden, and waits
 * for their locks. */
void db_swap(struct tx *tx, unsigned a, unsigned b)
{
    struct db *db = tx->db;

    bt_assert(tx->all && tx->write);
    bt_assert(a < db->databases && b < db->databases);
    db_discard(tx);
    if (a == b) {
        return;
    }
    db_tx_hide(tx);
    tx->thread->wrote = true;
    tx->changes++;
    for (unsigned s = 0; db_watching(db) && s < db->n_shards; s++) {
        db_watch_swapped(tx, a, b, s);
    }
    if (db_touched(db, a) || db_touched(db, b)) {
        atomic_store_explicit(&db->touched[a], true, memory_order_release);
        atomic_store_explicit(&db->touched[b], true, memory_order_release);
        swap_tables(db, a, b);
    }
    wait_all_ready(tx);
}

/* first to last are linked. Release: partner of the exchange in db_lazy_free. */
static void push_lazy(_Atomic(struct db_level *) *list, struct db_level *first,
                      struct db_level *last)
{
    struct db_level *head = atomic_load_explicit(list, memory_order_relaxed);

    do {
        last->next = head;
    } while (!atomic_compare_exchange_weak_explicit(
        list, &head, first, memory_order_release, memory_order_relaxed));
}

static void level_to_lazy(void *level)
{
    struct db_level *l = level;

    push_lazy(l->lazy, l, l);
}

void db_tx_release_flushed(struct tx *tx)
{
    struct db_level *l = tx->flushed, *next;

    for (tx->flushed = NULL; l; l = next) {
        next = l->next;
        bt_retire(tx->thread->record, l,
                  l->lazy ? level_to_lazy : db_level_free_entries);
    }
}

/* One level at a time. The list is taken whole and the rest put back, so that
 * several helpers may work on it. */
static bool free_level(struct db_thread *t)
{
    /* Acquire: partner of push_lazy. */
    struct db_level *l =
        atomic_exchange_explicit(&t->db->lazy, NULL, memory_order_acquire);

    if (!l) {
        return false;
    }
    if (l->next) {
        struct db_level *last = l->next;

        while (last->next) {
            last = last->next;
        }
        push_lazy(&t->db->lazy, l->next, last);
    }
    db_level_free_entries(l);
    return true;
}

void db_free_flushed(struct db *db)
{
    struct db_level *l = atomic_load_explicit(&db->lazy, memory_order_relaxed);

    while (l) {
        struct db_level *next = l->next;

        db_level_free_entries(l);
        l = next;
    }
}

bool db_lazy_free(struct db_thread *t)
{
    struct bt_mem mem = {.cache = t->mem.cache}; /* without a list: at once */
    bool any;

    bt_mem_use(&mem);
    any = db_object_free_lazy(&t->db->lazy_objects);
    any = free_level(t) || any;
    bt_mem_use(&t->mem);
    return any;
}

bool db_lazy_pending(struct db *db)
{
    return atomic_load_explicit(&db->lazy, memory_order_relaxed) != NULL ||
           db_object_lazy_pending(&db->lazy_objects);
}
