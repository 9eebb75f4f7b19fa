/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commands about what we do not have: functions and modules. Clients and tools
 * ask whether there are any, and find that there are none.
 */
#include "command/commands.h"

/* ---- FUNCTION ---- */

void cmd_function_flush(struct call *c)
{
    if (c->argc > 3) {
        cmd_sub_error(c);
    } else if (c->argc == 3 && !bt_slice_is(c->argv[2], "sync") &&
               !bt_slice_is(c->argv[2], "async")) {
        resp_error(c->out,
                   "ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    } else {
        resp_status(c->out, "OK");
    }
}

void cmd_function_list(struct call *c)
{
    bool code = false, name = false;

    for (size_t i = 2; i < c->argc; i++) {
        struct bt_slice word = c->argv[i];

        if (!code && bt_slice_is(word, "withcode")) {
            code = true;
        } else if (!name && bt_slice_is(word, "libraryname")) {
            if (++i == c->argc) {
                resp_error(c->out, "ERR library name argument was not given");
                return;
            }
            name = true;
        } else {
            resp_errorf(c->out, "ERR Unknown argument %.*s", (int)word.n,
                        word.p);
            return;
        }
    }
    resp_array(c->out, 0);
}

void cmd_function_help(struct call *c)
{
    static const char *const lines[] = {
        "FLUSH [ASYNC|SYNC]",
        "    Remove all libraries; there are none.",
        "LIST [LIBRARYNAME <pattern>] [WITHCODE]",
        "    List the libraries; there are none.",
        NULL,
    };

    cmd_help(c, lines);
}

/* ---- MODULE ---- */

void cmd_module_list(struct call *c)
{
    resp_array(c->out, 0);
}

void cmd_module_help(struct call *c)
{
    static const char *const lines[] = {
        "LIST",
        "    List the modules; there are none.",
        NULL,
    };

    cmd_help(c, lines);
}
