/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/acl_user_parts.h -- what the files share that build a user.
 *
 * Threads    Who builds it.
 * Errors     A rule that is wrong: -EINVAL, and *why says so.
 */
#ifndef BATON_COMMAND_ACL_USER_PARTS_H
#define BATON_COMMAND_ACL_USER_PARTS_H

#include "command/acl_user.h"

/* ---- acl_user.c ---- */

/* 0 or -ENOMEM. */
int acl_patterns_add(struct acl_patterns *list, struct bt_slice text,
                     unsigned access);
void acl_patterns_clear(struct acl_patterns *list);

/* ---- acl_password.c ---- */

/* Hexadecimal; ends with a zero byte in the user. 0 or -ENOMEM. */
int acl_password_add(struct acl_user *u, const char *digest);
/* sign: '>' and '<' of a password, '#' and '!' of its digest. */
int acl_rule_password(struct acl_user *u, char sign, struct bt_slice text,
                      const char **why);

/* ---- acl_commands.c ---- */

size_t acl_command_bytes(void);
void acl_allow_all(struct acl_user *u, bool allow);
/* "get", "config|get", "@read"; the sign is off. */
int acl_rule_command(struct acl_user *u, bool allow, struct bt_slice name,
                     const char **why);

#endif
