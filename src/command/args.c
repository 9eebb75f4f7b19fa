/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What all families share: arguments into numbers, patterns, error texts and
 * common replies. Declared in command/command.h.
 */
#include "command/command.h"

#include "base/check.h"
#include "command/commands.h"
#include "command/service.h"
#include "command/worker.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

bool cmd_parse_int(struct bt_slice s, int64_t *out)
{
    const char *p = s.p, *end = s.p + s.n;
    bool negative = s.n > 0 && *p == '-';
    uint64_t v = 0, limit = (uint64_t)INT64_MAX + negative;

    p += negative;
    if (s.n == 0 || s.n > 20 || p == end) {
        return false;
    }
    if (*p == '0') {
        *out = 0;
        return s.n == 1;
    }
    for (; p < end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';

        if (digit > 9 || v > (limit - digit) / 10) {
            return false;
        }
        v = v * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool cmd_int(struct call *c, struct bt_slice s, int64_t *out)
{
    if (!cmd_parse_int(s, out)) {
        resp_error(c->out, "ERR value is not an integer or out of range");
        return false;
    }
    return true;
}

bool cmd_range(struct call *c, struct bt_slice s, int64_t min, int64_t max,
               const char *text, int64_t *out)
{
    bool number = cmd_parse_int(s, out);

    if (number && *out >= min && *out <= max) {
        return true;
    }
    if (text) {
        resp_errorf(c->out, "ERR %s", text);
    } else if (number) {
        resp_errorf(c->out,
                    "ERR value is out of range, value must between %" PRId64
                    " and %" PRId64,
                    min, max);
    } else {
        resp_error(c->out, "ERR value is not an integer or out of range");
    }
    return false;
}

bool cmd_size(struct call *c, struct bt_slice s, int64_t min, const char *text,
              size_t *out)
{
    int64_t v;

    if (!cmd_range(c, s, min, INT64_MAX, text, &v)) {
        return false;
    }
    *out = (uint64_t)v < SIZE_MAX ? (size_t)v : SIZE_MAX;
    return true;
}

bool cmd_syntax(struct call *c)
{
    resp_error(c->out, "ERR syntax error");
    return false;
}

bool cmd_type_error(struct call *c)
{
    resp_error(c->out, CMD_TYPE_ERROR);
    return false;
}

bool cmd_oom(struct call *c)
{
    resp_error(c->out, CMD_OOM);
    return false;
}

bool cmd_arity_error(struct call *c)
{
    resp_errorf(c->out, "ERR wrong number of arguments for '%s' command",
                c->command->name);
    return false;
}

void cmd_container(struct call *c)
{
    cmd_arity_error(c);
}

void cmd_container_name(const struct command *c, char name[CMD_NAME_TEXT])
{
    size_t n = 0;

    for (; c->name[n] && c->name[n] != '|' && n < CMD_NAME_TEXT - 1; n++) {
        name[n] = (char)toupper((unsigned char)c->name[n]);
    }
    name[n] = '\0';
}

bool cmd_sub_error(struct call *c)
{
    struct bt_slice sub = c->argv[1];
    char name[CMD_NAME_TEXT];

    cmd_container_name(c->command, name);
    resp_errorf(c->out,
                "ERR unknown subcommand or wrong number of arguments for "
                "'%.*s'. Try %s HELP.",
                (int)(sub.n < 128 ? sub.n : 128), sub.p, name);
    return false;
}

void cmd_reply_range(struct call *c, const struct db_entry *e, size_t from,
                     size_t n)
{
    struct bt_slice s = db_entry_string(e);
    void *blob = n >= CMD_REFERENCE_BYTES ? db_entry_hold(e) : NULL;

    bt_assert(from <= s.n && n <= s.n - from);
    if (blob) {
        resp_bulk_ref(c->out, s.p + from, n, db_blob_release, blob);
    } else {
        resp_bulk(c->out, s.p + from, n);
    }
}

void cmd_reply_string(struct call *c, const struct db_entry *e)
{
    struct bt_slice s = db_entry_string(e);

    if (bt_likely(s.n < CMD_REFERENCE_BYTES)) {
        resp_bulk(c->out, s.p, s.n);
    } else {
        cmd_reply_range(c, e, 0, s.n);
    }
}

uint64_t cmd_max_bulk(struct call *c)
{
    /* Relaxed: any recent value. */
    return atomic_load_explicit(
        &c->worker->service->settings->proto_max_bulk_len,
        memory_order_relaxed);
}

void cmd_help(struct call *c, const char *const *lines)
{
    char name[CMD_NAME_TEXT], title[96];
    size_t n = 0;

    cmd_container_name(c->command, name);
    snprintf(
        title, sizeof title,
        "%s <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", name);
    while (lines[n]) {
        n++;
    }
    resp_array(c->out, n + 3);
    resp_status(c->out, title);
    for (size_t i = 0; i < n; i++) {
        resp_status(c->out, lines[i]);
    }
    resp_status(c->out, "HELP");
    resp_status(c->out, "    Prints this help.");
}

void cmd_slow_begin(struct call *c)
{
    db_leave(c->worker->db);
}

void cmd_slow_end(struct call *c)
{
    db_enter(c->worker->db);
}

bool cmd_is_unheard(const struct call *c)
{
    return c->out->mute || baton_is_closing(c->client);
}
