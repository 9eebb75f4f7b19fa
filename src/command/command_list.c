/* SPDX-License-Identifier: BSD-2-Clause
 *
 * COMMAND LIST: the names of commands.
 */
#include "command/command.h"

#include "command/acl_user.h"
#include "command/commands.h"
#include "command/table.h"

enum list_by {
    BY_NOTHING,
    BY_MODULE,
    BY_ACL,
    BY_PATTERN
};

static bool listed(const struct command *c, enum list_by by,
                   struct bt_slice what)
{
    switch (by) {
    case BY_NOTHING:
        return true;
    case BY_MODULE:
        return false; /* there are no modules */
    case BY_ACL:
        return acl_in_category(c, what);
    case BY_PATTERN:
        return cmd_glob(what, bt_str(c->name), true);
    }
    return false;
}

static void reply_list(struct resp_reply *out, enum list_by by,
                       struct bt_slice what)
{
    size_t n = 0;

    for (size_t i = 0; i < cmd_rows(); i++) {
        n += cmd_row(i) && listed(cmd_row(i), by, what);
    }
    resp_array(out, n);
    for (size_t i = 0; i < cmd_rows(); i++) {
        if (cmd_row(i) && listed(cmd_row(i), by, what)) {
            resp_bulk_str(out, cmd_row(i)->name);
        }
    }
}

void cmd_command_list(struct call *c)
{
    enum list_by by = BY_NOTHING;

    if (c->argc == 2) {
        reply_list(c->out, by, bt_slice("", 0));
        return;
    }
    if (c->argc != 5 || !bt_slice_is(c->argv[2], "filterby")) {
        cmd_syntax(c);
        return;
    }
    if (bt_slice_is(c->argv[3], "module")) {
        by = BY_MODULE;
    } else if (bt_slice_is(c->argv[3], "aclcat")) {
        by = BY_ACL;
    } else if (bt_slice_is(c->argv[3], "pattern")) {
        by = BY_PATTERN;
    } else {
        cmd_syntax(c);
        return;
    }
    reply_list(c->out, by, c->argv[4]);
}
