/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether a user may make a request, and why not.
 */
#include "command/acl.h"

#include "command/keys.h"

#include <errno.h>
#include <string.h>

static bool has_flag(struct bt_slice flags, const char *want)
{
    size_t n = strlen(want);

    for (size_t i = 0; i + n <= flags.n; i++) {
        if (memcmp(flags.p + i, want, n) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned access_of(struct bt_slice flags)
{
    unsigned access = has_flag(flags, "access") ? ACL_READ : 0;

    if (has_flag(flags, "insert") || has_flag(flags, "delete") ||
        has_flag(flags, "update")) {
        access |= ACL_WRITE;
    }
    return access;
}

static enum acl_denied judge_keys(const struct acl_user *u,
                                  const struct command *c,
                                  const struct bt_slice *argv, size_t argc,
                                  size_t *what)
{
    enum acl_denied denied = ACL_ALLOWED;
    struct cmd_key_list keys;
    int rc;

    if (u->all_keys || strstr(c->key_flags, "not_key")) {
        return ACL_ALLOWED;
    }
    cmd_keys_init(&keys);
    rc = cmd_keys_of(c, argv, argc, &keys);
    for (size_t i = 0; i < keys.n && denied == ACL_ALLOWED; i++) {
        *what = keys.at[i];
        if (!acl_user_may_touch(u, argv[*what],
                                access_of(cmd_key_flags(c, argv, argc, i)))) {
            denied = ACL_DENIED_KEY;
        }
    }
    if (denied == ACL_ALLOWED && (rc == CMD_KEYS_ALL || rc == -ENOMEM)) {
        *what = keys.n > 0 ? keys.at[0] : 0;
        denied = ACL_DENIED_KEY; /* it may touch any */
    }
    cmd_keys_fini(&keys);
    return denied;
}

static enum acl_denied judge_channels(const struct acl_user *u,
                                      const struct command *c,
                                      const struct bt_slice *argv, size_t argc,
                                      size_t *what)
{
    const char *name = c->name;
    bool one = strcmp(name, "publish") == 0 || strcmp(name, "spublish") == 0;
    bool patterns = strcmp(name, "psubscribe") == 0;

    if (u->all_channels ||
        !(one || patterns || strcmp(name, "subscribe") == 0 ||
          strcmp(name, "ssubscribe") == 0)) {
        return ACL_ALLOWED;
    }
    for (size_t i = 1; i < (one ? 2 : argc); i++) {
        if (!acl_user_may_hear(u, argv[i], patterns)) {
            *what = i;
            return ACL_DENIED_CHANNEL;
        }
    }
    return ACL_ALLOWED;
}

enum acl_denied acl_judge(const struct acl_user *u, const struct command *c,
                          const struct bt_slice *argv, size_t argc,
                          size_t *what)
{
    enum acl_denied denied;

    *what = 0;
    if (!acl_user_may_run(u, c)) {
        return ACL_DENIED_COMMAND;
    }
    denied = judge_keys(u, c, argv, argc, what);
    return denied == ACL_ALLOWED ? judge_channels(u, c, argv, argc, what)
                                 : denied;
}

int acl_reason(const struct acl_user *u, const struct command *c,
               enum acl_denied denied, struct bt_slice what, bool verbose,
               struct bt_buf *out)
{
    const char *kind = denied == ACL_DENIED_KEY ? "key" : "channel";

    if (denied == ACL_DENIED_COMMAND) {
        return bt_buf_addf(out,
                           "User %s has no permissions to run the '%s' command",
                           u->name.p, c->name);
    }
    if (verbose) {
        return bt_buf_addf(out,
                           "User %s has no permissions to access the '%.*s' %s",
                           u->name.p, (int)what.n, what.p, kind);
    }
    return bt_buf_addf(out, "No permissions to access a %s", kind);
}
