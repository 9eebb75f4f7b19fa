/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Events wait with the thread until its tx ends: the bytes of each stand in one
 * buffer, header and key in turn.
 */
#include "db/notify.h"

#include <string.h>

#include "db/keyspace.h"

#define KEEP_BYTES 65536 /* a longer buffer is not kept */

struct noted {
    const char *event;
    enum notify_class class;
    unsigned dbi;
    size_t n; /* of the key, which follows */
};

void db_on_notify(struct db_thread *t, db_notify_fn *fn, void *arg)
{
    t->listener = fn;
    t->listener_arg = arg;
}

void db_set_notify(struct db *db, unsigned flags)
{
    if (!(flags & (NOTIFY_KEYSPACE | NOTIFY_KEYEVENT))) {
        flags = 0;
    }
    /* Relaxed: whoever begins a tx after CONFIG SET was answered sees it. */
    atomic_store_explicit(&db->notify, flags, memory_order_relaxed);
}

unsigned db_notify_flags(const struct db *db)
{
    return atomic_load_explicit(&db->notify, memory_order_relaxed);
}

void db_tx_notify(struct tx *tx, enum notify_class class, const char *event,
                  struct bt_slice key)
{
    struct bt_buf *b = &tx->thread->events;
    struct noted e = {event, class, tx->dbi, key.n};

    if (bt_buf_reserve(b, sizeof e + key.n) == 0) {
        memcpy(b->p + b->n, &e, sizeof e);
        b->n += sizeof e;
        if (key.n > 0) {
            memcpy(b->p + b->n, key.p, key.n);
            b->n += key.n;
        }
    }
}

void tx_notify_flush(struct tx *tx)
{
    struct bt_buf *b = &tx->thread->events;
    struct noted n;

    for (size_t at = 0; at < b->n; at += sizeof n + n.n) {
        struct notify_event e;

        memcpy(&n, b->p + at, sizeof n);
        e = (struct notify_event){n.class, n.event, n.dbi,
                                  bt_slice(b->p + at + sizeof n, n.n)};
        if (tx->thread->listener) {
            tx->thread->listener(tx->thread->listener_arg, tx->notify, &e);
        }
    }
    b->n = 0;
    if (b->cap > KEEP_BYTES) {
        bt_buf_fini(b);
    }
}

/* ---- Letters ---- */

static const struct {
    char letter;
    unsigned flags;
} letters[] = {
    {'A', NOTIFY_ALL},      {'g', NOTIFY_GENERIC},  {'$', NOTIFY_STRING},
    {'l', NOTIFY_LIST},     {'s', NOTIFY_SET},      {'h', NOTIFY_HASH},
    {'z', NOTIFY_ZSET},     {'x', NOTIFY_EXPIRED},  {'e', NOTIFY_EVICTED},
    {'t', NOTIFY_STREAM},   {'d', NOTIFY_MODULE},   {'n', NOTIFY_NEW},
    {'K', NOTIFY_KEYSPACE}, {'E', NOTIFY_KEYEVENT}, {'m', NOTIFY_KEY_MISS},
};

#define N_LETTERS (sizeof letters / sizeof letters[0])

int notify_parse(struct bt_slice text)
{
    unsigned flags = 0;

    for (size_t i = 0; i < text.n; i++) {
        size_t k = 0;

        while (k < N_LETTERS && letters[k].letter != text.p[i]) {
            k++;
        }
        if (k == N_LETTERS) {
            return -1;
        }
        flags |= letters[k].flags;
    }
    return (int)flags;
}

/* Behind A, Redis shows none of the classes, not even n. */
void notify_format(unsigned flags, char text[NOTIFY_LETTERS])
{
    bool all = (flags & NOTIFY_ALL) == NOTIFY_ALL;
    size_t n = 0;

    for (size_t k = 0; k < N_LETTERS; k++) {
        bool how = letters[k].flags &
                   (NOTIFY_KEYSPACE | NOTIFY_KEYEVENT | NOTIFY_KEY_MISS);

        if (letters[k].letter == 'A'
                ? all
                : (how || !all) && (flags & letters[k].flags)) {
            text[n++] = letters[k].letter;
        }
    }
    text[n] = 0;
}
