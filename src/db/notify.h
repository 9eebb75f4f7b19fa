/* SPDX-License-Identifier: BSD-2-Clause
 *
 * db/notify.h -- keyspace notifications: what happened to which key.
 *
 * Purpose    Commands say what they did, in the words of Redis:
 *
 *                tx_notify(tx, NOTIFY_LIST, "lpush", key);
 *
 *            once for each event, in the order in which Redis tells them, after
 *            the change. Nothing is said when nothing was done. "expired" and
 *            "new" come from the db itself. tx_commit gives the events of a tx
 *            to the listener, in order.
 * Threads    tx_notify: the thread of the tx, which need not be locked.
 *            db_set_notify: any. db_on_notify: before the thread starts.
 * Cost       One test of a member of the tx while nobody listens.
 * Ownership  The key is copied. event is a string that stays (a literal).
 * Errors     An event for which there is no memory is lost.
 */
#ifndef BATON_DB_NOTIFY_H
#define BATON_DB_NOTIFY_H

#include "base/check.h"
#include "db/tx.h"

enum notify_class {
    NOTIFY_KEYSPACE = 1 << 0,  /* K: how events are told, not which */
    NOTIFY_KEYEVENT = 1 << 1,  /* E */
    NOTIFY_GENERIC = 1 << 2,   /* g: DEL, EXPIRE, RENAME... */
    NOTIFY_STRING = 1 << 3,    /* $ */
    NOTIFY_LIST = 1 << 4,      /* l */
    NOTIFY_SET = 1 << 5,       /* s */
    NOTIFY_HASH = 1 << 6,      /* h */
    NOTIFY_ZSET = 1 << 7,      /* z */
    NOTIFY_EXPIRED = 1 << 8,   /* x */
    NOTIFY_EVICTED = 1 << 9,   /* e */
    NOTIFY_STREAM = 1 << 10,   /* t */
    NOTIFY_KEY_MISS = 1 << 11, /* m, not in A */
    NOTIFY_MODULE = 1 << 12,   /* d */
    NOTIFY_NEW = 1 << 13,      /* n, not in A */
    NOTIFY_ALL = NOTIFY_GENERIC | NOTIFY_STRING | NOTIFY_LIST | NOTIFY_SET |
                 NOTIFY_HASH | NOTIFY_ZSET | NOTIFY_EXPIRED | NOTIFY_EVICTED |
                 NOTIFY_STREAM | NOTIFY_MODULE, /* A */
};

struct notify_event {
    enum notify_class class;
    const char *event; /* "lpush" */
    unsigned dbi;
    struct bt_slice key; /* good until the listener returns */
};

/* Runs on the thread of the tx, its shards locked (if it locked any): may take
 * locks above BT_RANK_KEYSPACE, and must not use the db. */
typedef void db_notify_fn(void *arg, unsigned flags,
                          const struct notify_event *e);

/* Each thread has a listener; flags are those of db_set_notify(). */
void db_on_notify(struct db_thread *t, db_notify_fn *fn, void *arg);
/* Which classes are told; none unless K or E is among them. */
void db_set_notify(struct db *db, unsigned flags);
unsigned db_notify_flags(const struct db *db);

/* The flags that the letters of notify-keyspace-events mean; -1: there is one
 * that means none. */
int notify_parse(struct bt_slice letters);
/* The letters, in the order in which CONFIG GET shows them. */
#define NOTIFY_LETTERS 20
void notify_format(unsigned flags, char text[NOTIFY_LETTERS]);

void db_tx_notify(struct tx *tx, enum notify_class class, const char *event,
                  struct bt_slice key);

static inline void tx_notify(struct tx *tx, enum notify_class class,
                             const char *event, struct bt_slice key)
{
    if (bt_unlikely(tx->notify & class)) {
        db_tx_notify(tx, class, event, key);
    }
}

/* Tells what was noted so far. For whoever publishes something itself in the
 * middle of a tx, and for tx_commit. */
void tx_notify_flush(struct tx *tx);

#endif
