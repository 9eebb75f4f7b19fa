/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/session.h -- what the service keeps for each connection.
 *
 * Threads    Written by the worker that owns the client. CLIENT LIST on other
 *            workers reads the atomic members at any time, and `labels` under
 *            the lock that baton_sync() takes. The rest is the owner's alone.
 * Ownership  Lies in the client handle, zeroed; session_fini() frees its parts.
 * Size       An idle client is to cost at most 300 bytes all in all: whatever
 *            most clients never use hangs on a pointer.
 */
#ifndef BATON_COMMAND_SESSION_H
#define BATON_COMMAND_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "command/command.h"
#include "resp/parse.h"

enum session_flag {
    SESSION_AUTHENTICATED = 1 << 0,
    SESSION_REPLY_OFF = 1 << 1,
    SESSION_REPLY_SKIP = 1 << 2,      /* this request's reply */
    SESSION_REPLY_SKIP_NEXT = 1 << 3, /* the next request's */
    SESSION_NO_EVICT = 1 << 4,
    SESSION_NO_TOUCH = 1 << 5,
    SESSION_CLOSING = 1 << 6, /* closes after the reply */
};

enum label {
    LABEL_NAME,
    LABEL_LIB_NAME,
    LABEL_LIB_VER,
    N_LABELS
};

/* Words that clients give to themselves; NULL or a string of its own each. */
struct labels {
    char *text[N_LABELS];
};

struct multi;      /* command/multi.h */
struct subscriber; /* command/topic.h */
struct acl_user;

struct session {
    struct resp_partial *partial;       /* of an unfinished request, or NULL */
    struct labels *labels;              /* NULL: none was ever given */
    const struct command *_Atomic last; /* the last command, or NULL */
    struct block *block; /* waits (command/block.h), or NULL; changed under
                            baton_sync() */
    _Atomic uint16_t db;
    _Atomic uint8_t flags;
    _Atomic uint8_t proto;   /* 2 or 3 */
    _Atomic uint32_t queued; /* 0: not in MULTI; else commands queued + 1 */
    struct multi *multi;     /* NULL: nothing queued, nothing watched */
    struct subscriber *sub;  /* NULL: none; changed under baton_sync() */
    atomic_bool dirty;       /* a watched key was changed; any thread sets it */
    atomic_bool paused;      /* parked by CLIENT PAUSE: command/pause.h */
    bool acl_free;           /* its user may do everything: command/acl.h */
    uint8_t limits_edition;  /* of the output limits that it has */
    unsigned acl_taken;      /* the generation of that user */
    struct acl_user *user;   /* NULL: default, and not looked at yet */
};

_Static_assert(sizeof(struct session) <= 72, "a session is to stay small");

static inline unsigned session_flags(const struct session *s)
{
    /* Relaxed: the owner reads its own writes; others want any recent value. */
    return atomic_load_explicit(&((struct session *)s)->flags,
                                memory_order_relaxed);
}

static inline void session_set_flag(struct session *s, unsigned flag, bool on)
{
    unsigned f = session_flags(s);

    /* Relaxed, and no read-modify-write: the owner is the only writer. */
    atomic_store_explicit(&s->flags, (uint8_t)(on ? f | flag : f & ~flag),
                          memory_order_relaxed);
}

static inline unsigned session_db(const struct session *s)
{
    /* Relaxed: as the flags. */
    return atomic_load_explicit(&((struct session *)s)->db,
                                memory_order_relaxed);
}

static inline void session_set_db(struct session *s, unsigned db)
{
    /* Relaxed: as the flags. */
    atomic_store_explicit(&s->db, (uint16_t)db, memory_order_relaxed);
}

static inline int session_proto(const struct session *s)
{
    /* Relaxed: as the flags. */
    return atomic_load_explicit(&((struct session *)s)->proto,
                                memory_order_relaxed);
}

static inline void session_set_proto(struct session *s, int proto)
{
    /* Relaxed: as the flags. */
    atomic_store_explicit(&s->proto, (uint8_t)proto, memory_order_relaxed);
}

/* Owner. NULL when there is none. */
const char *session_label(const struct session *s, enum label which);

/* Owner. Takes a copy of `text`; an empty one clears the label. 0, -ENOMEM. */
int session_set_label(struct baton_client *c, enum label which,
                      struct bt_slice text);

/* At accept: RESP2, database 0, authenticated or not. */
void session_init(struct session *s, bool authenticated);
/* Frees the parts; the client is closing and out of other workers' reach. */
void session_fini(struct baton_client *c);

#endif
