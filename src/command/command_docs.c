/* SPDX-License-Identifier: BSD-2-Clause
 *
 * COMMAND DOCS: what commands are for and what arguments they take. Clients
 * such as redis-cli make their hints of it.
 */
#include "command/command.h"

#include "command/commands.h"
#include "command/syntax.h"
#include "command/table.h"

#include <string.h>

static void pair(struct resp_reply *out, const char *name, const char *text)
{
    resp_bulk_str(out, name);
    resp_bulk_str(out, text);
}

static void pair_slice(struct resp_reply *out, const char *name,
                       struct bt_slice s)
{
    resp_bulk_str(out, name);
    resp_bulk(out, s.p, s.n);
}

/* ---- Arguments ---- */

static void reply_name(struct resp_reply *out, const char *as,
                       const struct syntax_arg *a)
{
    char small[64];
    size_t n = a->name.n < sizeof small ? a->name.n : sizeof small;

    if (!(a->flags & SYNTAX_SMALL)) {
        pair_slice(out, as, a->name);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char c = a->name.p[i];

        small[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    pair_slice(out, as, bt_slice(small, n));
}

static void reply_arg_flags(struct resp_reply *out, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {{SYNTAX_OPTIONAL, "optional"},
                 {SYNTAX_MULTIPLE, "multiple"},
                 {SYNTAX_MULTIPLE_TOKEN, "multiple_token"}};
    size_t n = 0;

    for (size_t i = 0; i < 3; i++) {
        n += (flags & names[i].flag) != 0;
    }
    resp_bulk_str(out, "flags");
    resp_set(out, n);
    for (size_t i = 0; i < 3; i++) {
        if (flags & names[i].flag) {
            resp_status(out, names[i].name);
        }
    }
}

static void reply_args(struct resp_reply *out, const struct syntax *s,
                       int first);

static void reply_arg(struct resp_reply *out, const struct syntax *s,
                      const struct syntax_arg *a)
{
    unsigned told = a->flags & ~(unsigned)SYNTAX_SMALL;

    /* Name, type, and the text or the arguments below it: three of all. */
    resp_map(out, 3 + (a->key_spec >= 0) + (a->token.n > 0) + (a->since.n > 0) +
                      (told != 0));
    reply_name(out, "name", a);
    pair(out, "type", syntax_type_name(a->type));
    if (a->first < 0) {
        reply_name(out, "display_text", a);
    }
    if (a->key_spec >= 0) {
        resp_bulk_str(out, "key_spec_index");
        resp_int(out, a->key_spec);
    }
    if (a->token.n > 0) {
        pair_slice(out, "token", a->token);
    }
    if (a->since.n > 0) {
        pair_slice(out, "since", a->since);
    }
    if (told != 0) {
        reply_arg_flags(out, told);
    }
    if (a->first >= 0) {
        resp_bulk_str(out, "arguments");
        reply_args(out, s, a->first);
    }
}

static void reply_args(struct resp_reply *out, const struct syntax *s,
                       int first)
{
    size_t n = 0;

    for (int i = first; i >= 0; i = s->v[i].next) {
        n++;
    }
    resp_array(out, n);
    for (int i = first; i >= 0; i = s->v[i].next) {
        reply_arg(out, s, &s->v[i]);
    }
}

/* ---- Commands ---- */

static void reply_doc_flags(struct resp_reply *out, const char *flag)
{
    resp_bulk_str(out, "doc_flags");
    resp_set(out, 1);
    resp_status(out, flag);
}

static void reply_docs(struct resp_reply *out, const struct command *c)
{
    const struct syntax_deprecated *d = syntax_deprecated(c->name);
    bool internal = strcmp(c->name, "debug") == 0;
    size_t subs = cmd_count_subs(c);
    struct syntax s;
    bool known = syntax_read(c->name, &s) == 0;
    bool args = known && s.first >= 0, cost = known && *s.complexity;

    resp_bulk_str(out, c->name);
    resp_map(out, 3 + cost + (d ? 3 : 0) + internal + args + (subs > 0));
    pair(out, "summary", c->summary);
    pair(out, "since", c->since);
    pair(out, "group", c->group);
    if (cost) {
        pair(out, "complexity", s.complexity);
    }
    if (internal) {
        reply_doc_flags(out, "syscmd");
    }
    if (d) {
        reply_doc_flags(out, "deprecated");
        pair(out, "deprecated_since", d->since);
        pair(out, "replaced_by", d->replaced_by);
    }
    if (args) {
        resp_bulk_str(out, "arguments");
        reply_args(out, &s, s.first);
    }
    if (subs > 0) {
        resp_bulk_str(out, "subcommands");
        resp_map(out, subs);
        for (size_t i = 0; i < subs; i++) {
            reply_docs(out, &c->sub[i]);
        }
    }
}

void cmd_command_docs(struct call *c)
{
    size_t n = 0;

    if (c->argc == 2) {
        resp_map(c->out, cmd_count());
        for (size_t i = 0; i < cmd_count(); i++) {
            reply_docs(c->out, cmd_at(i));
        }
        return;
    }
    for (size_t i = 2; i < c->argc; i++) {
        n += cmd_find_path(c->argv[i]) != NULL;
    }
    resp_map(c->out, n);
    for (size_t i = 2; i < c->argc; i++) {
        const struct command *found = cmd_find_path(c->argv[i]);

        if (found) {
            reply_docs(c->out, found);
        }
    }
}
