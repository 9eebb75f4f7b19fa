/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/acl.h -- the users, and whether a request may be run.
 *
 * Purpose    Users never change (acl_user.h): a change puts another one under
 *            the same name and raises the generation. A session keeps the user
 *            that it had when it looked last, and looks again when the generation
 *            is another; one that may do everything needs no more than that
 *            comparison for each request.
 * Threads    Any. The lock is held for a search and a few pointers.
 */
#ifndef BATON_COMMAND_ACL_H
#define BATON_COMMAND_ACL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/sync.h"
#include "command/acl_user.h"
#include "command/command.h"

struct settings;

struct acl {
    struct bt_mutex lock; /* rank LOG; over v and n */
    struct acl_user **v;  /* by name */
    size_t n;
    _Atomic unsigned generation; /* never 0 */
    atomic_bool auth_required; /* the default user has a password, or is off */

    struct bt_mutex log_lock; /* rank LOG; over what follows */
    struct bt_list log;       /* the newest at the end: acl_log.c */
    size_t log_n;
    uint64_t log_next;
};

/* With the users of the options. 0 or -ENOMEM. */
int acl_init(struct acl *a, struct settings *settings);
void acl_fini(struct acl *a);

/* A reference, or NULL. */
struct acl_user *acl_find(struct acl *a, struct bt_slice name);
/* References to all, by name, in a malloc'd array; NULL: out of memory. */
struct acl_user **acl_all(struct acl *a, size_t *n);

/* What a user is to be told, and what came of it. */
struct acl_change {
    const struct bt_slice *rules;
    size_t n;
    size_t bad; /* the rule that is wrong, */
    const char *why;
    bool hears_less; /* channels that were allowed may not be any more */
};

/* Makes a user, or changes one. 0; -ENOMEM; -EINVAL: a rule is wrong, and nothing
 * has changed. */
int acl_set(struct acl *a, struct bt_slice name, struct acl_change *ch);
/* False: there is no such user. */
bool acl_delete(struct acl *a, struct bt_slice name);

/* The rules for one that nobody else sees yet; the same. */
int acl_apply(struct acl_user *u, struct acl_change *ch);

/* ---- Requests: acl_judge.c ---- */

enum acl_denied {
    ACL_ALLOWED,
    ACL_DENIED_COMMAND,
    ACL_DENIED_KEY,
    ACL_DENIED_CHANNEL,
    ACL_DENIED_AUTH /* of the log only */
};

/* May this user make this request, whose arity fits? *what is the argument that
 * it may not touch. */
enum acl_denied acl_judge(const struct acl_user *u, const struct command *c,
                          const struct bt_slice *argv, size_t argc,
                          size_t *what);

/* The text behind "NOPERM ". verbose: names the key. */
int acl_reason(const struct acl_user *u, const struct command *c,
               enum acl_denied denied, struct bt_slice what, bool verbose,
               struct bt_buf *out);

/* ---- Sessions: acl_session.c ---- */

/* For a session that is not acl_free in this generation: takes the user as it is
 * now, and looks whether the request may be made. False: refused, and the text of
 * the error is in `error`; "" when the client is being closed. */
bool acl_gate(struct call *call, char *error, size_t size);

/* AUTH and HELLO: false when the password is wrong, and that was told. */
bool acl_authenticate(struct call *call, struct bt_slice user,
                      struct bt_slice password);

/* The client is the default user again; RESET. */
void acl_forget(struct call *call);

/* Its user, "default" before the first request. Owner, or under the lock of a
 * walk over the handles. */
struct session;
const char *acl_user_name(const struct session *s);

/* ---- The clients of a user: acl_clients.c ----
 *
 * Each gets a message, but that of the call itself: *myself becomes true when
 * the caller is to close it, after its reply. 0; -ENOMEM: some may go on. */

/* Closes them all; the user was deleted. */
int acl_close_clients(struct call *call, struct bt_slice user, bool *myself);
/* Closes those that are subscribed to what the user, as it is now, may not hear. */
int acl_close_listeners(struct call *call, struct bt_slice user, bool *myself);

/* ---- The log: acl_log.c ---- */

void acl_log_add(struct call *call, enum acl_denied why, struct bt_slice object,
                 struct bt_slice user);
void acl_log_clear(struct acl *a);

/* ---- Users in the options: acl_options.c ---- */

/* requirepass, and each `user`; from now on settings reach the users. 0 or
 * -ENOMEM. */
int acl_configure(struct acl *a, struct settings *settings);

/* Whether words[1..n) are rules. 0, or -EINVAL and a text. */
int acl_check_rules(const struct bt_slice *word, size_t n, char *err,
                    size_t size);

#define ACL_WORD_END '\x1f' /* between the words of settings.users */
#define ACL_USER_END '\n'

#endif
