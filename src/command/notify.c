/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keyspace notifications: events of the database as messages to channels, and
 * the option that asks for them.
 */
#include "command/pubsub.h"

#include "command/options.h"
#include "command/topic.h"

#include <stdio.h>
#include <stdlib.h>

bool options_parse_notify(struct bt_slice letters, unsigned *flags,
                          char text[OPTIONS_NOTIFY_TEXT])
{
    int f = notify_parse(letters);

    if (f >= 0) {
        *flags = (unsigned)f;
        notify_format(*flags, text);
    }
    return f >= 0;
}

void options_set_notify(struct settings *s, unsigned flags)
{
    /* Acquire: partner of the release in options_use_db. */
    struct db *db = atomic_load_explicit(&s->db, memory_order_acquire);

    atomic_store_explicit(&s->notify, flags, memory_order_relaxed);
    if (db) {
        db_set_notify(db, flags);
    }
}

void options_use_db(struct settings *s, struct db *db)
{
    if (db) {
        db_set_notify(db,
                      atomic_load_explicit(&s->notify, memory_order_relaxed));
    }
    atomic_store_explicit(&s->db, db, memory_order_release);
}

static void publish_event(struct publisher *p, const char *kind, unsigned dbi,
                          struct bt_slice about, struct bt_slice payload)
{
    char few[256], *name = few;
    int n = snprintf(few, sizeof few, "__%s@%u__:", kind, dbi);

    if ((size_t)n + about.n > sizeof few) {
        name = malloc((size_t)n + about.n);
        if (!name) {
            return;
        }
        memcpy(name, few, (size_t)n);
    }
    memcpy(name + n, about.p, about.n);
    topic_publish(p, false, bt_slice(name, (size_t)n + about.n), payload);
    if (name != few) {
        free(name);
    }
}

void pubsub_notify(void *arg, unsigned flags, const struct notify_event *e)
{
    if (flags & NOTIFY_KEYSPACE) {
        publish_event(arg, "keyspace", e->dbi, e->key, bt_str(e->event));
    }
    if (flags & NOTIFY_KEYEVENT) {
        publish_event(arg, "keyevent", e->dbi, bt_str(e->event), e->key);
    }
}
