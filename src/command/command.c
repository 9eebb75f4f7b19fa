/* SPDX-License-Identifier: BSD-2-Clause
 *
 * COMMAND: the table, told to clients.
 */
#include "command/command.h"

#include "command/commands.h"
#include "command/keys.h"
#include "command/table.h"

#include <string.h>

/* In the order in which Redis tells them. */
static const struct {
    unsigned flag;
    const char *name;
} flag_names[] = {
    {CMD_WRITE, "write"},
    {CMD_READONLY, "readonly"},
    {CMD_DENYOOM, "denyoom"},
    {CMD_ADMIN, "admin"},
    {CMD_NOSCRIPT, "noscript"},
    {CMD_LOADING, "loading"},
    {CMD_STALE, "stale"},
    {CMD_FAST, "fast"},
    {CMD_NO_AUTH, "no_auth"},
    {CMD_NO_MULTI, "no_multi"},
    {CMD_ALLOW_BUSY, "allow_busy"},
    {CMD_BLOCKING, "blocking"},
    {CMD_PUBSUB, "pubsub"},
    {CMD_MOVABLEKEYS, "movablekeys"},
    {CMD_SKIP_SLOWLOG, "skip_slowlog"},
};

#define N_FLAGS (sizeof flag_names / sizeof flag_names[0])

static void reply_flags(struct resp_reply *out, unsigned flags)
{
    size_t n = 0;

    for (size_t i = 0; i < N_FLAGS; i++) {
        n += (flags & flag_names[i].flag) != 0;
    }
    resp_set(out, n);
    for (size_t i = 0; i < N_FLAGS; i++) {
        if (flags & flag_names[i].flag) {
            resp_status(out, flag_names[i].name);
        }
    }
}

static size_t count_words(const char *list, const char *stops)
{
    struct bt_slice word;
    size_t n = 0;

    while (cmd_next_word(&list, stops, &word)) {
        n++;
    }
    return n;
}

/* Words as a set of statuses or of bulks, each with `mark` in front. */
static void reply_words(struct resp_reply *out, const char *list, char mark,
                        bool bulk)
{
    struct bt_slice word;
    char text[64];

    resp_set(out, count_words(list, " "));
    while (cmd_next_word(&list, " ", &word)) {
        size_t n = mark ? 1 : 0;

        text[0] = mark;
        memcpy(text + n, word.p, word.n);
        text[n + word.n] = 0;
        if (bulk) {
            resp_bulk_str(out, text);
        } else {
            resp_status(out, text);
        }
    }
}

/* ---- Key specifications ---- */

static void reply_pair(struct resp_reply *out, const char *name, int64_t v)
{
    resp_bulk_str(out, name);
    resp_int(out, v);
}

/* "begin_search" and "find_keys" have a type and what belongs to it. */
static void reply_search(struct resp_reply *out, const char *name,
                         const char *type, size_t n)
{
    resp_bulk_str(out, name);
    resp_map(out, 2);
    resp_bulk_str(out, "type");
    resp_bulk_str(out, type);
    resp_bulk_str(out, "spec");
    resp_map(out, n);
}

enum spec {
    SPEC_RANGE,
    SPEC_COUNTED, /* behind a number that counts them */
    SPEC_UNKNOWN  /* only the command's own function finds them */
};

/* One specification: keys from argument `first` on; of a range the last one is
 * at `last` from there (negative: from the end), `step` apart. */
static void reply_key_spec(struct resp_reply *out, struct bt_slice flags,
                           enum spec spec, const struct cmd_keys *k)
{
    char words[64];

    memcpy(words, flags.p, flags.n);
    words[flags.n] = 0;
    resp_map(out, 3);
    resp_bulk_str(out, "flags");
    reply_words(out, words, 0, false);
    if (spec == SPEC_UNKNOWN) {
        reply_search(out, "begin_search", "unknown", 0);
        reply_search(out, "find_keys", "unknown", 0);
        return;
    }
    reply_search(out, "begin_search", "index", 1);
    reply_pair(out, "index", k->first);
    if (spec == SPEC_RANGE) {
        reply_search(out, "find_keys", "range", 3);
        reply_pair(out, "lastkey", k->last);
        reply_pair(out, "keystep", k->step);
        reply_pair(out, "limit", 0);
    } else {
        reply_search(out, "find_keys", "keynum", 3);
        reply_pair(out, "keynumidx", 0);
        reply_pair(out, "firstkey", 1);
        reply_pair(out, "keystep", 1);
    }
}

