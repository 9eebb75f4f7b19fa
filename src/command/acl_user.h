/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/acl_user.h -- what one user may do, and the rules that say so.
 *
 * Purpose    A user is built from rules ("on", ">secret", "+@read", "~a*") and
 *            never changes once others can see it: a change makes a new one.
 * Threads    acl_user_rule: who builds it. Everything else: any.
 * Ownership  Counted references; who changes one holds the only one.
 */
#ifndef BATON_COMMAND_ACL_USER_H
#define BATON_COMMAND_ACL_USER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "command/command.h"

#define ACL_HASH_CHARS (2 * BT_SHA256_BYTES)

enum acl_access { /* of keys */
    ACL_READ = 1 << 0,
    ACL_WRITE = 1 << 1
};

struct acl_pattern {
    struct bt_slice text; /* malloc'd */
    unsigned access;      /* enum acl_access, of keys */
};

struct acl_patterns {
    struct acl_pattern *v;
    size_t n;
};

struct acl_user {
    atomic_uint refs;
    struct bt_slice name; /* malloc'd, ends with a zero byte as well */
    bool on, nopass, all_keys, all_channels;
    bool base_all; /* the rules for commands begin with +@all */
    char (*password)[ACL_HASH_CHARS + 1]; /* digests in hexadecimal */
    size_t n_passwords;
    struct acl_patterns keys, channels;
    struct bt_buf rules;     /* for commands, behind the first: "+get -@list" */
    unsigned char *commands; /* a bit for each row of the table */
};

/* Without rights, off. NULL: out of memory. The reference is the caller's. */
struct acl_user *acl_user_new(struct bt_slice name);
struct acl_user *acl_user_copy(const struct acl_user *u);
struct acl_user *acl_user_hold(struct acl_user *u);
void acl_user_release(struct acl_user *u); /* NULL: nothing */

/* One rule. 0; -ENOMEM; else *why is what is wrong with it. */
int acl_user_rule(struct acl_user *u, struct bt_slice rule, const char **why);

static inline bool acl_user_is_default(const struct acl_user *u)
{
    return bt_slice_eq(u->name, bt_str("default"));
}

/* Everything is allowed: no request needs a closer look. */
bool acl_user_is_free(const struct acl_user *u);
/* One command, whatever its keys. */
bool acl_user_may_run(const struct acl_user *u, const struct command *c);
bool acl_user_may_touch(const struct acl_user *u, struct bt_slice key,
                        unsigned access);
/* literal: the channel is itself a pattern, and must be allowed as such. */
bool acl_user_may_hear(const struct acl_user *u, struct bt_slice channel,
                       bool literal);
/* Was there a pattern of channels that is not there now? */
bool acl_user_hears_less(const struct acl_user *now,
                         const struct acl_user *before);
/* Takes as long for a wrong password as for a right one. */
bool acl_user_knows(const struct acl_user *u, struct bt_slice password);

/* Append the user in the form of ACL LIST, or the parts that GETUSER tells. 0 or
 * -ENOMEM. */
int acl_user_describe(const struct acl_user *u, struct bt_buf *out);
int acl_user_commands(const struct acl_user *u, struct bt_buf *out);
int acl_user_keys(const struct acl_user *u, struct bt_buf *out);
int acl_user_channels(const struct acl_user *u, struct bt_buf *out);

/* The i-th category of commands, NULL behind the last one. */
const char *acl_category(size_t i);
bool acl_in_category(const struct command *c, struct bt_slice category);

#endif
