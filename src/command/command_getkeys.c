/* SPDX-License-Identifier: BSD-2-Clause
 *
 * COMMAND GETKEYS and GETKEYSANDFLAGS: which arguments of a request would be
 * keys, and what it would do with them.
 */
#include "command/command.h"

#include "command/commands.h"
#include "command/keys.h"
#include "command/table.h"

#include <errno.h>
#include <string.h>

static void reply_key_flags(struct resp_reply *out, struct bt_slice flags)
{
    char text[64];
    const char *list = text;
    struct bt_slice word;
    size_t n = 0;

    memcpy(text, flags.p, flags.n);
    text[flags.n] = 0;
    while (cmd_next_word(&list, " ", &word)) {
        n++;
    }
    resp_set(out, n);
    for (list = text; cmd_next_word(&list, " ", &word);) {
        char one[32];

        memcpy(one, word.p, word.n);
        one[word.n] = 0;
        resp_status(out, one);
    }
}

static void reply_keys(struct call *c, const struct command *asked,
                       const struct cmd_key_list *keys, bool with_flags)
{
    const struct bt_slice *argv = c->argv + 2;

    resp_array(c->out, keys->n);
    for (size_t i = 0; i < keys->n; i++) {
        struct bt_slice key = argv[keys->at[i]];

        if (with_flags) {
            struct bt_slice flags = cmd_key_flags(asked, argv, c->argc - 2, i);

            resp_array(c->out, 2);
            resp_bulk(c->out, key.p, key.n);
            reply_key_flags(c->out, flags);
        } else {
            resp_bulk(c->out, key.p, key.n);
        }
    }
}

/* The row that the request would run by, or NULL. */
static const struct command *asked_for(const struct call *c)
{
    const struct command *asked = cmd_find(c->argv[2]);

    if (asked && asked->sub && c->argc > 3) {
        asked = cmd_find_sub(asked, c->argv[3]);
    }
    return asked;
}

/* Channels look like keys in a row, but are none. */
static bool has_keys(const struct command *c)
{
    return (c->keys.first > 0 || !cmd_keys_plain(c)) &&
           !strstr(c->key_flags, "not_key");
}

static void get_keys(struct call *c, bool with_flags)
{
    const struct command *asked = asked_for(c);
    size_t argc = c->argc - 2;
    struct cmd_key_list keys;
    int r;

    if (!asked) {
        resp_error(c->out, "ERR Invalid command specified");
        return;
    }
    if (!has_keys(asked)) {
        resp_error(c->out, "ERR The command has no key arguments");
        return;
    }
    if (asked->arity >= 0 ? argc != (size_t)asked->arity
                          : argc < (size_t)-asked->arity) {
        resp_error(c->out,
                   "ERR Invalid number of arguments specified for command");
        return;
    }
    cmd_keys_init(&keys);
    r = cmd_keys_of(asked, c->argv + 2, argc, &keys);
    if (r == -ENOMEM) {
        cmd_oom(c);
    } else if (r < 0) {
        resp_error(c->out, "ERR Invalid arguments specified for command");
    } else {
        reply_keys(c, asked, &keys, with_flags);
    }
    cmd_keys_fini(&keys);
}

void cmd_command_getkeys(struct call *c)
{
    get_keys(c, false);
}

void cmd_command_getkeysandflags(struct call *c)
{
    get_keys(c, true);
}
