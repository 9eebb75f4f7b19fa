/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACL CAT, DRYRUN, GENPASS and HELP: questions that change nothing.
 */
#include "command/acl.h"

#include "base/random.h"
#include "command/commands.h"
#include "command/service.h"
#include "command/table.h"
#include "command/worker.h"

static void wrong_form(struct call *c)
{
    resp_errorf(c->out,
                "ERR unknown subcommand or wrong number of arguments for "
                "'%.*s'. Try ACL HELP.",
                (int)c->argv[1].n, c->argv[1].p);
}

static void reply_categories(struct call *c)
{
    size_t n = 0;

    while (acl_category(n)) {
        n++;
    }
    resp_array(c->out, n);
    for (size_t i = 0; i < n; i++) {
        resp_bulk_str(c->out, acl_category(i));
    }
}

void cmd_acl_cat(struct call *c)
{
    size_t n = 0, i = 0;

    if (c->argc > 3) {
        wrong_form(c);
        return;
    }
    if (c->argc == 2) {
        reply_categories(c);
        return;
    }
    while (acl_category(i) && !bt_slice_is(c->argv[2], acl_category(i))) {
        i++;
    }
    if (!acl_category(i)) {
        resp_errorf(c->out, "ERR Unknown category '%.*s'",
                    (int)(c->argv[2].n < 128 ? c->argv[2].n : 128),
                    c->argv[2].p);
        return;
    }
    for (i = 0; i < cmd_rows(); i++) {
        n += cmd_row(i) && acl_in_category(cmd_row(i), c->argv[2]);
    }
    resp_array(c->out, n);
    for (i = 0; i < cmd_rows(); i++) {
        if (cmd_row(i) && acl_in_category(cmd_row(i), c->argv[2])) {
            resp_bulk_str(c->out, cmd_row(i)->name);
        }
    }
}

#define GENPASS_MAX 4096

void cmd_acl_genpass(struct call *c)
{
    unsigned char bytes[GENPASS_MAX / 8];
    char text[GENPASS_MAX / 4];
    int64_t bits = 256;
    size_t n;

    if (c->argc > 3) {
        wrong_form(c);
        return;
    }
    if (c->argc == 3 && !cmd_int(c, c->argv[2], &bits)) {
        return;
    }
    if (bits <= 0 || bits > GENPASS_MAX) {
        resp_error(c->out,
                   "ERR ACL GENPASS argument must be the number of bits for "
                   "the output password, a positive number up to 4096");
        return;
    }
    n = ((size_t)bits + 3) / 4;
    if (bt_random(bytes, (n + 1) / 2) != 0) {
        resp_error(c->out, "ERR the system has no randomness to give");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        text[i] = "0123456789abcdef"[bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    }
    resp_bulk(c->out, text, n);
}

static void dryrun(struct call *c, const struct acl_user *u,
                   const struct command *command)
{
    const struct bt_slice *argv = c->argv + 3;
    struct bt_buf text = {0};
    enum acl_denied denied;
    size_t what;

    denied = acl_judge(u, command, argv, c->argc - 3, &what);
    if (denied == ACL_ALLOWED) {
        resp_status(c->out, "OK");
    } else if (acl_reason(u, command, denied, argv[what], true, &text) == 0) {
        resp_bulk(c->out, text.p, text.n);
    } else {
        cmd_oom(c);
    }
    bt_buf_fini(&text);
}

void cmd_acl_dryrun(struct call *c)
{
    struct acl_user *u = acl_find(&c->worker->service->acl, c->argv[2]);
    const struct command *command = cmd_find(c->argv[3]);
    size_t argc = c->argc - 3;

    if (command && command->sub && argc > 1) {
        command = cmd_find_sub(command, c->argv[4]);
    }
    if (!u) {
        resp_errorf(c->out, "ERR User '%.*s' not found", (int)c->argv[2].n,
                    c->argv[2].p);
    } else if (!command) {
        resp_errorf(c->out, "ERR Command '%.*s' not found", (int)c->argv[3].n,
                    c->argv[3].p);
    } else if (command->arity >= 0 ? argc != (size_t)command->arity
                                   : argc < (size_t)-command->arity) {
        resp_errorf(c->out, "ERR wrong number of arguments for '%s' command",
                    command->name);
    } else {
        dryrun(c, u, command);
    }
    acl_user_release(u);
}

void cmd_acl_help(struct call *c)
{
    static const char *const lines[] = {
        "CAT [<category>]",
        "    List the categories of commands, or the commands in one.",
        "DELUSER <name> [<name> ...]",
        "    Remove users, and close their connections.",
        "DRYRUN <name> <command> [<arg> ...]",
        "    Tell whether a user may make a request, without making it.",
        "GENPASS [<bits>]",
        "    Make up a password, of 256 bits unless told otherwise.",
        "GETUSER <name>",
        "    Show what a user may do.",
        "LIST",
        "    Describe all users, in the form of the configuration file.",
        "LOG [<count>|RESET]",
        "    Show what was refused lately, or forget it.",
        "SETUSER <name> [<rule> ...]",
        "    Make a user, or change one.",
        "USERS",
        "    List the names of all users.",
        "WHOAMI",
        "    Tell the name of the user of this connection.",
        NULL,
    };

    cmd_help(c, lines);
}