/* The i-th of n specifications: single keys, and all that is left in the last
 * one; then those that are counted, then those that cannot be described. */
static enum spec describe_keys(const struct command *c, size_t i, size_t n,
                               struct cmd_keys *k)
{
    size_t ranges = cmd_keys_plain(c) ? n : c->keys.first > 0;
    int first = c->keys.first + (int)i, last = c->keys.last;

    if (i < ranges) {
        if (i + 1 < ranges) {
            last = first;
        }
        *k = (struct cmd_keys){.first = (int8_t)first,
                               .last = (int8_t)(last < 0 ? last : last - first),
                               .step = i + 1 < ranges ? 1 : c->keys.step};
        return SPEC_RANGE;
    }
    *k = (struct cmd_keys){.first = c->keys.numkeys};
    return i == ranges && c->keys.numkeys > 0 ? SPEC_COUNTED : SPEC_UNKNOWN;
}

static void reply_key_specs(struct resp_reply *out, const struct command *c)
{
    const char *list = c->key_flags;
    size_t n = count_words(list, ";");
    struct bt_slice flags;
    struct cmd_keys k;

    resp_set(out, n);
    for (size_t i = 0; cmd_next_word(&list, ";", &flags); i++) {
        enum spec spec = describe_keys(c, i, n, &k);

        reply_key_spec(out, flags, spec, &k);
    }
}

/* ---- INFO ---- */

/* No deeper than two: subcommands have none of their own. */
static void reply_info(struct resp_reply *out, const struct command *c)
{
    size_t n = cmd_count_subs(c);

    resp_array(out, 10);
    resp_bulk_str(out, c->name);
    resp_int(out, c->arity);
    reply_flags(out, c->flags);
    resp_int(out, c->keys.first);
    resp_int(out, c->keys.last);
    resp_int(out, c->keys.step);
    reply_words(out, c->acl, '@', false);
    reply_words(out, c->tips, 0, true);
    reply_key_specs(out, c);
    if (n == 0) {
        resp_set(out, 0); /* Redis makes this difference */
        return;
    }
    resp_array(out, n);
    for (size_t i = 0; i < n; i++) {
        reply_info(out, &c->sub[i]);
    }
}

static void reply_all(struct resp_reply *out)
{
    resp_array(out, cmd_count());
    for (size_t i = 0; i < cmd_count(); i++) {
        reply_info(out, cmd_at(i));
    }
}

void cmd_command(struct call *c)
{
    reply_all(c->out);
}

void cmd_command_info(struct call *c)
{
    if (c->argc == 2) {
        reply_all(c->out);
        return;
    }
    resp_array(c->out, c->argc - 2);
    for (size_t i = 2; i < c->argc; i++) {
        const struct command *found = cmd_find_path(c->argv[i]);

        if (found) {
            reply_info(c->out, found);
        } else {
            resp_null(c->out);
        }
    }
}

void cmd_command_count(struct call *c)
{
    resp_int(c->out, (int64_t)cmd_count());
}

void cmd_command_help(struct call *c)
{
    static const char *const lines[] = {
        "(no subcommand)",
        "    Describe all commands.",
        "COUNT",
        "    Tell how many commands there are.",
        "DOCS [<command> ...]",
        "    Tell what the named commands are for, or all.",
        "GETKEYS <request>",
        "    Tell which arguments of a request are keys.",
        "GETKEYSANDFLAGS <request>",
        "    The same, and what would be done with them.",
        "INFO [<command> ...]",
        "    Describe the named commands, or all.",
        "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
        "    List the names of commands.",
        NULL,
    };

    cmd_help(c, lines);
}
