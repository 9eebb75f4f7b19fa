/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Words into values by the kind of the option. The texts of the errors are
 * those of Redis.
 */
#include "batond/option.h"

#include "base/buf.h"
#include "base/check.h"
#include "batond/value.h"
#include "command/command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int value_join(const struct bt_slice *word, size_t n, char **out,
               struct option_error *e)
{
    struct bt_buf b = {0};
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        r = i > 0 ? bt_buf_add(&b, " ", 1) : 0;
        if (r == 0) {
            r = bt_buf_add(&b, word[i].p, word[i].n);
        }
    }
    if (r == 0) {
        r = bt_buf_add(&b, "", 1);
    }
    if (r != 0) {
        bt_buf_fini(&b);
        return option_no_memory(e);
    }
    *out = b.p;
    return 0;
}

int value_text(struct option_value *out, struct option_error *e,
               const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    out->text = strdup(text);
    return out->text ? 0 : option_no_memory(e);
}

bool value_memory(struct bt_slice word, int64_t *out)
{
    static const struct {
        const char *name;
        int64_t factor;
    } units[] = {{"", 1},
                 {"b", 1},
                 {"k", 1000},
                 {"kb", 1024},
                 {"m", 1000 * 1000},
                 {"mb", 1024 * 1024},
                 {"g", 1000 * 1000 * 1000},
                 {"gb", 1024 * 1024 * 1024}};
    size_t digits = 0;
    int64_t v = 0;

    while (digits < word.n && word.p[digits] >= '0' && word.p[digits] <= '9') {
        if (v > (INT64_MAX - 9) / 10) {
            return false;
        }
        v = v * 10 + (word.p[digits++] - '0');
    }
    if (digits == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (bt_slice_is(bt_slice(word.p + digits, word.n - digits),
                        units[i].name)) {
            if (v > INT64_MAX / units[i].factor) {
                return false;
            }
            *out = v * units[i].factor;
            return true;
        }
    }
    return false;
}

static bool octal(struct bt_slice word, int64_t *out)
{
    int64_t v = 0;

    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] < '0' || word.p[i] > '7' || v > INT64_MAX / 8) {
            return false;
        }
        v = v * 8 + (word.p[i] - '0');
    }
    *out = v;
    return word.n > 0;
}

static int parse_number(const struct option *o, struct bt_slice word,
                        struct option_value *out, struct option_error *e)
{
    int64_t *v = &out->number;
    bool is_octal = o->kind == OPTION_OCTAL;

    if (o->kind == OPTION_MEMORY && !value_memory(word, v)) {
        return option_fail(e, "argument must be a memory value");
    }
    if (is_octal && !octal(word, v)) {
        return option_fail(e, "argument couldn't be parsed as an octal number");
    }
    if (o->kind == OPTION_INT && !cmd_parse_int(word, v)) {
        return option_fail(e, "argument couldn't be parsed into an integer");
    }
    if ((*v < o->min || *v > o->max) && is_octal) {
        return option_fail(
            e, "argument must be between %" PRIo64 " and %" PRIo64 " inclusive",
            (uint64_t)o->min, (uint64_t)o->max);
    }
    if (*v < o->min || *v > o->max) {
        return option_fail(
            e, "argument must be between %" PRId64 " and %" PRId64 " inclusive",
            o->min, o->max);
    }
    return is_octal ? value_text(out, e, "%" PRIo64, (uint64_t)*v)
                    : value_text(out, e, "%" PRId64, *v);
}

static int parse_bool(struct bt_slice word, struct option_value *out,
                      struct option_error *e)
{
    out->number = bt_slice_is(word, "yes");
    if (!out->number && !bt_slice_is(word, "no")) {
        return option_fail(e, "argument must be 'yes' or 'no'");
    }
    return value_text(out, e, "%s", out->number ? "yes" : "no");
}

static int parse_enum(const struct option *o, struct bt_slice word,
                      struct option_value *out, struct option_error *e)
{
    char list[sizeof e->text - 64];
    size_t len = 0;

    out->number = 0;
    for (const char *p = o->words; *p; out->number++) {
        size_t n = strcspn(p, " ");
        char one[32];

        bt_assert(n < sizeof one && len + n + 3 < sizeof list);
        memcpy(one, p, n);
        one[n] = '\0';
        if (bt_slice_is(word, one)) {
            return value_text(out, e, "%s", one);
        }
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s",
                                len > 0 ? ", " : "", one);
        p += n + (p[n] == ' ');
    }
    return option_fail(e, "argument(s) must be one of the following: %s", list);
}

int option_parse(const struct option *o, const char *old,
                 const struct bt_slice *word, size_t n,
                 struct option_value *out, struct option_error *e)
{
    *out = (struct option_value){0};
    for (size_t i = 0; i < n; i++) {
        if (word[i].n > 0 && memchr(word[i].p, '\0', word[i].n)) {
            return option_fail(e, "argument must not contain a zero byte");
        }
    }
    if (o->kind == OPTION_SPECIAL) {
        return o->parse(o, old, word, n, out, e);
    }
    if (o->kind == OPTION_WORDS) {
        n -= n == 1 && word[0].n == 0; /* "" is no word */
        if ((int64_t)n < o->min) {
            return option_fail(e, "wrong number of arguments");
        }
        if ((int64_t)n > o->max) {
            return option_fail(e, bt_slice_is(bt_str(o->name), "bind")
                                      ? "Too many bind addresses specified."
                                      : "wrong number of arguments");
        }
        return value_join(word, n, &out->text, e);
    }
    if (n != 1) {
        return option_fail(e, "wrong number of arguments");
    }
    switch (o->kind) {
    case OPTION_BOOL:
        return parse_bool(word[0], out, e);
    case OPTION_ENUM:
        return parse_enum(o, word[0], out, e);
    case OPTION_TEXT:
        return value_join(word, 1, &out->text, e);
    default:
        return parse_number(o, word[0], out, e);
    }
}
